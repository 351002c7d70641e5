package io.understudy.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.Database;
import io.understudy.DatabasePair;
import io.understudy.postgres.TargetDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the figures of the queue cost, and what they say. */
class QueueFiguresIT {

    private DatabasePair pair;

    @BeforeEach
    void queue() {
        pair = new DatabasePair().adopt();
        pair.target()
                .run(
                        "insert into understudy.sync_config (mirror, schema_name, table_name, destination) values ('"
                                + pair.name() + "', 'public', 't', 'crm')",
                        "insert into understudy.sync_queue (mirror, schema_name, table_name, destination, record_id, operation,"
                                + " payload, idempotency_key, ordering_key, max_attempts, commit_lsn, ordinal) select '"
                                + pair.name()
                                + "', 'public', 't', 'crm', i::text, 'insert', '{}', i::text, i::text, 20, '0/1', 1"
                                + " from generate_series(1, 1000) i");
    }

    @AfterEach
    void close() throws SQLException {
        pair.close();
    }

    @Test
    void anAttemptWritesNoIndex() throws SQLException {
        try (Connection connection = pair.target().connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("update understudy.sync_queue set status = 'running', attempt = 1, started_at = now()");
            String hot = "select pg_stat_get_xact_tuples_hot_updated('understudy.sync_queue'::regclass)";
            assertThat(Long.parseLong(Database.column(connection, hot).get(0)))
                    .as("of 1000; all at once, some pages have no room for each of their rows")
                    .isGreaterThan(800);
            connection.rollback();
        }
    }

    @Test
    void countsWhatIsOpenAndWhatWasDiscarded() {
        pair.target()
                .run(
                        "update understudy.sync_queue set status = 'completed', finished_at = now() where id > 900",
                        "update understudy.sync_queue set status = 'discarded', finished_at = now() where id <= 30",
                        "update understudy.sync_queue set status = 'running' where id = 31",
                        "update understudy.sync_queue set status = 'retrying', last_error = 'e' || id where id in (40, 41)",
                        "update understudy.sync_queue set created_at = now() - interval '1 h' where id = 41",
                        "update understudy.sync_queue set created_at = now() - interval '2 h', requeued_at = now()"
                                + " where id = 42");
        try (TargetDatabase target =
                TargetDatabase.open(pair.vertx(), pair.target().url(), pair.name())) {
            List<DestinationQueue> queues = QueueFigures.read(target.client(), pair.name(), List.of("search"));
            assertThat(queues).extracting(DestinationQueue::destination).containsExactly("crm", "search");
            DestinationQueue crm = queues.get(0);
            assertThat(crm.known()).isFalse();
            assertThat(crm.pending()).isEqualTo(867);
            assertThat(crm.running()).isEqualTo(1);
            assertThat(crm.retrying()).isEqualTo(2);
            assertThat(crm.discarded()).isEqualTo(30);
            assertThat(crm.depth()).isEqualTo(870);
            assertThat(crm.oldestAgeSeconds()).isBetween(3600.0, 3700.0);
            assertThat(crm.failed()).isEqualTo(2);
            assertThat(crm.lastError()).isEqualTo("e40");
            assertThat(queues.get(1).depth()).isZero();
            assertThat(queues.get(1).oldestAgeSeconds()).isNull();
        }
    }
}
