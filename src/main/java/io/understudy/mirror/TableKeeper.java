package io.understudy.mirror;

import io.understudy.apply.ApplyWorker;
import io.understudy.apply.Checkpoint;
import io.understudy.apply.StreamEndedException;
import io.understudy.apply.TableOrder;
import io.understudy.ledger.TableEntry;
import io.understudy.ledger.TableState;
import io.understudy.masking.PolicyInForce;
import io.understudy.outbound.PayloadMasks;
import io.understudy.postgres.FencedException;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TargetDatabase;
import io.understudy.preflight.Listed;
import io.understudy.preflight.Preflight;
import io.understudy.preflight.StaleColumns;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Looks after the tables while the mirror streams: looks at both databases again and again, lets tables that wait go on
 * when they fit, takes in new ones, lets go of those that left, has copied what must be copied, and obeys what somebody
 * asked for. Nothing it does is in the way of the stream, to which it only gives orders.
 */
final class TableKeeper implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(TableKeeper.class);

    private static final Duration TICK = Duration.ofMillis(500);
    /** Both catalogs are read this often, more often while a table waits for somebody, and never without a rest. */
    private static final Duration LOOK_PERIOD = Duration.ofSeconds(10);

    private static final Duration LOOK_PERIOD_WHILE_WAITING = Duration.ofSeconds(2);
    private static final int REST = 20;

    /** A table that breaks again is tried again after 2 s, 4 s, and so on up to this. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    private static final Duration CLOSE = Duration.ofSeconds(10);

    private record Attempts(int count, Instant next) {}

    private final SourceDatabase source;
    private final TargetDatabase target;
    private final ApplyWorker worker;
    private final Supplier<Preflight> look;
    private final PayloadMasks payloads;
    private final TableCopy copy;
    private final ColumnRefresh refresh;
    private final ControlTable control;
    private final Optional<SchemaFollower> follower;
    private final Consumer<RuntimeException> fail;
    private final Thread thread = new Thread(this::keep, "understudy-tables");
    private final Map<TableId, Attempts> attempts = new HashMap<>();
    /** Requests to refresh columns that were met before; they stay open until they are done. */
    private final Set<Long> met = new HashSet<>();

    private Set<TableId> waitingBefore = Set.of();
    private Instant nextLook = Instant.MIN;
    private volatile boolean closing;

    /** @param fail what ends the stream when this mirror has been taken over by another process */
    TableKeeper(
            Settings settings,
            SourceDatabase source,
            TargetDatabase target,
            Checkpoint checkpoint,
            ApplyWorker worker,
            Supplier<Preflight> look,
            PolicyInForce masks,
            PayloadMasks payloads,
            Consumer<RuntimeException> fail) {
        this.source = source;
        this.target = target;
        this.worker = worker;
        this.look = look;
        this.payloads = payloads;
        this.copy = new TableCopy(settings, source, target, checkpoint, worker, masks);
        this.refresh = new ColumnRefresh(source, target, checkpoint.fence(), worker, masks);
        this.control = new ControlTable(target.client(), settings.name());
        this.follower = settings.tables().schemaChanges() == TableSettings.SchemaChanges.FOLLOW
                ? Optional.of(new SchemaFollower(source, target, settings.name()))
                : Optional.empty();
        this.fail = fail;
    }

    void start() {
        thread.start();
    }

    private void keep() {
        try {
            while (!closing) {
                try {
                    tick();
                } catch (FencedException e) {
                    fail.accept(e);
                    return;
                } catch (StreamEndedException e) {
                    return;
                } catch (RuntimeException e) {
                    tell(e);
                    nextLook = Instant.now().plus(LOOK_PERIOD);
                }
                Thread.sleep(TICK.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell(RuntimeException e) {
        if (closing) {
            return;
        }
        if (e instanceof PostgresFailure failure && failure.passes()) {
            LOG.debugf("looking after the tables: %s", e.getMessage());
        } else {
            LOG.warnf("looking after the tables failed and is tried again: %s", e.getMessage());
        }
    }

    private void tick() throws InterruptedException {
        obeyControl();
        Set<TableId> waiting = waiting();
        boolean news = !waitingBefore.containsAll(waiting);
        waitingBefore = waiting;
        if (news || !Instant.now().isBefore(nextLook)) {
            Instant begun = Instant.now();
            lookAndAlign();
            Duration period = waiting().isEmpty() && met.isEmpty() ? LOOK_PERIOD : LOOK_PERIOD_WHILE_WAITING;
            Duration rest = Duration.between(begun, Instant.now()).multipliedBy(REST);
            nextLook = Instant.now().plus(period.compareTo(rest) > 0 ? period : rest);
        }
    }

    private Set<TableId> waiting() {
        Set<TableId> waiting = new HashSet<>();
        for (TableEntry entry : worker.tables()) {
            if (entry.state() instanceof TableState.Paused) {
                waiting.add(entry.table());
            }
        }
        return waiting;
    }

    /** A request is done when the table is going to be copied; what becomes of the copy is in the table's state. */
    private void obeyControl() throws InterruptedException {
        List<ControlTable.Request> open = control.open();
        met.retainAll(open.stream().map(ControlTable.Request::id).toList());
        for (ControlTable.Request request : open) {
            if (request.refreshesColumns()) {
                if (met.add(request.id())) {
                    LOG.infof("table=%s refresh of columns asked by=%s", request.table(), request.by());
                    // What it is asked for may have been approved a moment ago.
                    nextLook = Instant.MIN;
                }
                continue;
            }
            Optional<TableEntry> entry = entry(request.table());
            if (entry.isPresent()) {
                order(List.of(new TableOrder.Enter(entry.get().anew())));
                attempts.remove(request.table());
                nextLook = Instant.MIN;
            }
            LOG.infof("table=%s resync asked by=%s", request.table(), request.by());
            control.close(request, entry.isPresent() ? "taken" : "not a mirrored table");
        }
    }

    private void lookAndAlign() throws InterruptedException {
        // Before the look: only those can be done by the rules that it finds.
        List<ControlTable.Request> asked = control.open();
        String rulesBefore = payloads.fingerprint();
        Preflight seen = look.get();
        Set<TableId> followed = Set.of();
        if (follower.isPresent()) {
            followed = follower.get().follow(seen, worker.tables());
            seen = followed.isEmpty() ? seen : look.get();
        }
        unpublishMisplaced(seen);
        Set<TableId> published = source.published();
        worker.heed(seen.rules());
        List<TableEntry> ledger = worker.tables();
        List<TableAlignment.Decision> decisions =
                TableAlignment.of(ledger, seen, source.client(), published, followed, this::mayGoOn);
        decisions.forEach(TableKeeper::tell);
        order(decisions.stream().map(TableAlignment.Decision::order).toList());
        payloads.noted(seen.mirrored(), seen.masking(), rulesBefore);
        leave(published, seen);
        // One of them at a time: each has a slot of the same name at the source.
        if (!refresh.isRunning()) {
            copy.begin(seen);
        }
        if (!copy.isRunning()) {
            takeRefreshes(asked, seen);
            refresh.begin(seen);
        }
    }

    private void takeRefreshes(List<ControlTable.Request> asked, Preflight seen) throws InterruptedException {
        Map<TableId, MirroredTable> mirrored = seen.mirrored();
        for (ControlTable.Request request : asked) {
            if (request.refreshesColumns()) {
                takeRefresh(request, entry(request.table()), mirrored.get(request.table()), seen);
            }
        }
    }

    private Optional<TableEntry> entry(TableId table) {
        return worker.tables().stream()
                .filter(known -> known.table().equals(table))
                .findFirst();
    }

    /** Once a look has taken in the rule of now. */
    private boolean closedAsDone(ControlTable.Request request, TableEntry entry) {
        boolean failed = entry.state() instanceof TableState.Failed;
        boolean done = entry.copiedAt().isPresent() && entry.stale().isEmpty();
        if (failed || done) {
            control.close(request, done ? "done" : "failed: only a new copy helps");
        }
        return failed || done;
    }

    private void takeRefresh(
            ControlTable.Request request, Optional<TableEntry> found, MirroredTable table, Preflight seen)
            throws InterruptedException {
        if (found.isEmpty()) {
            control.close(request, "not a mirrored table");
            return;
        }
        TableEntry entry = found.get();
        if (entry.copiedAt().isEmpty() || closedAsDone(request, entry)) {
            // A copy that is under way may go by the rules of before.
            return;
        }
        if (table != null) {
            Optional<String> because =
                    StaleColumns.of(entry, table, seen.masking()).onlyByCopy();
            boolean flows =
                    entry.state() instanceof TableState.Streaming || entry.state() instanceof TableState.CatchingUp;
            if (because.isPresent()) {
                LOG.infof("table=%s is copied again: %s", entry.table(), because.get());
                order(List.of(new TableOrder.Enter(entry.anew())));
                attempts.remove(entry.table());
            } else if (flows) {
                order(List.of(new TableOrder.Refresh(entry.table())));
            }
        }
    }

    /** A table that lost its key must leave at once: production's own updates of it fail. It is copied again. */
    private void unpublishMisplaced(Preflight seen) {
        Set<TableId> misplaced = source.misplaced(
                seen.tables().stream().map(MirroredTable::source).toList());
        if (!misplaced.isEmpty()) {
            LOG.infof("the source's key has changed: %s", Listed.tables(List.copyOf(misplaced)));
            source.unpublish(misplaced);
        }
    }

    private static void tell(TableAlignment.Decision decision) {
        decision.because()
                .ifPresent(why -> LOG.infof("table=%s %s", decision.order().table(), why));
    }

    private boolean mayGoOn(TableId table) {
        Attempts before = attempts.getOrDefault(table, new Attempts(0, Instant.MIN));
        if (Instant.now().isBefore(before.next())) {
            return false;
        }
        long seconds = Math.min(2L << Math.min(before.count(), 10), LONGEST_WAIT.toSeconds());
        attempts.put(table, new Attempts(before.count() + 1, Instant.now().plusSeconds(seconds)));
        return true;
    }

    /** In this order, first out of the ledger: it must not come back as if it had been followed all the time. */
    private void leave(Set<TableId> published, Preflight seen) {
        Set<TableId> mirrored = new HashSet<>();
        worker.tables().forEach(entry -> mirrored.add(entry.table()));
        List<TableId> unwanted = published.stream()
                .filter(table -> !mirrored.contains(table) && seen.selection().excludes(table))
                .toList();
        if (!unwanted.isEmpty()) {
            LOG.infof("no longer published: %s", Listed.tables(unwanted));
            source.unpublish(unwanted);
        }
    }

    private void order(List<TableOrder> orders) throws InterruptedException {
        if (!orders.isEmpty()) {
            await(worker, orders);
        }
    }

    /** Returns when it is done and durable. */
    static void await(ApplyWorker worker, List<TableOrder> orders) throws InterruptedException {
        try {
            worker.order(orders).get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
    }

    /** What is being copied, as far as it is. */
    List<TableEntry> copying() {
        return copy.entries();
    }

    @Override
    public void close() {
        closing = true;
        copy.close();
        refresh.close();
        thread.interrupt();
        try {
            thread.join(CLOSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
