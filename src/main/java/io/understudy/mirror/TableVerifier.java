package io.understudy.mirror;

import io.understudy.ledger.TableEntry;
import io.understudy.ledger.TableLedger;
import io.understudy.ledger.TableState;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TargetDatabase;
import io.understudy.preflight.Preflight;
import io.understudy.reconcile.Fence;
import io.understudy.reconcile.ReconciledTables;
import io.understudy.reconcile.Reconciliation;
import io.understudy.reconcile.TableResult;
import io.understudy.reconcile.TableResult.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Compares each table with the source every so often while the mirror streams, the one first that was not for longest. What
 * was found is kept at the target, so that a restart goes on with the next table.
 *
 * <p>Questions take half a second or so, and as long as one took nothing is asked: half of one session at most.
 */
final class TableVerifier implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(TableVerifier.class);

    private static final Duration LOOK = Duration.ofSeconds(5);

    /** After its copy a table is compared for the first time. */
    private static final Duration FIRST = Duration.ofMinutes(10);

    /** How long the mirror may take to reach where the source was, before a table counts as unchecked. */
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private static final Duration LONGEST_REST = Duration.ofSeconds(2);
    private static final Duration LAST_QUESTION = Duration.ofSeconds(3);

    private final Settings settings;
    private final SourceDatabase source;
    private final TargetDatabase target;
    private final Supplier<Preflight> seen;
    private final TableLedger ledger;
    private final ReconciledTables results;
    private final CountDownLatch stopSignal = new CountDownLatch(1);
    private final Thread thread = new Thread(this::verify, "understudy-reconcile");
    private volatile Map<TableId, ReconciledTables.Known> known = Map.of();
    private volatile Reconciliation comparing;
    private long askedAt;

    TableVerifier(
            Settings settings,
            SourceDatabase source,
            TargetDatabase target,
            Supplier<Preflight> seen,
            TableLedger ledger) {
        this.settings = settings;
        this.source = source;
        this.target = target;
        this.seen = seen;
        this.ledger = ledger;
        this.results = new ReconciledTables(target.client(), settings.name());
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** As of a few seconds ago, by whomever it was compared. */
    Map<TableId, ReconciledTables.Known> known() {
        return known;
    }

    private void verify() {
        try {
            do {
                try {
                    known = results.load();
                    Optional<MirroredTable> due = due();
                    if (due.isPresent()) {
                        compare(due.get());
                    }
                } catch (RuntimeException failure) { // One table must not end it for all others.
                    if (stopSignal.getCount() > 0) {
                        LOG.debugf("tables are not compared: %s", failure.getMessage());
                    }
                }
            } while (!stopSignal.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<MirroredTable> due() {
        if (settings.reconcileEvery().isZero()) {
            return Optional.empty();
        }
        Map<TableId, MirroredTable> tables = seen.get().mirrored();
        Instant now = Instant.now();
        return ledger.load().stream()
                .filter(entry -> entry.state() instanceof TableState.Streaming)
                .filter(entry -> tables.containsKey(entry.table()))
                .filter(entry -> dueAt(entry).isBefore(now))
                .min(Comparator.comparing(this::dueAt))
                .map(entry -> tables.get(entry.table()));
    }

    private Instant dueAt(TableEntry entry) {
        Duration every = settings.reconcileEvery();
        Duration first = FIRST.compareTo(every) < 0 ? FIRST : every;
        return Optional.ofNullable(known.get(entry.table()))
                // One that was copied since has not been looked at.
                .filter(found -> found.startedAt().isAfter(entry.since()))
                .map(found -> found.startedAt().plus(found.verdict() == Verdict.UNCHECKED ? first : every))
                .orElse(entry.since().plus(first));
    }

    private void compare(MirroredTable table) {
        Fence fence = new Fence(
                source, () -> Fence.reached(target.client(), settings.name()), LIMIT, () -> stopSignal.getCount() == 0);
        askedAt = System.nanoTime();
        try (Reconciliation reconciliation = new Reconciliation(
                source, target, settings.name(), seen.get().masking(), fence, (id, rows) -> rest())) {
            comparing = reconciliation;
            TableResult result = reconciliation.compare(table);
            if (stopSignal.getCount() > 0) {
                tell(result);
                known = results.load();
            }
        } finally {
            comparing = null;
        }
    }

    private void rest() {
        long took = Math.min(System.nanoTime() - askedAt, LONGEST_REST.toNanos());
        try {
            stopSignal.await(took, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        askedAt = System.nanoTime();
    }

    private static void tell(TableResult result) {
        switch (result.verdict()) {
            case EQUAL ->
                LOG.infof(
                        "table=%s verified=%s rows=%d seconds=%.1f",
                        result.table(),
                        result.asOf(),
                        result.sourceRows(),
                        result.time().toMillis() / 1000.0);
            case DIFFERENT ->
                LOG.warnf(
                        "table=%s is not equal to the source: rows missing=%d different=%d extra=%d."
                                + " See: ./understudy reconcile %s",
                        result.table(), result.missing(), result.different(), result.extra(), result.table());
            case UNCHECKED -> LOG.warnf("table=%s could not be compared: %s", result.table(), result.reason());
        }
    }

    @Override
    public void close() {
        stopSignal.countDown();
        Reconciliation asking = comparing;
        if (asking != null) {
            asking.stop();
        }
        try {
            thread.join(LAST_QUESTION.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
