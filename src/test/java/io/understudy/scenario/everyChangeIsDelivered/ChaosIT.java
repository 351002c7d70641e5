package io.understudy.scenario.everyChangeIsDelivered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.Database;
import io.understudy.DatabasePair;
import io.understudy.PostgresServer;
import io.understudy.PostgresServers;
import io.understudy.Queue;
import io.understudy.Receiver;
import io.understudy.UnderstudyProcess;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The five faults of the public queue benchmarks, one after the other under load, to the service as it is delivered. */
class ChaosIT {

    private static final int RECORDS = 100;

    private PostgresServer targetServer;
    private DatabasePair pair;
    private Queue queue;
    private Receiver receiver;
    private Map<String, String> settings;

    @BeforeEach
    void open() {
        targetServer = PostgresServers.own(Map.of());
        pair = new DatabasePair(PostgresServers.source(), targetServer);
        queue = new Queue(pair);
        receiver = Receiver.open();
        settings = Map.of(
                "UNDERSTUDY_OUTBOUND_DESTINATIONS_CRM_URL", receiver.url("/hook"),
                "UNDERSTUDY_OUTBOUND_DESTINATIONS_CRM_SECRET", Receiver.SECRET,
                "UNDERSTUDY_OUTBOUND_DESTINATIONS_CRM_TIMEOUT", "2s",
                "UNDERSTUDY_OUTBOUND_ALLOWED_HOSTS", "127.0.0.1",
                "UNDERSTUDY_OUTBOUND_LEASE", "5s");
        pair.both("create table item (id int primary key, v int)").adopt();
        queue.configure("item", "crm");
    }

    @AfterEach
    void close() throws SQLException {
        receiver.close();
        pair.close();
        targetServer.close();
    }

    @Test
    void nothingIsLostStuckOrOvertaken() throws SQLException {
        try (Ticking ticking = new Ticking(pair.source())) {
            try (UnderstudyProcess killed = service()) {
                queue.awaitInForce();
                ticking.start();
                awaitMoreArrivals(300);
                receiver.answers(request -> new Receiver.Answer.Hang());
                await().atMost(DatabasePair.PATIENCE).until(() -> queue.count("status = 'running'") > 0);
                killed.kill();
                receiver.answers(request -> Receiver.Answer.of(204));
            }
            // What it had claimed is rescued by another, which did not start anew what it had delivered.
            try (UnderstudyProcess service = service()) {
                awaitMoreArrivals(300);
                assertThat(queue.count("attempt > 1")).as("rescued").isPositive();

                targetServer.stop();
                ticking.awaitMore(50);
                targetServer.start();
                awaitMoreArrivals(300);

                for (int i = 0; i < 3; i++) {
                    pair.target()
                            .column("select pg_terminate_backend(pid) from pg_stat_activity"
                                    + " where application_name like 'understudy%'");
                    awaitMoreArrivals(100);
                }

                receiver.stop();
                ticking.awaitMore(100);
                receiver.start();
                awaitMoreArrivals(300);

                try (Connection reader = pair.target().connect();
                        Statement statement = reader.createStatement()) {
                    statement.execute("begin isolation level repeatable read");
                    Database.column(reader, "select count(*) from understudy.sync_queue");
                    awaitMoreArrivals(1000);
                }
                Map<String, Integer> last = ticking.stop();
                queue.awaitFinished(changes(last));
                service.assertRunning();
                assertThat(queue.count("status <> 'completed'")).isZero();
                assertThat(receiver.requests())
                        .allSatisfy(request -> assertThat(request.signed()).isTrue());
                Arrivals.assertInOrder(receiver.requests(), last);
                pair.assertEqual();
            }
        }
    }

    private UnderstudyProcess service() {
        return UnderstudyProcess.of(pair, settings, "run").awaitReady();
    }

    private void awaitMoreArrivals(int more) {
        long before = receiver.arrivals();
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(receiver.arrivals()).isGreaterThan(before + more));
    }

    private static long changes(Map<String, Integer> last) {
        return last.values().stream().mapToLong(value -> value + 1).sum();
    }

    /** Raises all records by one, again and again. */
    private static final class Ticking implements AutoCloseable {

        private final Database source;
        private final Thread thread = new Thread(this::tick, "ticking");
        private volatile boolean stopping;
        private volatile int ticks;
        private volatile RuntimeException failure;

        Ticking(Database source) {
            this.source = source;
        }

        void start() {
            source.run("insert into item select i, 0 from generate_series(1, " + RECORDS + ") i");
            thread.start();
        }

        private void tick() {
            try (Connection connection = source.connect();
                    Statement statement = connection.createStatement()) {
                while (!stopping) {
                    statement.execute("update item set v = v + 1 where id % 4 = " + ticks % 4);
                    ticks++;
                    Thread.sleep(30);
                }
            } catch (SQLException | InterruptedException e) {
                failure = new IllegalStateException(e);
            }
        }

        void awaitMore(int more) {
            int before = ticks;
            await().atMost(DatabasePair.PATIENCE)
                    .untilAsserted(() -> assertThat(ticks).isGreaterThan(before + more));
        }

        /** The last value of every record. */
        Map<String, Integer> stop() {
            close();
            if (failure != null) {
                throw failure;
            }
            Map<String, Integer> last = new HashMap<>();
            source.column("select id || '=' || v from item").forEach(pair -> {
                String[] parts = pair.split("=");
                last.put(parts[0], Integer.parseInt(parts[1]));
            });
            return last;
        }

        @Override
        public void close() {
            stopping = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
