package io.understudy.mirror;

import io.understudy.apply.ApplyWorker;
import io.understudy.apply.Checkpoint;
import io.understudy.apply.Sight;
import io.understudy.ledger.TableEntry;
import io.understudy.ledger.TableLedger;
import io.understudy.ledger.TableState;
import io.understudy.masking.MaskingPolicy;
import io.understudy.masking.PolicyInForce;
import io.understudy.outbound.PayloadMasks;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TargetDatabase;
import io.understudy.preflight.Preflight;
import io.understudy.preflight.RefusedException;
import io.understudy.snapshot.NothingCopiedException;
import io.understudy.snapshot.SnapshotProgress;
import io.understudy.snapshot.SnapshotRun;
import io.understudy.stream.ChangeCapture;
import io.understudy.stream.ChangeTransport;
import io.understudy.stream.DebeziumCapture;
import io.understudy.stream.FiltersInForce;
import io.understudy.stream.InProcessTransport;
import io.understudy.stream.PgOutputCapture;
import io.understudy.stream.RowFilters;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One attempt to mirror, from the first connection to the first failure. Everything it opens ends with it; what it
 * achieved is in the checkpoint, from which the next attempt goes on.
 */
final class MirrorRun implements AutoCloseable {

    private final Settings settings;
    private final boolean copyAnew;
    private final Consumer<MirrorState> state;
    private final SourceDatabase source;
    private final TargetDatabase target;
    private final TableLedger ledger;
    private final PayloadMasks payloads;
    private volatile TableKeeper keeper;
    private Lsn lookedAt = Lsn.ZERO;
    private volatile SnapshotRun snapshot;
    private volatile SnapshotProgress progress;
    private volatile ApplyWorker worker;
    private volatile LagMeter meter;
    private volatile ChangeTransport carrying;
    private volatile boolean holdsLock;
    private volatile boolean stopping;
    private boolean changedSomething;
    /** As of the last look. */
    private volatile MaskingPolicy masks = MaskingPolicy.NONE;

    private volatile RowFilters filters = RowFilters.NONE;
    private volatile Preflight lastSeen;
    private volatile TableVerifier verifier;

    /** @param copyAnew start with a new snapshot whatever the checkpoint says */
    MirrorRun(Vertx vertx, Settings settings, boolean copyAnew, Consumer<MirrorState> state) {
        this.settings = settings;
        this.copyAnew = copyAnew;
        this.state = state;
        this.source = SourceDatabase.open(vertx, settings.source(), settings.name());
        this.target = TargetDatabase.open(vertx, settings.target(), settings.name());
        this.ledger = new TableLedger(target.client(), settings.name());
        this.payloads = new PayloadMasks(target.client(), settings.name(), settings.payloadRules());
    }

    /** Returns when it was stopped; otherwise ends with the failure. */
    void run() throws InterruptedException {
        state.accept(new MirrorState.Checking());
        boolean goesOn = resumes();
        Preflight seen = look();
        refuse(goesOn ? seen : seen.counted(source, target), goesOn);
        target.migrate();
        Optional<MirrorLock> lock = takeLock();
        try {
            if (!stopping) {
                runLocked();
            }
        } finally {
            lock.ifPresent(MirrorLock::close);
        }
    }

    private void runLocked() throws InterruptedException {
        holdsLock = true;
        String rules = payloads.fingerprint();
        // Again: as a standby it may have waited for days.
        Preflight preflight = look();
        Checkpoint checkpoint = new Checkpoint(target.client(), settings.name());
        // In this order: a writer that was replaced may commit until it is fenced off, and not after.
        checkpoint.takeOver();
        boolean resumes = resumes();
        refuse(preflight, resumes);
        // Nothing of former rules is enqueued any more: who did is fenced off, and the ledger says what is stale.
        payloads.noted(preflight.mirrored(), preflight.masking(), rules);
        Checkpoint.State start = resumes ? resume(checkpoint.load().orElseThrow()) : copy(checkpoint, preflight);
        changedSomething = true;
        stream(checkpoint, start, preflight);
    }

    /** Before the first copy everything must hold. Later a table that does not fit waits, and the others go on. */
    private static void refuse(Preflight seen, boolean resumes) {
        if (resumes) {
            seen.requireNothingBlockingTheWhole();
        } else {
            seen.requireNothingBlocking();
        }
    }

    private boolean resumes() {
        return !copyAnew && Checkpoint.hasCopied(target, settings.name());
    }

    /**
     * As of the look before: a commit stands in the log a moment before its transaction can be seen, so that the position of
     * this look may be ahead of what it saw.
     */
    private synchronized Preflight look() {
        Preflight seen = worker == null
                ? Preflight.of(source, target, settings.intent())
                : Preflight.again(source, target, settings.intent());
        MaskingPolicy next = seen.masking().after(masks);
        if (holdsLock) {
            payloads.expect(seen.mirrored(), next, table -> formerNames(seen, table));
        }
        masks = next;
        filters = seen.filters().after(filters);
        Lsn before = lookedAt;
        lookedAt = seen.asOf();
        lastSeen = seen.masking(masks).asOf(before);
        return lastSeen;
    }

    private Map<String, String> formerNames(Preflight seen, TableId table) {
        return ledger.load().stream()
                .filter(entry -> entry.table().equals(table))
                .map(entry -> seen.form(seen.mirrored().get(table), entry).formerNames())
                .findFirst()
                .orElse(Map.of());
    }

    private PolicyInForce masksInForce() {
        return new PolicyInForce() {
            @Override
            public MaskingPolicy now() {
                return masks;
            }

            @Override
            public MaskingPolicy renewed() {
                look();
                return masks;
            }
        };
    }

    private FiltersInForce filtersInForce() {
        return new FiltersInForce() {
            @Override
            public RowFilters now() {
                return filters;
            }

            @Override
            public RowFilters renewed() {
                look();
                return filters;
            }
        };
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
        List<TableEntry> entries = SnapshotProgress.waiting(preflight.tables(), preflight.order());
        ledger.begin(entries);
        progress = new SnapshotProgress(ledger, entries);
        source.dropSlot();
        source.dropPublication();
        source.createPublication(
                preflight.tables().stream().map(MirroredTable::source).toList());
        snapshot = new SnapshotRun(
                source,
                target,
                preflight.tables(),
                preflight.order(),
                settings.snapshot(),
                progress,
                checkpoint.fence(),
                preflight.rules().all(),
                preflight.masking());
        try {
            if (stopping) {
                throw new InterruptedException("stopped before the copy began");
            }
            Lsn consistentPoint = snapshot.run(source.slotToStreamFrom());
            Map<TableId, MirroredTable> mirrored = preflight.mirrored();
            List<TableEntry> copied = progress.entries().stream()
                    .map(entry -> copied(entry, preflight.sight(mirrored.get(entry.table())), consistentPoint))
                    .toList();
            checkpoint.finishCopy(consistentPoint, session -> ledger.enter(session, copied));
            return Checkpoint.State.copied(consistentPoint);
        } catch (NothingCopiedException failure) {
            throw new SnapshotFailedException(failure);
        } catch (PostgresFailure failure) {
            throw failure.passes() ? failure : new SnapshotFailedException(failure);
        } finally {
            snapshot = null;
        }
    }

    /** Unless it failed, or waits for a copy of its own. */
    private static TableEntry copied(TableEntry entry, Sight sight, Lsn consistentPoint) {
        return entry.state() instanceof TableState.CatchingUp
                ? entry.copiedAt(consistentPoint)
                        .formed(sight.form())
                        .masked(sight.masks())
                        .filtered(sight.table().filter())
                : entry;
    }

    /** The slot is moved up to the checkpoint first, so that nothing that is already applied is sent again. */
    private Checkpoint.State resume(Checkpoint.State last) {
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

    private void stream(Checkpoint checkpoint, Checkpoint.State start, Preflight preflight)
            throws InterruptedException {
        state.accept(new MirrorState.CatchingUp());
        ChangeTransport transport = new InProcessTransport(settings.stream().bufferBytes());
        carrying = transport;
        ChangeCapture capture = switch (settings.stream().capture()) {
            case PGOUTPUT -> new PgOutputCapture(source, transport, masksInForce(), filtersInForce());
            case DEBEZIUM -> new DebeziumCapture(source, transport, masksInForce(), filtersInForce());
        };
        List<TableEntry> entries = ledger.load();
        ApplyWorker applying = new ApplyWorker(
                target.client(),
                transport,
                checkpoint,
                start,
                entries,
                sights(preflight),
                settings.apply(),
                settings.outbound(),
                capture);
        applying.heed(preflight.rules());
        // Taken before the first change: a table that does not fit any more must not be written.
        applying.order(TableAlignment.atStart(entries, preflight, source.client(), source.published()).stream()
                .map(TableAlignment.Decision::order)
                .toList());
        try (TableKeeper looking = new TableKeeper(
                settings,
                source,
                target,
                checkpoint,
                applying,
                this::look,
                masksInForce(),
                payloads,
                transport::fail)) {
            keeper = looking;
            worker = applying;
            meter = new LagMeter(source, applying, capture);
            if (!stopping) {
                capture.start();
                looking.start();
                try (SequenceKeeper sequences = sequenceKeeper(checkpoint, applying, meter);
                        TableVerifier verifying = new TableVerifier(settings, source, target, () -> lastSeen, ledger)) {
                    sequences.start();
                    verifier = verifying;
                    verifying.start();
                    applying.run();
                }
            }
        } finally {
            // In this order: a capture that waits for room in the transport could not end.
            transport.close();
            capture.close();
        }
    }

    private static List<Sight> sights(Preflight preflight) {
        return preflight.tables().stream().map(preflight::sight).toList();
    }

    private SequenceKeeper sequenceKeeper(Checkpoint checkpoint, ApplyWorker applying, LagMeter measuring) {
        return new SequenceKeeper(
                source,
                target,
                () -> applying.tables().stream().map(TableEntry::table).toList(),
                checkpoint.fence(),
                // Rows of a table that waits are still there, wherever the others are.
                lsn -> measuring.hasReached(lsn)
                        && applying.tables().stream().allMatch(table -> table.state() instanceof TableState.Streaming));
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

    Optional<TableVerifier> verifier() {
        return Optional.ofNullable(verifier);
    }

    /** As they are in this attempt, or in the ledger. */
    List<TableEntry> tables() {
        ApplyWorker applying = worker;
        TableKeeper looking = keeper;
        SnapshotProgress copying = progress;
        if (applying != null && looking != null) {
            Map<TableId, TableEntry> entries = new LinkedHashMap<>();
            applying.tables().forEach(entry -> entries.put(entry.table(), entry));
            looking.copying().forEach(entry -> entries.put(entry.table(), entry));
            return List.copyOf(entries.values());
        }
        return copying != null ? copying.entries() : ledger.load();
    }

    @Override
    public void close() {
        source.close();
        target.close();
    }
}
