package io.understudy.scenario.everyChangeIsDelivered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.DatabasePair;
import io.understudy.Masking;
import io.understudy.Queue;
import io.understudy.apply.ApplySettings;
import io.understudy.mirror.Mirror;
import io.understudy.outbound.OutboundSettings;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** What arrives at the target is in the queue by the same transaction, once, in values that had left production. */
class EnqueueIT {

    private static final String LISTING = """
            create table listing (id int primary key, title text, price numeric(10,2), sold boolean, tags text[],
                                  facts jsonb, listed_at timestamptz, body text)
            """;

    @Test
    void aChangeIsToldAsItIsAtTheTarget() throws SQLException {
        try (DatabasePair pair = new DatabasePair()) {
            Queue queue = new Queue(pair);
            pair.both(LISTING, "alter table listing alter body set storage external")
                    .adopt();
            pair.source().run("insert into listing (id, title) values (1, 'of the snapshot')");
            queue.configure("listing", "crm", "workflow = 'sync', object_type = 'Listing'");
            Mirror mirror = pair.start();
            pair.awaitStreaming(mirror);
            queue.awaitInForce();
            pair.source().run("""
                    insert into listing values (2, 'Attic "north"', 12.50, false, '{a,"b c",null}', '{"rooms": [1, 2.50]}',
                        '2026-11-21 10:00:00.5+02', repeat('x', 9000))
                    """);
            pair.source().run("update listing set price = 'NaN' where id = 2");
            pair.source().run("update listing set id = 3 where id = 2");
            pair.source().run("update listing set title = 'renamed' where id = 1");
            pair.source().run("delete from listing where id = 3");
            pair.awaitReached(mirror);
            pair.assertEqual();
            assertThat(queue.each("operation || ' ' || record_id || ' ' || (payload -> 'changedColumns')"))
                    .as("the snapshot enqueues nothing (field note A6)")
                    .containsExactly(
                            "insert 2 null",
                            "update 2 [\"price\"]",
                            "update 3 [\"id\"]",
                            "update 1 [\"title\"]",
                            "delete 3 null");
            assertThat(queue.each("(payload -> 'row') - 'body'").get(0))
                    .isEqualTo("{\"id\": 2, \"sold\": false, \"tags\": [\"a\", \"b c\", null], "
                            + "\"facts\": {\"rooms\": [1, 2.50]}, \"price\": 12.50, \"title\": \"Attic \\\"north\\\"\", "
                            + "\"listed_at\": \"2026-11-21T08:00:00.5+00:00\"}");
            assertThat(queue.each("payload -> 'row' ->> 'price'")).element(1).isEqualTo("NaN");
            assertThat(queue.each("length(payload -> 'row' ->> 'body')"))
                    .as("large values that an update left alone are not in the log")
                    .containsExactly("9000", "9000", "9000", null, "9000");
            assertThat(queue.each("payload -> 'oldKey'"))
                    .containsExactly("null", "null", "{\"id\": 2}", "null", "null");
            assertThat(queue.each("payload ->> 'table' || ' ' || (payload -> 'omitted') || ' ' || status"))
                    .containsOnly("public.listing [] pending");
            assertThat(
                            queue.each(
                                    "(payload -> 'position' ->> 'lsn')::pg_lsn = commit_lsn"
                                            + " and (payload ->> 'commitTime')::timestamptz between now() - interval '1 hour' and now()"))
                    .containsOnly("t");
            assertThat(queue.count("idempotency_key like '" + pair.name() + "-crm-%'"))
                    .isEqualTo(5);
        }
    }

    @Test
    void onlyWhatIsConfiguredIsEnqueued() throws SQLException {
        try (DatabasePair pair = new DatabasePair()) {
            Queue queue = new Queue(pair);
            pair.both(LISTING, "create table other (id int primary key)").adopt();
            queue.configure("listing", "inserts", "on_update = false, on_delete = false")
                    .configure("listing", "titles", "columns = '{title}', on_insert = false, on_delete = false")
                    .configure("listing", "sold", "condition = 'sold and 100 / price > 1 -- cheap'")
                    .configure("listing", "off", "enabled = false");
            Mirror mirror = pair.start();
            pair.awaitStreaming(mirror);
            queue.awaitInForce();
            pair.source()
                    .transaction(
                            "insert into listing (id, title, price, sold) values (1, 'a', 1, true), (2, 'b', 1, false), (3, 'c', 0, true)",
                            "insert into other values (1)",
                            "update listing set price = 2 where id = 1",
                            "update listing set title = 'A' where id = 1",
                            "delete from listing where id in (1, 2)");
            pair.awaitReached(mirror);
            assertThat(queue.each("destination || ' ' || operation || ' ' || record_id || ' ' || status"))
                    .containsExactlyInAnyOrder(
                            "inserts insert 1 pending",
                            "inserts insert 2 pending",
                            "inserts insert 3 pending",
                            "titles update 1 pending",
                            "sold insert 1 pending",
                            "sold insert 3 discarded",
                            "sold update 1 pending",
                            "sold update 1 pending",
                            "sold delete 1 pending");
            assertThat(pair.target()
                            .column("select payload -> 'row' from understudy.sync_queue where destination = 'titles'"))
                    .containsExactly("{\"id\": 1, \"title\": \"A\"}");
            assertThat(pair.target().column("select last_error from understudy.sync_queue where status = 'discarded'"))
                    .allSatisfy(error ->
                            assertThat(error).startsWith("The condition of its configuration failed on this row"));
        }
    }

    @Test
    void aLargeTransactionGetsItsPositionAtItsEnd() throws SQLException {
        try (DatabasePair pair = new DatabasePair()) {
            Queue queue = new Queue(pair);
            pair.both("create table item (id int primary key, v text)").adopt();
            queue.configure("item", "crm");
            Mirror mirror = pair.start(settings -> settings.with(new ApplySettings(500, 64 << 10, 1 << 30)));
            pair.awaitStreaming(mirror);
            queue.awaitInForce();
            pair.source()
                    .transaction(
                            "insert into item select i, repeat('v', 1000) from generate_series(1, 20000) i",
                            "update item set v = 'w' where id <= 10");
            pair.awaitReached(mirror);
            assertThat(queue.count("operation = 'insert'")).isEqualTo(20_000);
            assertThat(pair.target().count("select count(*) from understudy.sync_packet"))
                    .isZero();
            assertThat(queue.each("ordinal")).hasSize(20_010).doesNotHaveDuplicates();
            assertThat(pair.target()
                            .column("select distinct commit_lsn::text || count(*) over (partition by commit_lsn)"
                                    + " from understudy.sync_queue"))
                    .hasSize(1);
            assertThat(queue.count(
                            "payload -> 'position' ->> 'lsn' = commit_lsn::text and idempotency_key not like '%open%'"))
                    .isEqualTo(20_010);
        }
    }

    @Test
    void whatWaitedForItsTableIsEnqueuedWhenItIsWritten() throws SQLException {
        try (DatabasePair pair = new DatabasePair()) {
            Queue queue = new Queue(pair);
            pair.both("create table item (id int primary key, v text)", "create table other (id int primary key)")
                    .adopt();
            pair.target().run("alter table item add constraint strict check (v <> 'bad')");
            queue.configure("item", "crm").configure("other", "crm");
            Mirror mirror = pair.start(settings -> settings.choosing("public.item.strict=stop"));
            pair.awaitStreaming(mirror);
            queue.awaitInForce();
            pair.source()
                    .transaction(
                            "insert into other values (1)",
                            "insert into item values (1, 'good')",
                            "insert into item values (2, 'bad')");
            pair.awaitTableState(mirror, "public.item", "paused");
            pair.source().run("insert into item values (3, 'good')");
            assertThat(queue.each("table_name || record_id")).containsExactly("other1");
            pair.target().run("alter table item drop constraint strict");
            pair.awaitTableState(mirror, "public.item", "streaming");
            pair.awaitReached(mirror);
            assertThat(queue.each("table_name || record_id || ':' || ordinal"))
                    .containsExactly("other1:1", "item1:2", "item2:3", "item3:1");
            pair.assertEqual("item");
        }
    }

    @Test
    void payloadsHoldPseudonyms() throws SQLException {
        try (DatabasePair pair = new DatabasePair()) {
            Queue queue = new Queue(pair);
            pair.both("create table person (id int primary key, email text)").adopt();
            queue.configure("person", "crm");
            Mirror mirror = pair.start(settings -> settings.with(Masking.keepingOthers("person.email=email")));
            pair.awaitStreaming(mirror);
            queue.awaitInForce();
            pair.source().run("insert into person values (1, 'jane@secret.example')");
            pair.source().run("update person set email = 'joan@secret.example' where id = 1");
            pair.source().run("delete from person where id = 1");
            pair.awaitReached(mirror);
            assertThat(queue.each("operation")).containsExactly("insert", "update", "delete");
            assertThat(Masking.tablesWith(pair.target(), "secret.example")).isEmpty();
        }
    }

    @Test
    void aPayloadOverTheLimitIsKeptAndNotSent() throws SQLException {
        try (DatabasePair pair = new DatabasePair()) {
            Queue queue = new Queue(pair);
            pair.both("create table item (id int primary key, v text)").adopt();
            queue.configure("item", "crm");
            Mirror mirror = pair.start(settings -> settings.with(new OutboundSettings(
                    OutboundSettings.NONE.destinations(),
                    OutboundSettings.NONE.allowedHosts(),
                    20,
                    OutboundSettings.NONE.firstWait(),
                    OutboundSettings.NONE.longestWait(),
                    OutboundSettings.NONE.lease(),
                    2000,
                    OutboundSettings.NONE.keepCompleted(),
                    OutboundSettings.NONE.keepDiscarded())));
            pair.awaitStreaming(mirror);
            queue.awaitInForce();
            pair.source().run("insert into item values (1, repeat('ä', 1200)), (2, 'small')");
            pair.awaitReached(mirror);
            await().atMost(DatabasePair.PATIENCE)
                    .untilAsserted(() -> assertThat(queue.each("status || ' ' || coalesce(left(last_error, 15), '-')"))
                            .containsExactly("discarded Its payload has", "pending -"));
            assertThat(queue.each("length(payload -> 'row' ->> 'v')")).containsExactly("1200", "5");
        }
    }
}
