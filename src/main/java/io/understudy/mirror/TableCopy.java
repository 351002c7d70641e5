package io.understudy.mirror;

import io.understudy.apply.ApplyWorker;
import io.understudy.apply.Checkpoint;
import io.understudy.apply.StreamEndedException;
import io.understudy.apply.TableOrder;
import io.understudy.ledger.TableEntry;
import io.understudy.ledger.TableLedger;
import io.understudy.ledger.TableState;
import io.understudy.masking.PolicyInForce;
import io.understudy.masking.Signatures;
import io.understudy.postgres.Catalog;
import io.understudy.postgres.CopyOrder;
import io.understudy.postgres.FencedException;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TargetDatabase;
import io.understudy.preflight.Preflight;
import io.understudy.snapshot.NothingCopiedException;
import io.understudy.snapshot.SnapshotProgress;
import io.understudy.snapshot.SnapshotRun;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Copies tables that join a streaming mirror, or are copied again, as Postgres' own table synchronisation does: from the
 * snapshot of a slot that lives only for the copy. Their changes are set aside meanwhile; those that the copy holds are
 * dropped when it is complete, the others are written.
 *
 * <p>The order in which it is done closes the gap: set aside, publish, snapshot. A transaction that was open when the
 * table was published may have changes that are not sent; the slot waits for its end, so that the snapshot holds them.
 */
final class TableCopy implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(TableCopy.class);

    /** After a copy that did not come to its end. */
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final Settings settings;
    private final SourceDatabase source;
    private final TargetDatabase target;
    private final Checkpoint checkpoint;
    private final ApplyWorker worker;
    private final PolicyInForce masks;
    private volatile Thread thread;
    private volatile SnapshotRun running;
    private volatile SnapshotProgress progress;
    private volatile RuntimeException fenced;
    private volatile Instant notBefore = Instant.MIN;
    private volatile boolean closing;

    TableCopy(
            Settings settings,
            SourceDatabase source,
            TargetDatabase target,
            Checkpoint checkpoint,
            ApplyWorker worker,
            PolicyInForce masks) {
        this.masks = masks;
        this.settings = settings;
        this.source = source;
        this.target = target;
        this.checkpoint = checkpoint;
        this.worker = worker;
    }

    /** Starts to copy what waits for it, unless a copy is under way. */
    void begin(Preflight seen) {
        if (fenced != null) {
            throw fenced;
        }
        if (closing || isRunning() || Instant.now().isBefore(notBefore)) {
            return;
        }
        Map<TableId, MirroredTable> mirrored = seen.mirrored();
        Set<TableId> against = seen.againstCopy().keySet();
        List<TableEntry> waiting = worker.tables().stream()
                .filter(entry ->
                        entry.state() instanceof TableState.Waiting || entry.state() instanceof TableState.Copying)
                .filter(entry -> mirrored.containsKey(entry.table()))
                .filter(entry -> !against.contains(entry.table()))
                .toList();
        if (!waiting.isEmpty()) {
            thread = new Thread(() -> copySafely(waiting, mirrored, seen), "understudy-resync");
            thread.start();
        }
    }

    private void copySafely(List<TableEntry> waiting, Map<TableId, MirroredTable> mirrored, Preflight seen) {
        try {
            copy(waiting, mirrored, seen);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (FencedException e) {
            fenced = e;
        } catch (StreamEndedException e) {
            LOG.debug("the stream ended during a copy");
        } catch (RuntimeException e) {
            if (!closing) {
                tryAgain(waiting, e);
            }
        } finally {
            running = null;
            progress = null;
        }
    }

    private void tryAgain(List<TableEntry> waiting, RuntimeException failure) {
        LOG.warnf("copying tables into the running mirror failed and is tried again: %s", failure.getMessage());
        if (!(failure instanceof PostgresFailure)) {
            LOG.debug("unexpected failure", failure);
        }
        notBefore = Instant.now().plus(PAUSE);
        worker.order(waiting.stream()
                .<TableOrder>map(
                        entry -> new TableOrder.Enter(entry.in(new TableState.Waiting(failure.getMessage() + "."))))
                .toList());
    }

    private void copy(List<TableEntry> waiting, Map<TableId, MirroredTable> mirrored, Preflight seen)
            throws InterruptedException {
        List<MirroredTable> tables =
                waiting.stream().map(entry -> mirrored.get(entry.table())).toList();
        publish(tables);
        CopyOrder order =
                seen.order().only(tables.stream().map(MirroredTable::id).toList());
        SnapshotProgress counted = new SnapshotProgress(new TableLedger(target.client(), settings.name()), waiting);
        progress = counted;
        SnapshotRun run = new SnapshotRun(
                source,
                target,
                tables,
                order,
                settings.snapshot(),
                counted,
                checkpoint.fence(),
                seen.rules().all(),
                seen.masking());
        running = run;
        if (closing) {
            return;
        }
        Lsn consistentPoint = null;
        try {
            consistentPoint = run.run(source.slotToCopyFrom());
        } catch (NothingCopiedException e) {
            LOG.debugf("no table was copied: %s", e.getMessage());
        }
        List<TableEntry> ended = counted.entries();
        Set<TableId> altered = altered(ended, mirrored);
        List<TableOrder> orders = new ArrayList<>();
        for (int i = 0; i < waiting.size(); i++) {
            Instant ordered = waiting.get(i).since();
            TableEntry entry = ended.get(i);
            if (altered.contains(entry.table())) {
                orders.add(new TableOrder.Enter(waiting.get(i)
                        .in(new TableState.Waiting(entry.state().reason().orElseThrow()))));
            } else if (entry.state() instanceof TableState.Failed failed) {
                orders.add(new TableOrder.Fail(entry.table(), failed.cause(), failed.todo(), ordered));
            } else if (entry.state() instanceof TableState.CatchingUp) {
                orders.add(new TableOrder.Copied(
                        // A rule may have changed meanwhile: changes that wait are masked by the new one.
                        seen.sight(mirrored.get(entry.table()))
                                .masked(Signatures.written(seen.masking(), masks.now(), entry.table())),
                        consistentPoint,
                        entry.rowsCopied(),
                        entry.bytesCopied(),
                        ordered));
            }
        }
        TableKeeper.await(worker, orders);
    }

    /** Of those that failed the ones that the source has otherwise than they were seen: the next look may know better. */
    private Set<TableId> altered(List<TableEntry> ended, Map<TableId, MirroredTable> mirrored) {
        List<TableId> failed = ended.stream()
                .filter(entry -> entry.state() instanceof TableState.Failed)
                .map(TableEntry::table)
                .toList();
        if (failed.isEmpty()) {
            return Set.of();
        }
        Catalog now = Catalog.read(source.client());
        Set<TableId> altered = failed.stream()
                .filter(table -> !mirrored.get(table).isUnalteredIn(now))
                .collect(Collectors.toSet());
        if (!altered.isEmpty()) {
            notBefore = Instant.now().plus(PAUSE);
        }
        return altered;
    }

    private void publish(List<MirroredTable> tables) {
        Set<TableId> published = new HashSet<>(source.published());
        List<Table> missing = tables.stream()
                .map(MirroredTable::source)
                .filter(table -> !published.contains(table.id()))
                .toList();
        if (!missing.isEmpty()) {
            source.publish(missing);
        }
    }

    boolean isRunning() {
        return thread != null && thread.isAlive();
    }

    /** As far as it is; empty when nothing is being copied. */
    List<TableEntry> entries() {
        SnapshotProgress counted = progress;
        return counted == null ? List.of() : counted.entries();
    }

    @Override
    public void close() {
        closing = true;
        SnapshotRun run = running;
        if (run != null) {
            run.stop();
        }
        Thread copying = thread;
        if (copying != null) {
            copying.interrupt();
            try {
                copying.join(10_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
