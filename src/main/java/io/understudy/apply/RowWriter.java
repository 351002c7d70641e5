package io.understudy.apply;

import io.understudy.apply.SetAside.Packet;
import io.understudy.apply.Step.Statement;
import io.understudy.ledger.TableEntry;
import io.understudy.ledger.TableLedger;
import io.understudy.ledger.TableState;
import io.understudy.outbound.Arrival;
import io.understudy.outbound.Enqueuer;
import io.understudy.outbound.OutboundSettings;
import io.understudy.postgres.FencedException;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.Session;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TargetDatabase;
import io.understudy.stream.Change;
import io.understudy.stream.TransactionPart.Commit;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Writes changes into one target transaction at a time. Statements are sent without waiting for each other's answer; a
 * transaction is done when every one of them, the commit included, has been answered well.
 *
 * <p>A table that the target refuses to write is paused: the transaction is rolled back (a large one to its savepoint)
 * and written again with that table's changes set aside. Each time one more table is paused, so that it comes to an
 * end.
 */
final class RowWriter {

    private static final Logger LOG = Logger.getLogger(RowWriter.class);

    /**
     * A statement may have to wait for a lock that somebody holds on staging. After this the batch is given up and
     * retried.
     */
    private static final Duration LIMIT = Duration.ofMinutes(10);

    /** After this the table whose lock it is waits, and not everybody with it. */
    private static final String LOCK_LIMIT = "set local lock_timeout = '20s'";

    /**
     * At most this many statements are under way: the client's own limit on pipelining, with room for begin and commit.
     */
    private static final int PIPELINED = 200;

    /** Fails a transaction in which triggers, rules or foreign keys could have fired (field note A1). */
    private static final Statement PROOF = new Statement(
            null,
            "select 1 / (current_setting('session_replication_role') = 'replica')::int",
            Tuple.tuple(),
            Statement.ANY);

    /** For questions whose SQL is somebody's condition. */
    private static final String QUESTION_LIMIT = "set local statement_timeout = '60s'";

    private static final String NO_QUESTION_LIMIT = "set local statement_timeout = 0";
    private static final String CANCELLED = "57014";

    private record Sent(Future<RowSet<Row>> answer, TableId table, int expectedRows, boolean fence) {}

    private final Session session;
    private final Checkpoint checkpoint;
    private final TableBook book;
    private final SetAside setAside;
    private final String mirror;
    private final Batch batch;
    private final SequenceLevels sequences;
    private final List<Sent> underWay = new ArrayList<>();
    /** What the open transaction sets aside; counted in the book when it is committed. */
    private final Map<TableId, TableEntry> counted = new HashMap<>();

    /** Why tables were paused last: one that is tried again and again is told once. */
    private final Map<TableId, String> told = new HashMap<>();

    private final Map<TableId, Long> asideBytes = new HashMap<>();
    private final RuleGuard guard;
    private final Statement fence;
    private final Enqueuer enqueuer;
    private boolean endIsUnknown;
    /** Deliveries of a transaction whose end is not known. */
    private boolean enqueuedPart;

    private boolean deliveriesRenamed;

    private long missingRows;

    RowWriter(Session session, Checkpoint checkpoint, String mirror, TableBook book, OutboundSettings outbound) {
        this.session = session;
        this.checkpoint = checkpoint;
        this.book = book;
        this.mirror = mirror;
        this.setAside = new SetAside(mirror);
        this.batch = new Batch(book.tables());
        this.fence = new Statement(null, checkpoint.exclusiveFence(), Tuple.tuple(), Statement.ANY);
        this.guard = new RuleGuard(mirror, book, this::ask);
        this.sequences = SequenceLevels.of(session, book.tables());
        this.enqueuer = new Enqueuer(
                mirror,
                outbound,
                book.tables(),
                table -> book.entry(table).map(TableEntry::masks).orElse(Map.of()));
    }

    /** Whole transactions in one target transaction. */
    void write(List<Whole> transactions) {
        int changes = transactions.stream()
                .mapToInt(transaction -> transaction.changes().size())
                .sum();
        Commit last = transactions.get(transactions.size() - 1).commit();
        untilNoTableBreaks(inOrder -> inTransaction(() -> {
            begin();
            List<Change> written = new ArrayList<>(changes);
            List<Arrival> arrivals = new ArrayList<>();
            List<Packet> aside = new ArrayList<>();
            for (Whole transaction : transactions) {
                Optional<Commit> end = Optional.of(transaction.commit());
                TableBook.Sorted sorted = book.sort(transaction.changes(), end, 0, asideBytes);
                written.addAll(sorted.written());
                arrive(sorted, end, arrivals);
                aside.addAll(sorted.aside());
            }
            writeRows(written, arrivals, inOrder, Optional.empty());
            putAside(aside);
            commit(last, transactions.size(), changes);
        }));
    }

    private interface Attempt {
        void run(boolean inOrder);
    }

    private void untilNoTableBreaks(Attempt attempt) {
        boolean inOrder = false;
        while (true) {
            try {
                attempt.run(inOrder);
                return;
            } catch (BrokenTableException broken) {
                if (broken.dependsOnOrder() && !inOrder) {
                    LOG.debugf("a reduced batch is replayed in its original order: %s", broken.getMessage());
                    inOrder = true;
                } else {
                    pause(broken);
                    inOrder = false;
                }
            }
        }
    }

    private void pause(BrokenTableException broken) {
        TableEntry entry =
                book.entry(broken.table()).orElseThrow(() -> new IllegalStateException(broken.getMessage(), broken));
        if (entry.state() instanceof TableState.Paused) {
            // It is set aside already: the failure is not about its rows, and pausing it again would go on for ever.
            throw new IllegalStateException(broken.getMessage(), broken);
        }
        book.change(
                broken.needsCopy()
                        ? entry.anew()
                        : entry.in(new TableState.Paused(broken.getMessage(), broken.remedy())));
        if (!broken.getMessage().equals(told.put(broken.table(), broken.getMessage()))) {
            LOG.warnf(
                    "table=%s state=paused reason=%s remedy=%s", broken.table(), broken.getMessage(), broken.remedy());
        }
    }

    private void inTransaction(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            rollback();
            throw e;
        }
    }

    /** Begins a silent target transaction: of a batch, or of a source transaction that comes in several parts. */
    void begin() {
        // One message: no row can come between these.
        send("begin; " + TargetDatabase.SILENT + "; " + LOCK_LIMIT + "; set constraints all deferred");
    }

    /**
     * One part of the transaction that {@link #begin} began. Its end, and with it its position, is not known yet.
     *
     * @param before how many changes of it came earlier
     */
    void writePart(List<Change> changes, int before) {
        endIsUnknown = true;
        Map<TableId, Long> asideBefore = Map.copyOf(asideBytes);
        Map<TableId, TableEntry> countedBefore = Map.copyOf(counted);
        untilNoTableBreaks(inOrder -> {
            try {
                send("savepoint part");
                TableBook.Sorted sorted = book.sort(changes, Optional.empty(), before, asideBytes);
                List<Arrival> arrivals = new ArrayList<>();
                arrive(sorted, Optional.empty(), arrivals);
                writeRows(sorted.written(), arrivals, inOrder, Optional.empty());
                putAside(sorted.aside());
                send("release savepoint part");
                awaitAll();
            } catch (BrokenTableException broken) {
                underWay.clear();
                asideBytes.clear();
                asideBytes.putAll(asideBefore);
                counted.clear();
                counted.putAll(countedBefore);
                send("rollback to savepoint part");
                throw broken;
            }
        });
    }

    /** Rows, what was set aside, states and position become durable together, or not at all. */
    void commit(Commit last, int transactions, int changes) {
        if (endIsUnknown) {
            send(setAside.complete(last));
            if (enqueuedPart) {
                send(statement(enqueuer.complete(last)));
            }
        }
        saveStates();
        send(PROOF);
        send(position(checkpoint.move(last.lsn(), last.at(), transactions, changes)));
        // After the position, whose lock keeps the SequenceKeeper from lowering a sequence below these rows meanwhile.
        sequences.raise().ifPresent(this::send);
        send("commit");
        awaitAll();
        committed();
    }

    private void putAside(List<Packet> packets) {
        if (packets.isEmpty()) {
            return;
        }
        for (Packet packet : packets) {
            TableEntry entry = counted.getOrDefault(
                    packet.table(), book.entry(packet.table()).orElseThrow());
            counted.put(
                    packet.table(),
                    entry.withAside(entry.asideChanges() + packet.count(), entry.asideBytes() + packet.bytes()));
        }
        send(setAside.add(packets));
    }

    /** A table for which more waits than there is room for has to be copied again: what waits for it is of no use. */
    private void saveStates() {
        List<TableEntry> over = book.overLimit(asideBytes);
        for (TableEntry entry : over) {
            TableEntry failed = entry.withAside(0, 0)
                    .in(new TableState.Failed(
                            "More changes waited for it than understudy.apply.set-aside-size holds, after: "
                                    + entry.state().reason().orElse("-"),
                            "Mend it, then copy the table again: ./understudy resync " + entry.table()));
            counted.remove(entry.table());
            book.change(failed);
            LOG.warnf(
                    "table=%s state=failed reason=%s",
                    entry.table(), failed.state().reason().get());
        }
        List<TableId> dropped = book.unsaved().stream()
                .filter(entry -> entry.state() instanceof TableState.Failed)
                .map(TableEntry::table)
                .toList();
        if (!dropped.isEmpty()) {
            send(setAside.drop(dropped));
        }
        // The states in the book and the counts of this transaction, which the book takes over when it is committed.
        Map<TableId, TableEntry> entries = new HashMap<>(counted);
        for (TableEntry entry : book.unsaved()) {
            TableEntry count = counted.getOrDefault(entry.table(), entry);
            entries.put(entry.table(), entry.withAside(count.asideChanges(), count.asideBytes()));
        }
        if (!entries.isEmpty()) {
            counted.putAll(entries);
            send(entering(entries.values()));
        }
    }

    private void committed() {
        boolean changed = !counted.isEmpty();
        counted.values().forEach(book::set);
        endTransaction();
        if (changed) {
            book.saved();
        }
    }

    private void endTransaction() {
        counted.clear();
        asideBytes.clear();
        sequences.forget();
        endIsUnknown = false;
        enqueuedPart = false;
    }

    private Statement entering(Collection<TableEntry> entries) {
        return new Statement(null, TableLedger.ENTER, Tuple.from(TableLedger.entering(mirror, entries)), Statement.ANY);
    }

    /** Moves the checkpoint over log in which nothing is ours. */
    void movePosition(Lsn reached) {
        inTransaction(() -> {
            send("begin");
            send(position(checkpoint.follow(reached)));
            send("commit");
            awaitAll();
        });
    }

    /** Changes of tables' states that no rows come with. */
    void saveStatesAlone() {
        if (!book.unsaved().isEmpty()) {
            fenced(this::saveStates);
        }
    }

    /**
     * Writes the oldest of what waits for a table. @return whether there was anything; a table that breaks again is
     * paused again
     *
     * @param upTo only what was committed by then; empty for all
     */
    boolean writeWaiting(TableEntry entry, long bytes, Optional<Lsn> upTo) {
        Optional<SetAside.Waiting> found = setAside.next(session, entry.table(), bytes, upTo);
        if (found.isEmpty()) {
            if (upTo.isEmpty()) {
                book.change(entry.withAside(0, 0));
            }
            return false;
        }
        // A transaction whose end was not known when it was set aside may turn out to be in the copy.
        SetAside.Waiting waiting = found.get().after(entry.copiedAt().orElseThrow());
        boolean inOrder = false;
        while (true) {
            try {
                boolean careful = inOrder;
                fenced(() -> {
                    requireFitting(entry.table(), waiting);
                    boolean last = upTo.isEmpty() && waiting.count() >= entry.asideChanges();
                    writeRows(
                            waiting.changes(),
                            arrivals(waiting),
                            careful,
                            Optional.of(entry.table()).filter(table -> last));
                    send(setAside.remove(entry.table(), waiting));
                    book.change(entry.withAside(
                            entry.asideChanges() - waiting.count(), entry.asideBytes() - waiting.bytes()));
                    saveStates();
                });
                return true;
            } catch (BrokenTableException broken) {
                book.change(entry);
                if (!broken.dependsOnOrder() || inOrder) {
                    pause(broken);
                    saveStatesAlone();
                    return false;
                }
                inOrder = true;
            }
        }
    }

    /** What was set aside after the last look may be altered again. */
    private void requireFitting(TableId table, SetAside.Waiting waiting) {
        for (SetAside.Part part : waiting.parts()) {
            for (Change change : part.changes()) {
                if (change instanceof Change.OfRow row) {
                    book.requireFitting(
                            table, row.shape(), Optional.of(part.commit().lsn()));
                }
            }
        }
    }

    /** What has to happen besides rows, with the ledger's new entries. */
    void arrange(List<Statement> statements) {
        fenced(() -> {
            statements.forEach(this::send);
            saveStates();
        });
        if (deliveriesRenamed) {
            // Before the next change of it, by whichever name.
            enqueuer.loaded(ask(statement(enqueuer.load())));
            deliveriesRenamed = false;
        }
    }

    SetAside setAside() {
        return setAside;
    }

    SetAside.Total waitingFor(TableId table) {
        return setAside.total(session, table);
    }

    /** A silent transaction that leaves the position where it is, and fails when this process was replaced. */
    private void fenced(Runnable work) {
        inTransaction(() -> {
            begin();
            work.run();
            send(PROOF);
            send(fence);
            sequences.raise().ifPresent(this::send);
            send("commit");
            awaitAll();
            committed();
        });
    }

    private static Statement position(Tuple arguments) {
        return new Statement(null, Checkpoint.MOVE, arguments, Statement.ANY);
    }

    void rollback() {
        underWay.clear();
        endTransaction();
        session.rollback();
    }

    /** Rows that the source updated and the target did not have: somebody removed them there. */
    long missingRows() {
        return missingRows;
    }

    /**
     * @param arrivals those of the changes of which deliveries may be made
     * @param lastOf a table that has caught up when this is written
     */
    private void writeRows(List<Change> changes, List<Arrival> arrivals, boolean inOrder, Optional<TableId> lastOf) {
        // Asks for the rows as they are before.
        Iterator<Enqueuer.Statement> deliveries = enqueuer.prepare(arrivals, this::askSafely);
        writeGuarded(changes, inOrder, lastOf);
        while (deliveries.hasNext()) {
            enqueuedPart |= arrivals.get(0).commit().isEmpty();
            send(statement(deliveries.next()));
            if (deliveries.hasNext()) {
                // So that one packet is in memory, and the next.
                awaitAll();
            }
        }
    }

    private void writeGuarded(List<Change> changes, boolean inOrder, Optional<TableId> lastOf) {
        if (guard.isIdle()) {
            writeSteps(changes, inOrder);
            return;
        }
        Touched touched = guard.touched(changes);
        if (touched.isNothing()) {
            writeSteps(changes, inOrder);
            return;
        }
        Set<TableId> back = guard.before(touched);
        writeSteps(changes, inOrder);
        guard.after(touched, back, lastOf);
    }

    private void arrive(TableBook.Sorted sorted, Optional<Commit> end, List<Arrival> arrivals) {
        for (int i = 0; i < sorted.written().size() && !enqueuer.isIdle(); i++) {
            if (sorted.written().get(i) instanceof Change.OfRow row) {
                arrivals.add(new Arrival(row, end, sorted.ordinals()[i]));
            }
        }
    }

    private List<Arrival> arrivals(SetAside.Waiting waiting) {
        List<Arrival> arrivals = new ArrayList<>();
        for (SetAside.Part part : waiting.parts()) {
            for (int i = 0; i < part.changes().size() && !enqueuer.isIdle(); i++) {
                if (part.changes().get(i) instanceof Change.OfRow row) {
                    arrivals.add(new Arrival(row, Optional.of(part.commit()), part.ordinal(i)));
                }
            }
        }
        return arrivals;
    }

    /**
     * Empty when the statement fails for reasons of its own, however that may be: nothing but the loss of the connection or
     * a lock ends the transaction.
     */
    private Optional<RowSet<Row>> askSafely(String sql, Tuple arguments) {
        send("savepoint question; " + QUESTION_LIMIT);
        try {
            RowSet<Row> answer = ask(new Statement(null, sql, arguments, Statement.ANY));
            send("release savepoint question; " + NO_QUESTION_LIMIT);
            return Optional.of(answer);
        } catch (PostgresFailure failure) {
            if (failure.passes() && !failure.sqlState().equals(CANCELLED)) {
                throw failure;
            }
            LOG.debugf("a question about deliveries failed: SQLSTATE %s", failure.sqlState());
            underWay.clear();
            send("rollback to savepoint question");
            return Optional.empty();
        }
    }

    /** No transaction is open. What of the changes is delivered from now on. */
    void loadDeliveries(Lsn applied) {
        ask(statement(enqueuer.begin(applied)));
        enqueuer.loaded(ask(statement(enqueuer.load())));
    }

    List<Statement> renameDeliveries(TableId from, TableId to) {
        deliveriesRenamed = true;
        return enqueuer.rename(from, to).stream().map(RowWriter::statement).toList();
    }

    private static Statement statement(Enqueuer.Statement of) {
        return new Statement(null, of.sql(), of.arguments(), Statement.ANY);
    }

    RuleGuard guard() {
        return guard;
    }

    void loadRules() {
        guard.loaded(ask(RuleGuard.load(mirror)));
    }

    /** Rules that can be kept from now on come into force; a table that breaks one waits. */
    void enterForce() {
        List<Runnable> then = new ArrayList<>();
        try {
            fenced(() -> then.add(guard.enterForce()));
            then.forEach(Runnable::run);
        } catch (BrokenTableException broken) {
            pause(broken);
            saveStatesAlone();
        }
    }

    private RowSet<Row> ask(Statement statement) {
        awaitAll();
        send(statement);
        RowSet<Row> answer = answer(underWay.get(0));
        underWay.clear();
        return answer;
    }

    private void writeSteps(List<Change> changes, boolean inOrder) {
        sequences.note(changes);
        try {
            if (inOrder) {
                batch.cautious(changes).forEach(this::send);
            } else {
                batch.reduce(changes).forEach(this::send);
            }
        } catch (SchemaDriftException drift) {
            // An earlier statement may have failed already: that is the failure to tell.
            awaitAll();
            throw new BrokenTableException(drift);
        }
    }

    private void send(Step step) {
        guard.sifted(step).forEach(this::send);
    }

    private void send(String sql) {
        makeRoom();
        underWay.add(new Sent(session.send(sql), null, Statement.ANY, false));
    }

    private void send(Statement statement) {
        makeRoom();
        Future<RowSet<Row>> answer;
        try {
            answer = statement.arguments().size() == 0
                    ? session.send(statement.sql())
                    : session.send(statement.sql(), statement.arguments(), LIMIT);
        } catch (PostgresFailure preparing) {
            // A statement cannot be prepared in a transaction that has failed: the failure to tell is the earlier one.
            awaitAll();
            throw attributed(statement.table(), preparing);
        }
        boolean fences = statement == fence || statement.sql().equals(Checkpoint.MOVE);
        underWay.add(new Sent(answer, statement.table(), statement.expectedRows(), fences));
    }

    private void makeRoom() {
        if (underWay.size() >= PIPELINED) {
            awaitAll();
        }
    }

    private void awaitAll() {
        for (Sent sent : underWay) {
            RowSet<Row> answer = answer(sent);
            if (sent.expectedRows() > answer.rowCount()) {
                missingRows += sent.expectedRows() - answer.rowCount();
                LOG.warnf(
                        "updated rows were missing at the target table=%s rows=%d",
                        sent.table(), sent.expectedRows() - answer.rowCount());
            }
        }
        underWay.clear();
    }

    private RowSet<Row> answer(Sent sent) {
        try {
            return session.await(sent.answer(), LIMIT, doing(sent.table()));
        } catch (PostgresFailure failure) {
            throw sent.fence() && failure.sqlState().equals(FencedException.SQL_STATE)
                    ? checkpoint.fenced()
                    : attributed(sent.table(), failure.ofRows());
        }
    }

    private static RuntimeException attributed(TableId table, PostgresFailure failure) {
        return BrokenTableException.isOf(table, failure) ? new BrokenTableException(table, failure) : failure;
    }

    private static String doing(TableId table) {
        return table == null ? "Committing at the target" : "Writing to " + table + " at the target";
    }
}
