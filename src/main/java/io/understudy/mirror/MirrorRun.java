package io.understudy.mirror;

import io.understudy.apply.ApplyWorker;
import io.understudy.apply.Checkpoint;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TargetDatabase;
import io.understudy.preflight.Listed;
import io.understudy.preflight.Preflight;
import io.understudy.preflight.RefusedException;
import io.understudy.snapshot.SnapshotProgress;
import io.understudy.snapshot.SnapshotRun;
import io.understudy.stream.ChangeCapture;
import io.understudy.stream.ChangeTransport;
import io.understudy.stream.DebeziumCapture;
import io.understudy.stream.InProcessTransport;
import io.understudy.stream.PgOutputCapture;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * One attempt to mirror, from the first connection to the first failure. Everything it opens ends with it; what it
 * achieved is in the checkpoint, from which the next attempt goes on.
 */
final class MirrorRun implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(MirrorRun.class);

    private final Settings settings;
    private final boolean copyAnew;
    private final Consumer<MirrorState> state;
    private final SourceDatabase source;
    private final TargetDatabase target;
    private volatile SnapshotRun snapshot;
    private volatile SnapshotProgress progress;
    private volatile ApplyWorker worker;
    private volatile LagMeter meter;
    private volatile ChangeTransport carrying;
    private volatile boolean holdsLock;
    private volatile boolean stopping;
    private boolean changedSomething;

    /** @param copyAnew start with a new snapshot whatever the checkpoint says */
    MirrorRun(Vertx vertx, Settings settings, boolean copyAnew, Consumer<MirrorState> state) {
        this.settings = settings;
        this.copyAnew = copyAnew;
        this.state = state;
        this.source = SourceDatabase.open(vertx, settings.source(), settings.name());
        this.target = TargetDatabase.open(vertx, settings.target(), settings.name());
    }

    /** Returns when it was stopped; otherwise ends with the failure. */
    void run() throws InterruptedException {
        state.accept(new MirrorState.Checking());
        Preflight preflight = check();
        target.migrate();
        Optional<MirrorLock> lock = takeLock();
        try {
            if (!stopping) {
                runLocked(preflight);
            }
        } finally {
            lock.ifPresent(MirrorLock::close);
        }
    }

    private void runLocked(Preflight preflight) throws InterruptedException {
        holdsLock = true;
        Checkpoint checkpoint = new Checkpoint(target.client(), settings.name());
        // In this order: a writer that was replaced may commit until it is fenced off, and not after.
        checkpoint.takeOver();
        Optional<Checkpoint.State> last = checkpoint.load();
        boolean resumes = !copyAnew && last.isPresent() && last.get().phase() == Checkpoint.Phase.STREAMING;
        Checkpoint.State start = resumes ? resume(last.get(), preflight.tables()) : copy(checkpoint, preflight);
        changedSomething = true;
        stream(checkpoint, start, preflight.tables());
    }

    private Preflight check() {
        return Preflight.of(source, target, settings.include(), settings.exclude(), settings.followed())
                .requireNothingBlocking();
    }

    /** Waits for it as standby. Empty only when it was stopped meanwhile. */
    private Optional<MirrorLock> takeLock() throws InterruptedException {
        while (true) {
            Optional<MirrorLock> lock = MirrorLock.tryTake(target, settings.name());
            if (lock.isPresent() || stopping) {
                return lock;
            }
            state.accept(new MirrorState.Standby());
            Thread.sleep(1000);
        }
    }

    private Checkpoint.State copy(Checkpoint checkpoint, Preflight preflight) throws InterruptedException {
        state.accept(new MirrorState.Copying());
        changedSomething = true;
        checkpoint.beginCopy();
        progress = new SnapshotProgress(settings.name(), preflight.tables(), preflight.order());
        snapshot = new SnapshotRun(
                source,
                target,
                preflight.tables(),
                preflight.order(),
                settings.snapshot(),
                progress,
                checkpoint.fence());
        try {
            if (stopping) {
                throw new InterruptedException("stopped before the copy began");
            }
            Lsn consistentPoint = snapshot.run();
            checkpoint.finishCopy(consistentPoint);
            return Checkpoint.State.copied(consistentPoint);
        } catch (PostgresFailure failure) {
            throw failure.passes() ? failure : new SnapshotFailedException(failure);
        } finally {
            snapshot = null;
        }
    }

    /** The slot is moved up to the checkpoint first, so that nothing that is already applied is sent again. */
    private Checkpoint.State resume(Checkpoint.State last, List<MirroredTable> tables) {
        SourceDatabase.Slot slot = source.slot().orElseThrow(() -> lost("is gone", last.applied()));
        if (slot.lostWal()) {
            throw lost("has lost the log it needs (max_slot_wal_keep_size)", last.applied());
        }
        if (slot.confirmedFlush().isAfter(last.applied())) {
            throw lost("is already at " + slot.confirmedFlush() + ", after the target's checkpoint", last.applied());
        }
        if (slot.active()) {
            throw new SlotInUseException(source.slotName());
        }
        if (last.applied().isAfter(slot.current())) {
            throw RefusedException.because(
                    "The source's log is at " + slot.current() + ", before the target's checkpoint " + last.applied()
                            + ": the source was restored, or a standby took its place that had not received everything.",
                    "Copy again with: ./understudy run --snapshot");
        }
        alignTables(tables);
        if (last.applied().isAfter(slot.confirmedFlush())) {
            source.advanceSlot(last.applied());
        }
        return last;
    }

    private RefusedException lost(String how, Lsn applied) {
        return RefusedException.because(
                "The replication slot " + source.slotName() + " " + how + ": the changes after " + applied
                        + " cannot be read any more.",
                "Copy again with: ./understudy run --snapshot");
    }

    /**
     * A table that joined the configuration later was never copied: streaming it would make it look mirrored. One that
     * left is taken out of ledger and publication, in this order, so that it cannot come back as if it had been
     * followed all the time.
     */
    private void alignTables(List<MirroredTable> tables) {
        Set<TableId> mirrored = tables.stream().map(MirroredTable::id).collect(Collectors.toSet());
        Set<TableId> published = source.published();
        Set<TableId> copied = SnapshotProgress.saved(target.client(), settings.name()).stream()
                .map(SnapshotProgress.TableProgress::table)
                .collect(Collectors.toSet());
        Set<TableId> misplaced =
                source.misplaced(tables.stream().map(MirroredTable::source).toList());
        List<TableId> joined = mirrored.stream()
                .filter(table -> !published.contains(table) || !copied.contains(table) || misplaced.contains(table))
                .sorted()
                .toList();
        if (!joined.isEmpty()) {
            throw RefusedException.because(
                    "Not part of this mirror since its snapshot: " + Listed.tables(joined) + ".",
                    "Set " + Listed.excluding(joined) + ", or copy again with: ./understudy run --snapshot");
        }
        List<TableId> left =
                copied.stream().filter(table -> !mirrored.contains(table)).toList();
        if (!left.isEmpty()) {
            LOG.infof("mirror=%s no longer mirrored: %s", settings.name(), Listed.tables(left));
            SnapshotProgress.forget(target.client(), settings.name(), left);
        }
        List<TableId> unpublished =
                published.stream().filter(table -> !mirrored.contains(table)).toList();
        if (!unpublished.isEmpty()) {
            source.unpublish(unpublished);
        }
    }

    private void stream(Checkpoint checkpoint, Checkpoint.State start, List<MirroredTable> tables)
            throws InterruptedException {
        state.accept(new MirrorState.CatchingUp());
        ChangeTransport transport = new InProcessTransport(settings.streamBufferBytes());
        carrying = transport;
        ChangeCapture capture = switch (settings.capture()) {
            case PGOUTPUT -> new PgOutputCapture(source, transport);
            case DEBEZIUM -> new DebeziumCapture(source, transport);
        };
        try {
            ApplyWorker applying =
                    new ApplyWorker(target.client(), transport, checkpoint, start, tables, settings.apply(), capture);
            worker = applying;
            meter = new LagMeter(source, applying, capture);
            if (!stopping) {
                capture.start();
                applying.run();
            }
        } finally {
            // In this order: a capture that waits for room in the transport could not end.
            transport.close();
            capture.close();
        }
    }

    /** From another thread: {@link #run} ends with this failure when what was received is applied. */
    void fail(RuntimeException cause) {
        ChangeTransport transport = carrying;
        if (transport != null) {
            transport.fail(cause);
        }
    }

    /** From another thread: {@link #run} returns as soon as what is under way is durable or rolled back. */
    void stop() {
        stopping = true;
        SnapshotRun copying = snapshot;
        if (copying != null) {
            copying.stop();
        }
        ApplyWorker applying = worker;
        if (applying != null) {
            applying.stop();
        }
    }

    boolean isStopping() {
        return stopping;
    }

    boolean holdsLock() {
        return holdsLock;
    }

    boolean hasChangedSomething() {
        return changedSomething;
    }

    Optional<ApplyWorker> worker() {
        return Optional.ofNullable(worker);
    }

    Optional<LagMeter> meter() {
        return Optional.ofNullable(meter);
    }

    /** Of this attempt's own copy, or as it is noted at the target. */
    List<SnapshotProgress.TableProgress> tables() {
        SnapshotProgress own = progress;
        return own != null ? own.tables() : SnapshotProgress.saved(target.client(), settings.name());
    }

    @Override
    public void close() {
        source.close();
        target.close();
    }
}
