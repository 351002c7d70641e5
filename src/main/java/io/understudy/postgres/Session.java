package io.understudy.postgres;

import io.vertx.core.Future;
import io.vertx.sqlclient.PreparedStatement;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * One borrowed reactive connection, used by one thread. Statements may be sent without waiting ({@link #send}); the
 * server answers them in order.
 */
public final class Session implements AutoCloseable {

    /** Statements kept prepared: every table times insert, update and delete, and the least used make room. */
    private static final int PREPARED = 512;

    private final DatabaseUrl url;
    private final SqlConnection connection;
    // The client's own cache leaves out statements of 2048 characters and more, which is any table of thirty columns.
    private final Map<String, PreparedStatement> prepared = new LinkedHashMap<>(64, 0.75f, true);

    Session(DatabaseUrl url, SqlConnection connection) {
        this.url = url;
        this.connection = connection;
    }

    public RowSet<Row> query(String sql, Object... arguments) {
        Future<RowSet<Row>> answer = arguments.length == 0
                ? connection.query(sql).execute()
                : connection.preparedQuery(sql).execute(Tuple.from(arguments));
        return await(answer, PostgresClient.CONTROL_LIMIT, url.place() + ": query");
    }

    /** A statement without parameters that may take its time: {@code truncate}, {@code analyze}. */
    public RowSet<Row> run(String sql, Duration limit, String doing) {
        return await(connection.query(sql).execute(), limit, doing);
    }

    public <T> T transaction(String begin, Function<Session, T> work) {
        try {
            query(begin);
            T result = work.apply(this);
            query("commit");
            return result;
        } catch (RuntimeException e) {
            rollback();
            throw e;
        }
    }

    public void rollback() {
        try {
            query("rollback");
        } catch (PostgresFailure lost) {
            // A connection that cannot roll back is gone, and its transaction with it.
            connection.close();
        }
    }

    /** Sends without waiting. */
    public Future<RowSet<Row>> send(String sql) {
        return connection.query(sql).execute();
    }

    /** Sends a prepared statement without waiting for its answer; only its first use waits, for the preparation. */
    public Future<RowSet<Row>> send(String sql, Tuple arguments, Duration limit) {
        PreparedStatement statement = prepared.get(sql);
        if (statement == null) {
            statement = await(connection.prepare(sql), limit, url.place() + ": preparing a statement");
            prepared.put(sql, statement);
            closeTheEldestBeyondLimit();
        }
        return statement.query().execute(arguments);
    }

    private void closeTheEldestBeyondLimit() {
        if (prepared.size() > PREPARED) {
            var eldest = prepared.entrySet().iterator();
            eldest.next().getValue().close();
            eldest.remove();
        }
    }

    public <T> T await(Future<T> future, Duration limit, String doing) {
        return PostgresClient.await(future, limit, doing);
    }

    @Override
    public void close() {
        connection.close();
    }
}
