package io.understudy.snapshot;

import io.understudy.ledger.TableEntry;
import io.understudy.ledger.TableState;
import io.understudy.masking.MaskingPolicy;
import io.understudy.postgres.Catalog;
import io.understudy.postgres.CopyOrder;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.SlotSnapshot;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TargetDatabase;
import io.understudy.rules.Rule;
import io.understudy.rules.Rules;
import io.understudy.rules.Sieve;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Copies tables as of the consistent point of a new slot, so that the stream continues exactly where the copy ends: no
 * gap, no overlap. The first copy is of the slot that will be streamed from. A table that joins later, or is copied
 * again, uses a slot that lives only for its copy: the stream drops that table's changes up to its consistent point.
 *
 * <p>A run that does not come to its end leaves tables that are not usable and are marked so in the ledger and the
 * checkpoint; the next run empties them and begins again from a new slot. A table that cannot be copied does not end
 * the run.
 */
public final class SnapshotRun {

    private static final Logger LOG = Logger.getLogger(SnapshotRun.class);

    /** How often a long copy says where it is. */
    private static final long TELL_SECONDS = 3;

    private final SourceDatabase source;
    private final TargetDatabase target;
    private final List<MirroredTable> tables;
    private final CopyOrder order;
    private final SnapshotSettings settings;
    private final SnapshotProgress progress;
    private final String fence;
    private final Map<TableId, Sieve> sieves;
    private final MaskingPolicy masks;
    private final List<CopyWorker> workers = new ArrayList<>();
    private Instant toldAt = Instant.now();
    private volatile boolean stopped;

    /**
     * @param fence a statement that fails a transaction when another process has taken over this mirror
     * @param rules what becomes of rows that the target forbids
     * @param masks what becomes of values that must not leave
     */
    public SnapshotRun(
            SourceDatabase source,
            TargetDatabase target,
            List<MirroredTable> tables,
            CopyOrder order,
            SnapshotSettings settings,
            SnapshotProgress progress,
            String fence,
            List<Rule> rules,
            MaskingPolicy masks) {
        this.source = source;
        this.target = target;
        this.tables = tables;
        this.order = order;
        this.settings = settings;
        this.progress = progress;
        this.fence = fence;
        this.masks = masks;
        this.sieves = Rules.sieves(source.slotName(), rules);
    }

    /**
     * The tables must be published already.
     *
     * @return the consistent point: everything committed up to it is in the copy, everything after it will be streamed
     */
    public Lsn run(SourceDatabase.NewSlot slot) throws InterruptedException {
        // Before there is a slot: a lock that somebody holds on staging must not hold back production's log.
        TargetTables targetTables = new TargetTables(target, source.slotName(), tables);
        targetTables.empty(fence);
        try (SlotSnapshot snapshot = createSlot(slot)) {
            return copyOf(snapshot, targetTables);
        }
    }

    private Lsn copyOf(SlotSnapshot snapshot, TargetTables targetTables) throws InterruptedException {
        try {
            LOG.infof(
                    "snapshot: copying tables=%d lsn=%s workers=%d",
                    tables.size(), snapshot.consistentPoint(), settings.workers());
            copy(snapshot);
            requireAnyCopied();
            setAlteredApart();
            targetTables.setSequences(source, !snapshot.slot().temporary());
            progress.save();
            LOG.infof("snapshot: copied lsn=%s", snapshot.consistentPoint());
            return snapshot.consistentPoint();
        } catch (RuntimeException | InterruptedException failure) {
            release(snapshot);
            throw failure;
        }
    }

    private void requireAnyCopied() {
        List<TableEntry> failed = progress.entries().stream()
                .filter(entry -> entry.state() instanceof TableState.Failed)
                .toList();
        if (!failed.isEmpty() && failed.size() == tables.size()) {
            throw new NothingCopiedException(failed.get(0).state().reason().orElseThrow());
        }
    }

    /**
     * An alteration that rewrites a table hides its rows from older snapshots: a copy that reads it afterwards finds it
     * empty, without an error, and the log does not carry the rows either. Such a table waits for a copy of its own.
     */
    private void setAlteredApart() {
        Catalog now = Catalog.read(source.client());
        for (MirroredTable table : tables) {
            if (!table.isUnalteredIn(now)) {
                LOG.warnf(
                        "table=%s was altered or rewritten at the source during its copy; it is copied again",
                        table.id());
                progress.again(table.id());
            }
        }
    }

    /**
     * A slot has its consistent point only when every transaction that was open at its creation has ended. On a busy
     * source that can take as long as its longest transaction, so it is told what it waits for.
     */
    private SlotSnapshot createSlot(SourceDatabase.NewSlot slot) throws InterruptedException {
        LOG.infof("snapshot: creating slot=%s", slot.name());
        ExecutorService thread = Executors.newSingleThreadExecutor(task -> new Thread(task, "understudy-slot"));
        CompletionService<SlotSnapshot> creating = new ExecutorCompletionService<>(thread);
        try {
            creating.submit(() -> source.create(slot));
            Future<SlotSnapshot> created;
            while ((created = creating.poll(TELL_SECONDS, TimeUnit.SECONDS)) == null) {
                if (stopped) {
                    source.abandonSlotCreation();
                    throw new InterruptedException("the snapshot was stopped");
                }
                source.openTransactions()
                        .ifPresent(open -> LOG.infof("snapshot: slot=%s waits for %s", slot.name(), open));
            }
            return result(created);
        } finally {
            thread.shutdown();
        }
    }

    /** The slot of a copy that failed would hold back the source's log for nobody. */
    private void release(SlotSnapshot snapshot) {
        try {
            snapshot.close();
            source.dropSlot(snapshot.slot(), snapshot.consistentPoint());
        } catch (PostgresFailure e) {
            LOG.warnf(
                    "the slot of the failed snapshot could not be dropped now and will be by the next run: %s",
                    e.getMessage());
        }
    }

    private void copy(SlotSnapshot snapshot) throws InterruptedException {
        Queue<Chunk> chunks = new ConcurrentLinkedQueue<>(ChunkPlan.of(tables, order, settings.chunkBytes()));
        chunks.forEach(progress::expect);
        int count = Math.min(settings.workers(), chunks.size());
        ExecutorService threads =
                Executors.newFixedThreadPool(Math.max(count, 1), task -> new Thread(task, "understudy-copy"));
        CompletionService<Void> running = new ExecutorCompletionService<>(threads);
        try {
            for (int i = 0; i < count; i++) {
                CopyWorker worker = new CopyWorker(source, target, snapshot, chunks, progress, fence, sieves, masks);
                add(worker);
                running.submit(worker, null);
            }
            awaitAll(running, count);
        } finally {
            stopWorkers();
            threads.shutdown();
            threads.awaitTermination(10, TimeUnit.SECONDS);
        }
    }

    /** The first worker that fails ends the copy (field note A5). */
    private void awaitAll(CompletionService<Void> running, int count) throws InterruptedException {
        int done = 0;
        while (done < count) {
            Future<Void> ended = running.poll(1, TimeUnit.SECONDS);
            progress.save();
            if (stopped) {
                throw new InterruptedException("the snapshot was stopped");
            }
            if (ended != null) {
                done++;
                result(ended);
            }
            tell();
        }
    }

    private void tell() {
        if (toldAt.plusSeconds(TELL_SECONDS).isBefore(Instant.now())) {
            toldAt = Instant.now();
            LOG.infof("snapshot: %s", progress.summary());
            // A source that went away without a word would leave the copies waiting for hours; a question tells.
            source.logPosition();
        }
    }

    private static <T> T result(Future<T> ended) throws InterruptedException {
        try {
            return ended.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
    }

    private synchronized void add(CopyWorker worker) {
        workers.add(worker);
    }

    private synchronized void stopWorkers() {
        workers.forEach(CopyWorker::stop);
    }

    /** From another thread: gives up the copy. */
    public void stop() {
        stopped = true;
        source.abandonSlotCreation();
        stopWorkers();
    }
}
