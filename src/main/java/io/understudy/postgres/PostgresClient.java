package io.understudy.postgres;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import io.vertx.pgclient.pubsub.PgSubscriber;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A small pool of reactive connections to one database, for loops that own their thread: each call waits for its
 * answer, with a bound. Never called from an event loop.
 */
public final class PostgresClient implements AutoCloseable {

    /** Control queries answer in milliseconds; a server that takes longer than this is as good as gone. */
    static final Duration CONTROL_LIMIT = Duration.ofSeconds(30);

    /** A connection that listens is made anew this long after it was lost. */
    private static final long LISTEN_AGAIN_MILLIS = 1000;

    private final DatabaseUrl url;
    private final Vertx vertx;
    private final PgConnectOptions options;
    private final Pool pool;

    private PostgresClient(DatabaseUrl url, Vertx vertx, PgConnectOptions options, Pool pool) {
        this.url = url;
        this.vertx = vertx;
        this.options = options;
        this.pool = pool;
    }

    public static PostgresClient open(Vertx vertx, DatabaseUrl url, SessionSettings settings, int connections) {
        PgConnectOptions options = options(url, settings);
        Pool pool = PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(connections).setConnectionTimeout(JdbcSessions.CONNECT_SECONDS))
                .connectingTo(options)
                .using(vertx)
                .build();
        return new PostgresClient(url, vertx, options, pool);
    }

    private static PgConnectOptions options(DatabaseUrl url, SessionSettings settings) {
        Map<String, String> parameters = new TreeMap<>(settings.parameters());
        parameters.put("application_name", settings.applicationName());
        parameters.put("client_encoding", "utf8");
        PgConnectOptions options = new PgConnectOptions()
                .setHost(url.host())
                .setPort(url.port())
                .setDatabase(url.database())
                .setUser(url.user())
                .setPassword(url.password().orElse(""))
                .setProperties(parameters)
                .setSslMode(SslMode.of(url.sslMode().text()));
        options.setConnectTimeout(JdbcSessions.CONNECT_SECONDS * 1000);
        options.setTcpKeepAlive(true);
        boolean verify =
                url.sslMode() == DatabaseUrl.SslMode.VERIFY_CA || url.sslMode() == DatabaseUrl.SslMode.VERIFY_FULL;
        options.setTrustAll(!verify);
        options.setHostnameVerificationAlgorithm(url.sslMode() == DatabaseUrl.SslMode.VERIFY_FULL ? "HTTPS" : "");
        if (verify) {
            url.sslRootCert().ifPresent(file -> options.setTrustOptions(new PemTrustOptions().addCertPath(file)));
        }
        return options;
    }

    public DatabaseUrl url() {
        return url;
    }

    public RowSet<Row> query(String sql, Object... arguments) {
        return with(session -> session.query(sql, arguments));
    }

    public <T> T with(Function<Session, T> work) {
        try (Session session = session()) {
            return work.apply(session);
        }
    }

    /** Runs {@code work} in one transaction; any failure rolls it back. */
    public <T> T transaction(Function<Session, T> work) {
        return with(session -> session.transaction("begin", work));
    }

    /** Borrows a connection until it is closed. */
    public Session session() {
        return new Session(url, await(pool.getConnection(), CONTROL_LIMIT, "connecting to " + url));
    }

    /**
     * Over a connection of its own, which is made again whenever it is lost: what was said meanwhile is not heard, so
     * nobody may rely on it.
     *
     * @param heard is called on an event loop, and must not wait
     */
    public AutoCloseable listen(String channel, Consumer<String> heard) {
        PgSubscriber subscriber = PgSubscriber.subscriber(vertx, options);
        subscriber.reconnectPolicy(tries -> LISTEN_AGAIN_MILLIS);
        subscriber.channel(channel).handler(heard::accept);
        subscriber.connect();
        return subscriber::close;
    }

    @Override
    public void close() {
        pool.close();
    }

    static <T> T await(Future<T> future, Duration limit, String doing) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw PostgresFailure.of(e.getCause(), doing);
        } catch (TimeoutException e) {
            throw PostgresFailure.of(new TimeoutException("no answer within " + limit.toSeconds() + " s"), doing);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + doing, e);
        }
    }
}
