package io.understudy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.outbound.OutboundSettings;
import io.understudy.outbound.Unpacker;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.Session;
import io.understudy.postgres.SessionSettings;
import java.util.List;

/** The delivery queue of a mirror, as a test sees it in the target's tables. */
public record Queue(DatabasePair pair) {

    /** Everything of a table to one destination. */
    public Queue configure(String table, String destination) {
        return configure(table, destination, "");
    }

    /** @param more assignments to columns of sync_config, such as {@code on_delete = false} */
    public Queue configure(String table, String destination, String more) {
        pair.target()
                .run("insert into understudy.sync_config (mirror, schema_name, table_name, destination) values ('"
                        + pair.name() + "', 'public', '" + table + "', '" + destination + "')");
        if (!more.isEmpty()) {
            pair.target()
                    .run("update understudy.sync_config set seen = false, " + more + " where table_name = '" + table
                            + "' and destination = '" + destination + "'");
        }
        return this;
    }

    /** Until the mirror enqueues what is configured. */
    public Queue awaitInForce() {
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(
                                pair.target().count("select count(*) from understudy.sync_config where not seen"))
                        .isZero());
        return this;
    }

    /** Puts into the queue what the mirror has packed for it, as a running service does. */
    public void unpack() {
        try (PostgresClient target = PostgresClient.open(
                        pair.vertx(), pair.target().url(), new SessionSettings("a test", false), 1);
                Session session = target.session()) {
            Unpacker unpacker = new Unpacker(session, pair.name(), OutboundSettings.NONE);
            while (unpacker.unpack() > 0) {}
        }
    }

    /** One expression over the queue's columns, in the order in which the deliveries were enqueued. */
    public List<String> each(String expression) {
        unpack();
        return pair.target().column("select " + expression + " from understudy.sync_queue order by id");
    }

    public long count(String condition) {
        unpack();
        return pair.target().count("select count(*) from understudy.sync_queue where " + condition);
    }

    public void awaitCount(String condition, long deliveries) {
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(count(condition)).as(condition).isEqualTo(deliveries));
    }

    /** Until so many are in the queue, all of them in one of the two last states. */
    public void awaitFinished(long deliveries) {
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(count("true")).isGreaterThanOrEqualTo(deliveries));
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(pair.target()
                                .column("select distinct status || ': ' || coalesce(last_error, '-')"
                                        + " from understudy.sync_queue where finished_at is null"))
                        .isEmpty());
    }
}
