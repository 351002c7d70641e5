package io.understudy.apply;

import io.understudy.postgres.FencedException;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.MirroredTable;
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
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Writes changes into one target transaction at a time. Statements are sent without waiting for each other's answer; a
 * transaction is done when every one of them, the commit included, has been answered well.
 */
final class RowWriter {

    private static final Logger LOG = Logger.getLogger(RowWriter.class);

    /**
     * A statement may have to wait for a lock that somebody holds on staging. After this the batch is given up and
     * retried.
     */
    private static final Duration LIMIT = Duration.ofMinutes(10);

    /**
     * At most this many statements are under way: the client's own limit on pipelining, with room for begin and commit.
     */
    private static final int PIPELINED = 200;

    private record Sent(Future<RowSet<Row>> answer, TableId table, int expectedRows, boolean fence) {}

    private final Session session;
    private final Checkpoint checkpoint;
    private final Batch batch;
    private final List<Sent> underWay = new ArrayList<>();
    private long missingRows;

    RowWriter(Session session, Checkpoint checkpoint, List<MirroredTable> tables) {
        this.session = session;
        this.checkpoint = checkpoint;
        Map<TableId, MirroredTable> byId =
                tables.stream().collect(Collectors.toMap(MirroredTable::id, Function.identity()));
        this.batch = new Batch(byId);
    }

    /** Whole transactions, up to and including {@code last}, in one target transaction. */
    void write(List<Change> changes, int transactions, Commit last) {
        try {
            inTransaction(() -> {
                begin();
                writeReduced(changes);
                commit(last, transactions, changes.size());
            });
        } catch (PostgresFailure failure) {
            if (!failure.dependsOnOrder()) {
                throw failure;
            }
            LOG.debugf(
                    "the reduced batch met a constraint and is replayed in its original order: %s",
                    failure.getMessage());
            inTransaction(() -> {
                begin();
                writeInOrder(changes);
                commit(last, transactions, changes.size());
            });
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

    /** Begins the target transaction of a source transaction that comes in several parts. */
    void begin() {
        send("begin");
        send(TargetDatabase.SILENT);
        send("set constraints all deferred");
    }

    /** One part of the transaction that {@link #begin} began. A savepoint allows the second try, in original order. */
    void writePart(List<Change> changes) {
        try {
            send("savepoint part");
            writeReduced(changes);
            send("release savepoint part");
            awaitAll();
        } catch (PostgresFailure failure) {
            if (!failure.dependsOnOrder()) {
                throw failure;
            }
            underWay.clear();
            send("rollback to savepoint part");
            writeInOrder(changes);
            send("release savepoint part");
            awaitAll();
        }
    }

    /** Rows and position become durable together, or not at all. */
    void commit(Commit last, int transactions, int changes) {
        send(position(checkpoint.move(last.lsn(), last.at(), transactions, changes)));
        send("commit");
        awaitAll();
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

    private static Step.Statement position(Tuple arguments) {
        return new Step.Statement(null, Checkpoint.MOVE, arguments, Step.Statement.ANY);
    }

    void rollback() {
        underWay.clear();
        session.rollback();
    }

    /** Rows that the source updated and the target did not have: somebody removed them there. */
    long missingRows() {
        return missingRows;
    }

    private void writeReduced(List<Change> changes) {
        for (Step step : batch.reduce(changes)) {
            step.statements().forEach(this::send);
        }
    }

    private void writeInOrder(List<Change> changes) {
        for (Step step : batch.cautious(changes)) {
            step.statements().forEach(this::send);
        }
    }

    private void send(String sql) {
        makeRoom();
        underWay.add(new Sent(session.send(sql), null, Step.Statement.ANY, false));
    }

    private void send(Step.Statement statement) {
        makeRoom();
        Future<RowSet<Row>> answer;
        try {
            answer = statement.arguments().size() == 0
                    ? session.send(statement.sql())
                    : session.send(statement.sql(), statement.arguments(), LIMIT);
        } catch (PostgresFailure preparing) {
            // A statement cannot be prepared in a transaction that has failed: the failure to tell is the earlier one.
            awaitAll();
            throw preparing;
        }
        underWay.add(new Sent(
                answer,
                statement.table(),
                statement.expectedRows(),
                statement.sql().equals(Checkpoint.MOVE)));
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
            throw sent.fence() && failure.sqlState().equals(FencedException.SQL_STATE) ? checkpoint.fenced() : failure;
        }
    }

    private static String doing(TableId table) {
        return table == null ? "Committing at the target" : "Writing to " + table + " at the target";
    }
}
