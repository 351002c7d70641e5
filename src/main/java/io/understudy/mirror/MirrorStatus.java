package io.understudy.mirror;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.understudy.ledger.TableEntry;
import io.understudy.outbound.DestinationQueue;
import io.understudy.postgres.Lsn;
import io.understudy.reconcile.ReconciledTables.Known;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * What a running mirror says of itself once a second; the shape of {@code status --json}. Times are ISO 8601 in UTC. A
 * value that is not known is null.
 *
 * @param since when it entered the state
 * @param appliedLsn the checkpoint: the end of the last source transaction that is durable at the target
 * @param reachedLsn everything the source had committed up to here is at the target
 * @param lagSeconds how long ago the source was where the target is
 * @param retainedBytes log that the source keeps for the slot
 * @param transactions since the snapshot, as changes
 * @param missingRows rows that the source updated since the start and the target did not have
 * @param deliveries what waits for each destination, read at the target by whoever asks; empty when nothing is delivered
 */
@RegisterForReflection
public record MirrorStatus(
        String mirror,
        String state,
        String since,
        String reason,
        String remedy,
        String source,
        String target,
        Boolean slotActive,
        String appliedLsn,
        String reachedLsn,
        String sourceLsn,
        Long lagBytes,
        Double lagSeconds,
        Long retainedBytes,
        String lastAppliedAt,
        long transactions,
        long changes,
        double changesPerSecond,
        long missingRows,
        List<TableStatus> tables,
        List<DestinationQueue> deliveries,
        String saidAt) {

    /**
     * @param state waiting, copying, catching up, streaming, refreshing, paused or failed
     * @param reason why nothing arrives, null when it does
     * @param rowsEstimated the planner's guess before the copy, null when there was none
     * @param asideChanges changes that wait at the target for the table to go on
     * @param staleColumns columns whose rule changed, so that earlier rows hold the values of former rules
     * @param verified what comparing it with the source last found
     */
    @RegisterForReflection
    public record TableStatus(
            String table,
            String state,
            String since,
            String reason,
            String remedy,
            Long rowsEstimated,
            long rowsCopied,
            long bytesCopied,
            long asideChanges,
            long asideBytes,
            List<String> staleColumns,
            Verified verified) {

        public static TableStatus of(TableEntry entry, Optional<Known> known) {
            return new TableStatus(
                    entry.table().toString(),
                    entry.state().word(),
                    entry.since().truncatedTo(ChronoUnit.MILLIS).toString(),
                    entry.state().reason().orElse(null),
                    entry.state().remedy().orElse(null),
                    entry.rowsEstimated() < 0 ? null : entry.rowsEstimated(),
                    entry.rowsCopied(),
                    entry.bytesCopied(),
                    entry.asideChanges(),
                    entry.asideBytes(),
                    entry.stale(),
                    Verified.of(known));
        }
    }

    /**
     * @param result equal, different, unchecked, or null when it was never compared
     * @param reason why it is unchecked
     * @param checkedAt when that comparison began
     * @param unequalRows that it found
     * @param lsn up to where in the source's log it was last found equal, null when it was not since its copy
     * @param at when that was
     */
    @RegisterForReflection
    public record Verified(String result, String reason, String checkedAt, long unequalRows, String lsn, String at) {

        static Verified of(Optional<Known> known) {
            return known.map(found -> new Verified(
                            found.verdict().word(),
                            found.reason(),
                            text(found.startedAt()),
                            found.unequal(),
                            found.verifiedLsn().map(Lsn::toString).orElse(null),
                            found.verifiedAt().map(Verified::text).orElse(null)))
                    .orElse(new Verified(null, null, null, 0, null, null));
        }

        private static String text(Instant instant) {
            return instant.truncatedTo(ChronoUnit.MILLIS).toString();
        }
    }

    MirrorStatus withoutTables() {
        return withTables(List.of());
    }

    public MirrorStatus withTables(List<TableStatus> others) {
        return with(others, deliveries);
    }

    public MirrorStatus withDeliveries(List<DestinationQueue> others) {
        return with(tables, others);
    }

    private MirrorStatus with(List<TableStatus> otherTables, List<DestinationQueue> otherDeliveries) {
        return new MirrorStatus(
                mirror,
                state,
                since,
                reason,
                remedy,
                source,
                target,
                slotActive,
                appliedLsn,
                reachedLsn,
                sourceLsn,
                lagBytes,
                lagSeconds,
                retainedBytes,
                lastAppliedAt,
                transactions,
                changes,
                changesPerSecond,
                missingRows,
                otherTables,
                otherDeliveries,
                saidAt);
    }

    /** What is at the target, for a status of a moment in which nothing was applying. */
    public MirrorStatus withCheckpoint(String checkpointLsn, long checkpointTransactions, long checkpointChanges) {
        return new MirrorStatus(
                mirror,
                state,
                since,
                reason,
                remedy,
                source,
                target,
                slotActive,
                checkpointLsn,
                reachedLsn,
                sourceLsn,
                lagBytes,
                lagSeconds,
                retainedBytes,
                lastAppliedAt,
                checkpointTransactions,
                checkpointChanges,
                changesPerSecond,
                missingRows,
                tables,
                deliveries,
                saidAt);
    }
}
