package io.understudy.mirror;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.understudy.ledger.TableEntry;
import io.understudy.outbound.DestinationQueue;
import java.time.temporal.ChronoUnit;
import java.util.List;

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
            List<String> staleColumns) {

        public static TableStatus of(TableEntry entry) {
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
                    entry.stale());
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
