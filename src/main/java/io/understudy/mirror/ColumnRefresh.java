package io.understudy.mirror;

import io.understudy.apply.ApplyWorker;
import io.understudy.apply.StreamEndedException;
import io.understudy.apply.TableOrder;
import io.understudy.ledger.TableEntry;
import io.understudy.ledger.TableState;
import io.understudy.masking.CanaryException;
import io.understudy.masking.MaskingPolicy;
import io.understudy.masking.PolicyInForce;
import io.understudy.masking.Signatures;
import io.understudy.postgres.FencedException;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.SlotSnapshot;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TargetDatabase;
import io.understudy.preflight.Preflight;
import io.understudy.snapshot.ColumnCopy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jboss.logging.Logger;

/**
 * Writes the values of columns whose rule changed anew, where they are, while the other tables stream.
 *
 * <pre>
 *   the table refreshes: its changes are set aside (durable)
 *   snapshot at P         the rule was in force before: what is masked by a former one was committed up to P
 *   keys and values       copied under it, masked, into a table of our own at the target
 *   set aside up to P     written, so that the target's rows are those of P, and stay so
 *   values                replaced where they differ, key by key
 *   the ledger says so    and the rest of what was set aside, all of it masked by the new rule, is written
 * </pre>
 *
 * Nothing else writes the table's rows meanwhile, so that no value of P can replace a younger one: moved keys, deletes
 * and values that an update left alone are as of P on both sides. After a crash at any point the ledger still says that
 * the table refreshes, and it is begun again with a new snapshot; what was written of it is then written as it is
 * already.
 */
final class ColumnRefresh implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(ColumnRefresh.class);

    /** After an attempt that did not come to its end. */
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private static final String UNIQUE_VIOLATION = "23505";

    private record Attempt(TableEntry entry, MirroredTable table, List<String> columns, ColumnCopy copy) {
        TableId id() {
            return entry.table();
        }
    }

    private final SourceDatabase source;
    private final TargetDatabase target;
    private final String fence;
    private final ApplyWorker worker;
    private final PolicyInForce masks;
    private volatile Thread thread;
    private volatile ColumnCopy running;
    private volatile RuntimeException fenced;
    private volatile Instant notBefore = Instant.MIN;
    private volatile boolean closing;
    private boolean cleared;

    ColumnRefresh(SourceDatabase source, TargetDatabase target, String fence, ApplyWorker worker, PolicyInForce masks) {
        this.source = source;
        this.target = target;
        this.fence = fence;
        this.worker = worker;
        this.masks = masks;
    }

    boolean isRunning() {
        return thread != null && thread.isAlive();
    }

    /** Begins with what refreshes, unless that is under way. */
    void begin(Preflight seen) {
        if (fenced != null) {
            throw fenced;
        }
        if (closing || isRunning() || Instant.now().isBefore(notBefore)) {
            return;
        }
        if (!cleared) {
            ColumnCopy.dropLeftovers(target, source.slotName());
            cleared = true;
        }
        Map<TableId, MirroredTable> mirrored = seen.mirrored();
        List<TableEntry> entries = worker.tables().stream()
                .filter(entry -> entry.state() instanceof TableState.Refreshing)
                .filter(entry -> mirrored.containsKey(entry.table()))
                .toList();
        if (!entries.isEmpty()) {
            thread = new Thread(() -> refreshSafely(entries, mirrored, seen.masking()), "understudy-refresh");
            thread.start();
        }
    }

    private void refreshSafely(List<TableEntry> entries, Map<TableId, MirroredTable> mirrored, MaskingPolicy policy) {
        List<Attempt> attempts = new ArrayList<>();
        try {
            for (TableEntry entry : entries) {
                MirroredTable table = mirrored.get(entry.table());
                List<String> columns = entry.stale();
                attempts.add(new Attempt(
                        entry, table, columns, new ColumnCopy(source, target, table, columns, policy, fence)));
            }
            refresh(attempts, policy);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (FencedException e) {
            fenced = e;
        } catch (StreamEndedException e) {
            LOG.debug("the stream ended during a refresh");
        } catch (RuntimeException e) {
            if (!closing) {
                LOG.warnf("refreshing columns failed and is tried again: %s", e.getMessage());
                notBefore = Instant.now().plus(PAUSE);
            }
        } finally {
            running = null;
            attempts.forEach(ColumnRefresh::closeSafely);
        }
    }

    /** What cannot be dropped now, because the target is gone or this process ends, is dropped by the next run. */
    private static void closeSafely(Attempt attempt) {
        try {
            attempt.copy().close();
        } catch (RuntimeException e) {
            LOG.debugf("what a refresh had in between was not dropped: %s", e.getMessage());
        }
    }

    private void refresh(List<Attempt> attempts, MaskingPolicy policy) throws InterruptedException {
        List<Attempt> read = new ArrayList<>();
        Lsn point;
        try (SlotSnapshot snapshot = slot(attempts)) {
            point = snapshot.consistentPoint();
            for (Attempt attempt : attempts) {
                if (step(attempt, () -> attempt.copy().read(snapshot))) {
                    read.add(attempt);
                }
            }
        }
        Set<TableId> altered =
                ColumnCopy.altered(source, read.stream().map(Attempt::table).toList());
        for (Attempt attempt : read) {
            if (altered.contains(attempt.id())) {
                // Rows that were written anew are hidden from an older snapshot; what was read may be nothing at all.
                LOG.infof("table=%s was altered at the source while it was refreshed; it is tried again", attempt.id());
            } else if (writeUpTo(attempt, point)
                    && step(attempt, () -> attempt.copy().write(() -> isStillRefreshing(attempt)))) {
                finish(attempt, policy);
            }
        }
    }

    /** Without one nothing can be read, and what waits for the tables grows: they say so. */
    private SlotSnapshot slot(List<Attempt> attempts) throws InterruptedException {
        try {
            return source.create(source.slotToCopyFrom());
        } catch (PostgresFailure failure) {
            if (!closing && failure.kind() != PostgresFailure.Kind.CONNECTION) {
                for (Attempt attempt : attempts) {
                    cannot(
                            attempt,
                            failure.getMessage() + ".",
                            "A refresh needs a replication slot at production for as long as it reads. It is tried again by itself.");
                }
            }
            throw failure;
        }
    }

    private interface Step {
        void run() throws InterruptedException;
    }

    /** @return whether it went well; a table that cannot be refreshed says so, and the others go on */
    private boolean step(Attempt attempt, Step step) throws InterruptedException {
        if (closing) {
            throw new InterruptedException("the mirror stops");
        }
        running = attempt.copy();
        try {
            step.run();
            return true;
        } catch (PostgresFailure failure) {
            if (failure.sqlState().equals(UNIQUE_VIOLATION)) {
                copyAgain(attempt, "new values of its columns are still those of other rows");
                return false;
            }
            if (failure.passes() && !failure.isLocked()) {
                throw failure;
            }
            cannot(attempt, failure.getMessage() + ".");
            return false;
        } catch (CanaryException e) {
            cannot(attempt, e.getMessage() + ".");
            return false;
        } finally {
            running = null;
        }
    }

    private void cannot(Attempt attempt, String why) throws InterruptedException {
        cannot(
                attempt,
                why,
                "Mend it at the target, or choose another rule for " + String.join(", ", attempt.columns())
                        + ". It is tried again by itself.");
    }

    private void cannot(Attempt attempt, String why, String todo) throws InterruptedException {
        if (closing) {
            throw new InterruptedException("the mirror stops");
        }
        LOG.warnf("table=%s cannot be refreshed and is tried again: %s", attempt.id(), why);
        notBefore = Instant.now().plus(PAUSE);
        TableKeeper.await(
                worker,
                List.of(new TableOrder.CannotRefresh(
                        attempt.id(), why, todo, attempt.entry().since())));
    }

    private boolean writeUpTo(Attempt attempt, Lsn point) throws InterruptedException {
        CompletableFuture<Boolean> written = new CompletableFuture<>();
        TableKeeper.await(
                worker,
                List.of(new TableOrder.WriteUpTo(
                        attempt.id(), point, attempt.entry().since(), written)));
        try {
            return written.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private Optional<TableEntry> stillRefreshing(Attempt attempt) {
        return worker.tables().stream()
                .filter(entry -> entry.table().equals(attempt.id())
                        && entry.state() instanceof TableState.Refreshing
                        && entry.since().equals(attempt.entry().since()))
                .findFirst();
    }

    private boolean isStillRefreshing(Attempt attempt) {
        return stillRefreshing(attempt).isPresent();
    }

    private void finish(Attempt attempt, MaskingPolicy policy) throws InterruptedException {
        if (attempt.copy().hasQuarantined(source.slotName())) {
            copyAgain(attempt, "rows of it are in the quarantine, with their former values");
            return;
        }
        Map<String, String> written = Signatures.written(policy, masks.now(), attempt.id());
        Map<String, String> refreshed = new TreeMap<>();
        attempt.columns().forEach(column -> refreshed.put(column, written.getOrDefault(column, Signatures.KEEP)));
        TableKeeper.await(
                worker,
                List.of(new TableOrder.Refreshed(
                        attempt.id(), refreshed, attempt.entry().since())));
        LOG.infof(
                "table=%s columns=%s refreshed, rows=%d",
                attempt.id(),
                String.join(",", attempt.columns()),
                attempt.copy().changedRows());
    }

    private void copyAgain(Attempt attempt, String because) throws InterruptedException {
        Optional<TableEntry> now = stillRefreshing(attempt);
        if (now.isPresent()) {
            LOG.infof("table=%s is copied again: %s", attempt.id(), because);
            TableKeeper.await(worker, List.of(new TableOrder.Enter(now.get().anew())));
        }
    }

    @Override
    public void close() {
        closing = true;
        if (isRunning()) {
            source.abandonSlotCreation();
        }
        ColumnCopy copying = running;
        if (copying != null) {
            copying.stop();
        }
        Thread refreshing = thread;
        if (refreshing != null) {
            refreshing.interrupt();
            try {
                refreshing.join(10_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
