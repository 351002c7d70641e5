package io.understudy.scenario.everyChangeIsDelivered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.understudy.DatabasePair;
import io.understudy.Queue;
import io.understudy.mirror.Mirror;
import io.understudy.outbound.QueueFigures;
import io.understudy.outbound.SyncConfigs;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.SessionSettings;
import io.understudy.postgres.TableId;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Deliveries between the transaction that made them and the queue: each is in one of the two places, and in order. */
class PacketsIT {

    private static final String PACKETS = "select count(*) from understudy.sync_packet";
    private static final String QUEUED = "select count(*) from understudy.sync_queue";

    private DatabasePair pair;
    private Queue queue;
    private Mirror mirror;

    @BeforeEach
    void packed() throws SQLException {
        pair = new DatabasePair();
        queue = new Queue(pair);
        pair.both("create table item (id int primary key, v text)").adopt();
        queue.configure("item", "crm");
        mirror = pair.start();
        pair.awaitStreaming(mirror);
        queue.awaitInForce();
        for (int i = 0; i < 4; i++) {
            pair.source()
                    .run("insert into item select i, 'v' from generate_series(" + i * 250 + ", " + i * 250
                            + " + 249) i");
            pair.awaitReached(mirror);
        }
    }

    @AfterEach
    void close() throws SQLException {
        pair.close();
    }

    @Test
    void severalUnpackOneAfterTheOther() {
        assertThat(pair.target().count(PACKETS)).isGreaterThanOrEqualTo(4);
        List<CompletableFuture<Void>> all = List.of(
                CompletableFuture.runAsync(queue::unpack),
                CompletableFuture.runAsync(queue::unpack),
                CompletableFuture.runAsync(queue::unpack));
        all.forEach(CompletableFuture::join);
        assertThat(pair.target().count(PACKETS)).isZero();
        assertThat(pair.target().column("select record_id from understudy.sync_queue order by id"))
                .hasSize(1000)
                .isEqualTo(pair.target().column("select id from item order by id"));
    }

    @Test
    void whatIsInterruptedIsStillPacked() throws SQLException {
        long packets = pair.target().count(PACKETS);
        try (Connection holder = pair.target().connect();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("select from understudy.sync_config for update");
            CompletableFuture<Void> unpacking = CompletableFuture.runAsync(queue::unpack);
            await().atMost(DatabasePair.PATIENCE)
                    .until(() -> !pair.target()
                            .column("select pg_terminate_backend(pid) from pg_stat_activity"
                                    + " where query like 'with packet%' and wait_event_type = 'Lock'")
                            .isEmpty());
            assertThatThrownBy(unpacking::join).hasCauseInstanceOf(PostgresFailure.class);
            holder.rollback();
        }
        assertThat(pair.target().count(QUEUED)).isZero();
        assertThat(pair.target().count(PACKETS)).isEqualTo(packets);
        queue.unpack();
        assertThat(pair.target().count(QUEUED)).isEqualTo(1000);
    }

    @Test
    void theyAreCounted() {
        try (PostgresClient target =
                PostgresClient.open(pair.vertx(), pair.target().url(), new SessionSettings("a test", false), 1)) {
            assertThat(QueueFigures.read(target, pair.name(), List.of("crm")))
                    .singleElement()
                    .satisfies(figures -> {
                        assertThat(figures.depth()).isEqualTo(1000);
                        assertThat(figures.oldestAgeSeconds()).isPositive();
                    });
            assertThat(new SyncConfigs(target, pair.name())
                            .remove(new TableId("public", "item"), "crm", "a test", told -> {})
                            .unfinished())
                    .as("what stands against the removal of their configuration")
                    .isEqualTo(1000);
        }
    }

    @Test
    void oneThatIsLargeTakesAsLongForEachDelivery() {
        queue.unpack();
        pack(1000, 2000);
        long small = unpackingNanos();
        long large = Long.MAX_VALUE;
        // The best of three: others use this machine too.
        for (int i = 1; i <= 3; i++) {
            pack(16_000, i * 20_000);
            large = Math.min(large, unpackingNanos());
        }
        assertThat(large)
                .as("sixteen times as many; quadratic would be hundreds of times as long as %d ns", small)
                .isLessThan(100 * small);
        assertThat(pair.target().count(QUEUED)).isEqualTo(50_000);
    }

    private long unpackingNanos() {
        long began = System.nanoTime();
        queue.unpack();
        return System.nanoTime() - began;
    }

    /** As a backlog of small transactions leaves it. */
    private void pack(int deliveries, int firstLsn) {
        pair.target()
                .run(
                        "insert into understudy.sync_packet (mirror, schema_names, table_names, destinations, counts, commit_lsns,"
                                + " commit_times, configs, commits, ordinals, operations, record_ids, ordering_keys, also_after,"
                                + " problems, payloads) select '" + pair.name()
                                + "', '{public}', '{item}', '{crm}', array["
                                + deliveries + "], (select array_agg('0/' || to_hex(" + firstLsn
                                + " + i)) from generate_series(1, "
                                + deliveries / 4
                                + ") i), (select array_agg('2026-11-22T03:00:00Z'::text) from generate_series(1, "
                                + deliveries / 4
                                + ")), array_agg(1), array_agg((i - 1) / 4 + 1), array_agg(i), array_agg('update'::text),"
                                + " array_agg(i::text), array_agg('public.item/' || i), array_agg(null::text), array_agg(null::text),"
                                + " array_agg('{\"operation\": \"update\", \"row\": {\"v\": \"' || repeat(md5(i::text), 7) || '\"}')"
                                + " from generate_series(1, " + deliveries + ") i");
    }

    @Test
    void theyFollowTheNameOfTheirTable() throws SQLException {
        pair.source().run("alter table item rename to article", "update article set v = 'w' where id = 1");
        pair.target().run("alter table item rename to article");
        pair.awaitTableState(mirror, "public.article", "streaming");
        pair.source().run("update article set v = 'x' where id = 1");
        pair.awaitReached(mirror);
        queue.unpack();
        assertThat(pair.target().column("select distinct table_name from understudy.sync_queue"))
                .containsExactly("article");
        assertThat(
                        pair.target()
                                .column(
                                        "select payload -> 'row' ->> 'v' from understudy.sync_queue where operation = 'update' order by id"))
                .as("also of what was written before the new name was known")
                .containsExactly("w", "x");
    }

    @Test
    void theirOrderOutlivesTheNameOfTheirTable() throws SQLException {
        String longKey = "r".repeat(600);
        pair.both("create table tag (name text primary key, v text)");
        queue.configure("tag", "crm").configure("item", "all", "order_by = 'table'");
        pair.awaitTableState(mirror, "public.tag", "streaming");
        queue.awaitInForce();
        pair.source().run("insert into tag values ('" + longKey + "', 'u')", "update item set v = 'u' where id = 1");
        pair.awaitReached(mirror);
        queue.unpack();
        pair.source()
                .run(
                        "update tag set v = 'v'",
                        "update item set v = 'v' where id = 1",
                        "update item set id = -1 where id = 1");
        pair.awaitReached(mirror);
        assertThat(pair.target().count(PACKETS)).as("what is packed").isPositive();

        String rename = "alter table item rename to article; alter table tag rename to label";
        pair.source().run(rename);
        pair.target().run(rename);
        pair.awaitTableState(mirror, "public.article", "streaming");
        pair.awaitTableState(mirror, "public.label", "streaming");
        pair.source().run("update article set v = 'w' where id = -1", "update label set v = 'w'");
        pair.awaitReached(mirror);
        assertThat(queue.each(
                        "case when destination = 'crm' and record_id in ('1', '-1') then concat(ordering_key, ' ', also_after)"
                                + " else '' end"))
                .filteredOn(key -> !key.isEmpty())
                .containsExactly(
                        "public.article/1 ",
                        "public.article/1 ",
                        "public.article/1 ",
                        "public.article/-1 public.article/1",
                        "public.article/-1 ");
        assertThat(pair.target()
                        .column("select distinct ordering_key from understudy.sync_queue where destination = 'all'"))
                .containsExactly("public.article");
        assertThat(pair.target()
                        .column("select count(distinct ordering_key) || ' of ' || count(*) from understudy.sync_queue"
                                + " where table_name = 'label'"))
                .containsExactly("1 of 3");
    }
}
