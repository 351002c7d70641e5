package io.understudy.scenario.nothingPersonalLeaves;

import static io.understudy.Masking.keepingOthers;
import static io.understudy.Masking.tablesWith;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.DatabasePair;
import io.understudy.mirror.Mirror;
import io.understudy.mirror.MirrorState;
import io.understudy.mirror.Settings;
import io.understudy.mirror.Settings.Capture;
import io.understudy.mirror.TableSettings;
import io.understudy.postgres.TableId;
import io.understudy.preflight.Portion;
import io.understudy.snapshot.SnapshotSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Only the rows that a condition holds for leave the source's side, through neither door any others. */
class FilteredRowsIT {

    private static final String ITEM = "create table item (id int primary key, tenant int, name text, body text)";

    /** More than 8 kB that no compression makes small: TOASTed. */
    private static final String LARGE =
            "(select string_agg(md5(random()::text || g || x.i), '') from generate_series(1, 300) g)";

    private DatabasePair pair;

    @BeforeEach
    void databases() {
        pair = new DatabasePair();
    }

    @AfterEach
    void close() throws SQLException {
        pair.close();
    }

    private static Portion filter(String... tablesAndConditions) {
        Map<TableId, String> filters = new TreeMap<>();
        for (int i = 0; i < tablesAndConditions.length; i += 2) {
            filters.put(new TableId("public", tablesAndConditions[i]), tablesAndConditions[i + 1]);
        }
        return new Portion(filters, List.of(), List.of());
    }

    private static Portion schemaOnly(String... patterns) {
        return new Portion(Map.of(), List.of(patterns), List.of());
    }

    private static Portion without(String... columns) {
        return new Portion(Map.of(), List.of(), List.of(columns));
    }

    private Settings settings(Portion portion, String... choices) {
        return pair.settings().with(TableSettings.DEFAULT.choosing(choices).only(portion));
    }

    private void assertMirrored(String table, String condition) {
        assertMirrored(table, condition, 0);
    }

    private void assertMirrored(String table, String condition, long seed) {
        String rows = "select t::text from " + table + " t";
        assertThat(pair.target().column(rows + " order by 1"))
                .as("%s, seed=%d", table, seed)
                .isEqualTo(pair.source().column(rows + " where " + condition + " order by 1"));
    }

    private String refusal(Portion portion, String... choices) {
        MirrorState.Refused state = (MirrorState.Refused) DatabasePair.awaitEnd(pair.start(settings(portion, choices)));
        return state.findings().toString();
    }

    @ParameterizedTest
    @EnumSource(Capture.class)
    void rowsEnterAndLeave(Capture capture) {
        pair.both(ITEM).adopt();
        pair.source()
                .run(
                        "insert into item select i, i % 3, 'n' || i, null from generate_series(1, 300) i",
                        "insert into item values (1000, null, 'nobody''s', null)");
        String filter = "tenant = 1 -- ours";
        Mirror mirror = pair.start(settings(filter("item", filter)).capturing(capture));
        pair.awaitReached(mirror);
        assertMirrored("item", "tenant = 1");
        pair.source().run("insert into item select i, i % 3, 'n' || i, null from generate_series(301, 400) i");
        pair.awaitReached(mirror);
        assertMirrored("item", "tenant = 1");
        pair.source()
                .transaction(
                        "update item set tenant = 1 where id in (2, 5, 302)",
                        "update item set tenant = 2 where id in (1, 4, 301)",
                        "update item set tenant = null where id = 7",
                        "update item set name = 'changed' where id in (10, 11, 12)",
                        "update item set id = id + 5000 where id in (13, 14, 15)",
                        "update item set id = id + 5000, tenant = 1 where id = 17",
                        "update item set id = id + 5000, tenant = 2 where id = 16",
                        "delete from item where id in (19, 20, 21)",
                        "update item set tenant = 1 where id = 23",
                        "update item set tenant = 0 where id = 23",
                        "update item set id = -1 where id = 25",
                        "update item set id = 25 where id = 26",
                        "update item set id = 26 where id = -1");
        pair.awaitReached(mirror);
        assertMirrored("item", "tenant = 1");
        pair.source().run("truncate item", "insert into item values (1, 1, 'a', null), (2, 2, 'b', null)");
        pair.awaitReached(mirror);
        assertMirrored("item", "tenant = 1");
    }

    /** The log does not carry a large value that an update left alone: neither to the row nor to the condition. */
    @ParameterizedTest
    @CsvSource({
        "PGOUTPUT, tenant = 1",
        "PGOUTPUT, substr(body;1;1) < '8'",
        "DEBEZIUM, tenant = 1",
        "DEBEZIUM, substr(body;1;1) < '8'"
    })
    void largeValuesThatAnUpdateLeftAlone(Capture capture, String written) {
        String condition = written.replace(';', ',');
        pair.both(ITEM).adopt();
        pair.source().run("insert into item select i, i % 3, 'n' || i, " + LARGE + " from generate_series(1, 60) x(i)");
        Mirror mirror = pair.start(settings(filter("item", condition)).capturing(capture));
        pair.awaitReached(mirror);
        pair.source()
                .run(
                        "update item set tenant = 1 where id % 3 = 2",
                        "update item set tenant = 0 where id % 6 = 1",
                        "update item set name = 'changed' where id % 5 = 0",
                        "update item set id = id + 1000 where id % 7 = 0",
                        "update item set tenant = 1 where id = 33; delete from item where id = 33");
        for (int i = 100; i < 130; i++) {
            // In one transaction, which others do not see yet when the log has it.
            pair.source()
                    .transaction(
                            "insert into item select i, 2, 'new', " + LARGE + " from generate_series(" + i + ", " + i
                                    + ") x(i)",
                            "update item set tenant = 1 where id = " + i,
                            "update item x set body = (select 'z' || " + LARGE + " from (select 1 as i) x) where id = "
                                    + (i - 70),
                            "update item set name = 'once more' where id = " + (i - 70));
        }
        pair.awaitReached(mirror);
        assertMirrored("item", condition);
        assertThat(pair.target().count("select count(*) from item")).isPositive();
    }

    @Test
    void rowsWithoutAKey() {
        pair.both("create table note (tenant int, word text)", "alter table note replica identity full")
                .adopt();
        pair.source().run("insert into note select i % 3, 'w' || i % 5 from generate_series(1, 90) i");
        Mirror mirror = pair.start(settings(filter("note", "tenant = 1")));
        pair.awaitReached(mirror);
        pair.source()
                .run(
                        "insert into note values (1, 'w0'), (1, 'w0'), (2, 'w0')",
                        "update note set tenant = 2 where tenant = 1 and word = 'w1'",
                        "update note set tenant = 1 where tenant = 0 and word = 'w2'",
                        "update note set word = 'same' where word = 'w3'",
                        "delete from note where word = 'w4'");
        pair.awaitReached(mirror);
        assertMirrored("note", "tenant = 1");
    }

    @Test
    void aFilterSeesWhatAMaskHides() {
        pair.both("create table person (id int primary key, mail text collate \"C\", secret text)")
                .adopt();
        pair.source()
                .run("insert into person select i, 'canary' || i || '@a.test', 'canary' from generate_series(1, 30) i");
        String condition = "person.mail < 'canary2' and secret <> 'gone'";
        Portion portion =
                new Portion(Map.of(new TableId("public", "person"), condition), List.of(), List.of("person.secret"));
        Mirror mirror = pair.start(settings(portion).with(keepingOthers("person.mail=email")));
        pair.awaitReached(mirror);
        pair.source()
                .run(
                        "update person set mail = 'canary0@a.test' where id = 25",
                        "update person set secret = 'gone' where id = 1",
                        "update person set mail = 'z' where id = 10");
        pair.awaitReached(mirror);
        assertThat(pair.target().column("select id from person order by id"))
                .isEqualTo(pair.source().column("select id from person where " + condition + " order by id"));
        assertThat(pair.target().count("select count(*) from person where mail ~ 'canary' or secret is not null"))
                .isZero();
    }

    @Test
    void partitionsAndChunks() {
        pair.both(
                        "create table log (id int, day date, tenant int, primary key (id, day)) partition by range (day)",
                        "create table log_a partition of log for values from ('2024-01-01') to ('2025-01-01')",
                        "create table log_b partition of log for values from ('2025-01-01') to ('2026-01-01')",
                        "create table big (id int primary key, tenant int, filling text)")
                .adopt();
        pair.source()
                .run(
                        "insert into log select i, date '2024-06-01' + i, i % 3 from generate_series(1, 400) i",
                        "insert into big select i, i % 3, repeat('x', 200) from generate_series(1, 30000) i",
                        "analyze");
        Mirror mirror = pair.start(settings(filter("log", "tenant = 1 and day > '2024-08-01'", "big", "big.tenant = 2"))
                .with(new SnapshotSettings(4, 1L << 20)));
        pair.awaitReached(mirror);
        assertMirrored("big", "tenant = 2");
        pair.source()
                .run(
                        "update log set day = day + 100 where id % 2 = 0",
                        "update log set tenant = 1 where id % 7 = 0",
                        "update big set tenant = tenant + 1 where id % 10 = 0",
                        "delete from big where id % 11 = 0");
        pair.awaitReached(mirror);
        assertMirrored("log", "tenant = 1 and day > '2024-08-01'");
        assertMirrored("big", "tenant = 2");
    }

    private void parentAndChild() {
        pair.both(
                        "create table parent (id int primary key, tenant int)",
                        "create table child (id int primary key, tenant int, parent int constraint fk references parent)")
                .adopt();
        pair.source()
                .run(
                        "insert into parent values (1, 1), (2, 2)",
                        "insert into child values (10, 1, 1), (20, 2, 2), (30, 2, null)");
    }

    @Test
    void childrenOfRowsThatAreLeftOutAreRefused() {
        parentAndChild();
        assertThat(refusal(filter("parent", "tenant = 1")))
                .contains(
                        "1 row of production that is mirrored would break the foreign key fk of public.child (column parent)")
                .contains("understudy.tables.filters.\"public.child\"=", "understudy.tables.schema-only=public.child")
                .contains("understudy.constraints=public.child.fk=keep");
        assertThat(refusal(schemaOnly("parent"))).contains("2 rows of production that are mirrored would break");
        assertThat(refusal(filter("parent", "tenant = 1", "child", "parent is not null")))
                .contains("1 row of production that is mirrored would break");
        Mirror mirror = pair.start(settings(filter("parent", "tenant = 1", "child", "tenant = 1")));
        pair.awaitReached(mirror);
        assertMirrored("child", "tenant = 1");
    }

    @ParameterizedTest
    @EnumSource(Capture.class)
    void childrenComeAndGoWithTheirParents(Capture capture) {
        parentAndChild();
        Mirror mirror = pair.start(
                settings(filter("parent", "tenant = 1"), "child.fk=quarantine").capturing(capture));
        pair.awaitReached(mirror);
        awaitChildren("10", "30");
        pair.source().run("update parent set tenant = 1 where id = 2");
        pair.awaitReached(mirror);
        awaitChildren("10", "20", "30");
        pair.source().run("update parent set tenant = 2 where id = 1");
        pair.awaitReached(mirror);
        awaitChildren("20", "30");
        assertThat(pair.target().column("select key->>0 from understudy.quarantine"))
                .containsExactly("10");
    }

    private void awaitChildren(String... ids) {
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(pair.target().column("select id from child order by id"))
                        .containsExactly(ids));
    }

    @Test
    void childrenMayBeEmptiedOrKept() {
        parentAndChild();
        Mirror mirror = pair.start(settings(filter("parent", "tenant = 1"), "child.fk=null"));
        pair.awaitReached(mirror);
        String references = "select id || ':' || coalesce(parent::text, '-') from child order by id";
        await().untilAsserted(
                        () -> assertThat(pair.target().column(references)).containsExactly("10:1", "20:-", "30:-"));
        pair.source().run("update parent set tenant = 1 where id = 2", "update parent set tenant = 3 where id = 1");
        pair.awaitReached(mirror);
        await().untilAsserted(
                        () -> assertThat(pair.target().column(references)).containsExactly("10:-", "20:2", "30:-"));
        DatabasePair.stop(mirror);
        Mirror keeping = pair.start(settings(filter("parent", "tenant = 1"), "child.fk=keep"));
        await().untilAsserted(
                        () -> assertThat(pair.target().column(references)).containsExactly("10:1", "20:2", "30:-"));
        pair.awaitReached(keeping);
    }

    @Test
    void aTableOfWhichOnlyTheSchemaIsWanted() {
        pair.both(ITEM, "create table other (id int primary key)").adopt();
        pair.source().run("insert into item values (1, 1, 'a', null)", "insert into other values (1)");
        Mirror mirror = pair.start(settings(schemaOnly("it*")));
        pair.awaitReached(mirror);
        pair.target().run("insert into item values (2, 0, 'staging''s own', null)");
        pair.source()
                .run(
                        "insert into item values (2, 1, 'a', null)",
                        "update item set name = 'b'",
                        "delete from item where id = 2",
                        "insert into other values (2)");
        pair.awaitReached(mirror);
        pair.assertEqual("other");
        assertThat(pair.target().column("select name from item")).containsExactly("staging's own");
    }

    @ParameterizedTest
    @EnumSource(Capture.class)
    void columnsThatAreLeftOutKeepWhatStagingHas(Capture capture) {
        pair.source().run(ITEM);
        pair.target().run(ITEM, "alter table item alter column body set default 'ours'");
        pair.adopt();
        pair.source().run("insert into item values (1, 1, 'a', 'theirs'), (2, 2, 'b', 'theirs')");
        Mirror mirror = pair.start(settings(without("*.body")).capturing(capture));
        pair.awaitReached(mirror);
        pair.target().run("update item set body = 'changed here' where id = 1");
        pair.source()
                .run(
                        "update item set name = 'c', body = 'theirs again'",
                        "insert into item values (3, 3, 'd', 'theirs')",
                        "update item set id = 4 where id = 2");
        pair.awaitReached(mirror);
        assertThat(pair.target().column("select id || name || body from item order by id"))
                .containsExactly("1cchanged here", "3dours", "4cours");
    }

    @Test
    void columnsThatNeitherSideCanDoWithout() {
        pair.both("create table item (id int primary key, name text not null)").adopt();
        assertThat(refusal(without("item.id"))).contains("leaves out public.item.id, which is part of the key");
        assertThat(refusal(without("item.name")))
                .contains("public.item.name, which must not be null at the target and has no default there");
        assertThat(refusal(without("item.nam"))).contains("has item.nam, which matches no column of a mirrored table");
    }

    /** Under its new name as well its values stay at the source, until somebody has said so. */
    @ParameterizedTest
    @EnumSource(Capture.class)
    void aColumnThatIsLeftOutIsRenamed(Capture capture) {
        pair.both(ITEM).adopt();
        pair.source().run("insert into item values (1, 1, 'a', 'canary')");
        Mirror mirror = pair.start(settings(without("item.body")).capturing(capture));
        pair.awaitReached(mirror);
        pair.source().run("alter table item rename body to content", "insert into item values (2, 1, 'b', 'canary')");
        pair.target().run("alter table item rename body to content");
        pair.awaitTableState(mirror, "public.item", "paused");
        assertThat(tablesWith(pair.target(), "canary")).isEmpty();
        DatabasePair.stop(mirror);
        Mirror corrected = pair.start(settings(without("item.content")).capturing(capture));
        pair.awaitTableState(corrected, "public.item", "streaming");
        pair.awaitReached(corrected);
        assertThat(tablesWith(pair.target(), "canary")).isEmpty();
        assertThat(pair.target().column("select id from item order by id")).containsExactly("1", "2");
    }

    @Test
    void anotherConditionCopiesItsTableAgain() {
        pair.both(ITEM, "create table other (id int primary key)").adopt();
        pair.source()
                .run(
                        "insert into item select i, i % 3, 'n' || i, null from generate_series(1, 30) i",
                        "insert into other values (1)");
        Mirror mirror = pair.start(settings(filter("item", "tenant = 1")));
        pair.awaitReached(mirror);
        DatabasePair.stop(mirror);
        pair.target().run("insert into other values (77)");
        pair.source().run("update item set tenant = 2 where id = 1", "update item set tenant = 1 where id = 3");
        Mirror another = pair.start(settings(filter("item", "tenant = 2")));
        await().atMost(DatabasePair.PATIENCE).untilAsserted(() -> assertMirrored("item", "tenant = 2"));
        pair.source().run("update item set tenant = 2 where id = 6");
        pair.awaitTableState(another, "public.item", "streaming");
        pair.awaitReached(another);
        assertMirrored("item", "tenant = 2");
        assertThat(pair.target().count("select count(*) from other")).isEqualTo(2);
        DatabasePair.stop(another);
        Mirror whole = pair.start(settings(Portion.ALL));
        await().atMost(DatabasePair.PATIENCE).untilAsserted(() -> assertMirrored("item", "true"));
        pair.awaitReached(whole);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tenant = | syntax error",
                "tenant | argument of WHERE must be type boolean",
                "tenent = 1 | column \"tenent\" does not exist",
                "tenant = 'x' | value does not fit the type",
                "tenant in (select 1) | has a subquery",
                "exists (table item) | has a subquery",
                "name > now()::text | uses now()",
                "random() < 0.5 | uses random()",
                "age(name::timestamp) > '1 year' | uses age()",
                "name = current_user | uses current_user",
                "tenant = 1) or (true | is more than one condition",
                "tenant = 1; drop table item | is more than one condition",
                "item is not null | uses the row as a whole",
                "twice = 2 | uses the generated column twice",
                "$1 | has a parameter",
                "name = 'a | has a string that does not end",
                "1 / 0 = 1 | data exception"
            })
    void whatIsNoCondition(String condition, String says) {
        pair.both(ITEM, "alter table item add twice int generated always as (tenant * 2) stored")
                .adopt();
        assertThat(refusal(filter("item", condition)))
                .contains("understudy.tables.filters.\"public.item\"")
                .contains(says);
    }

    @Test
    void aFilterForNoTable() {
        pair.both(ITEM).adopt();
        assertThat(refusal(filter("itme", "true")))
                .contains("understudy.tables.filters.\"public.itme\" is set, and the source has no such table");
        assertThat(refusal(schemaOnly("itme"))).contains("understudy.tables.schema-only has itme");
    }

    /** Nothing of the table leaves until the setting fits again, whatever the change was. */
    @ParameterizedTest
    @EnumSource(Capture.class)
    void aColumnOfTheConditionThatIsRenamed(Capture capture) {
        pair.both(ITEM, "create table other (id int primary key)").adopt();
        pair.source().run("insert into item values (1, 1, 'a', null), (2, 2, 'b', null)");
        Mirror mirror = pair.start(settings(filter("item", "tenant = 1")).capturing(capture));
        pair.awaitReached(mirror);
        pair.source()
                .run(
                        "alter table item rename tenant to customer",
                        "insert into item values (3, 1, 'c', null), (4, 2, 'canary', null)",
                        "insert into other values (1)");
        pair.awaitTableState(mirror, "public.item", "paused");
        assertThat(DatabasePair.table(mirror, "public.item").reason())
                .contains("understudy.tables.filters.\"public.item\"", "tenant");
        pair.awaitReached(mirror);
        pair.assertEqual("other");
        pair.source().run("alter table item rename customer to tenant", "insert into item values (5, 1, 'e', null)");
        pair.awaitTableState(mirror, "public.item", "streaming");
        pair.awaitReached(mirror);
        assertMirrored("item", "tenant = 1");
    }

    @ParameterizedTest
    @EnumSource(Capture.class)
    void aFilteredTableThatIsRenamed(Capture capture) {
        pair.both(ITEM, "create table other (id int primary key)").adopt();
        pair.source().run("insert into item values (1, 1, 'a', null), (2, 2, 'b', null)");
        Mirror mirror = pair.start(settings(filter("item", "tenant = 1")).capturing(capture));
        pair.awaitReached(mirror);
        pair.source()
                .run(
                        "alter table item rename to thing",
                        "insert into thing values (3, 1, 'c', null), (4, 2, 'canary', null)");
        pair.target().run("alter table item rename to thing");
        pair.awaitTableState(mirror, "public.item", "paused");
        assertThat(DatabasePair.table(mirror, "public.item").reason())
                .contains("public.item is called public.thing now");
        pair.source().run("insert into thing values (5, 2, 'canary', null)", "insert into other values (1)");
        pair.awaitReached(mirror);
        assertThat(pair.target().count("select count(*) from thing where name = 'canary'"))
                .isZero();
        assertThat(pair.target().count("select count(*) from understudy.set_aside where changes ~ 'canary'"))
                .isZero();
        DatabasePair.stop(mirror);
        Mirror renamed = pair.start(settings(filter("thing", "tenant = 1")).capturing(capture));
        if (capture == Capture.PGOUTPUT) {
            await().atMost(DatabasePair.PATIENCE).untilAsserted(() -> assertMirrored("thing", "tenant = 1"));
        }
        pair.awaitReached(renamed);
        assertThat(pair.target().count("select count(*) from thing where name = 'canary'"))
                .isZero();
    }

    /** The table alone, with the setting's name and without the row; it comes back by itself. */
    @Test
    void aRowOnWhichTheConditionFails() {
        pair.both(ITEM, "create table other (id int primary key)").adopt();
        pair.source().run("insert into item values (1, 1, 'a', null), (2, 2, 'b', null)");
        Mirror mirror = pair.start(settings(filter("item", "10 / tenant = 10")));
        pair.awaitReached(mirror);
        pair.source().run("insert into item values (3, 0, 'canary', null)", "insert into other values (1)");
        pair.awaitReached(mirror);
        pair.assertEqual("other");
        pair.awaitTable(mirror, "public.item", table -> {
            assertThat(table.state()).isEqualTo("failed");
            assertThat(table.reason() + table.remedy())
                    .contains("understudy.tables.filters.\"public.item\"", "data exception")
                    .doesNotContain("canary");
        });
        pair.source().run("delete from item where id = 3", "insert into item values (4, 1, 'd', null)");
        pair.resync("item");
        pair.awaitTableState(mirror, "public.item", "streaming");
        pair.awaitReached(mirror);
        assertMirrored("item", "tenant = 1");
    }

    /** Random changes, often of the same few rows, compared with what the condition says at the end. */
    @ParameterizedTest
    @EnumSource(Capture.class)
    void whateverHappens(Capture capture) {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        pair.both(ITEM, "create table bag (tenant int, name text)", "alter table bag replica identity full")
                .adopt();
        String condition = "tenant in (1, 2) or substr(body, 1, 1) = 'a'";
        Settings settings =
                settings(filter("item", condition, "bag", "tenant % 2 = 1")).capturing(capture);
        if (capture == Capture.DEBEZIUM) {
            pair.both("drop table bag", "create table bag (tenant int primary key, name text)");
        }
        pair.source().run("insert into item select i, i % 5, 'n' || i, " + LARGE + " from generate_series(1, 40) x(i)");
        Mirror mirror = pair.start(settings);
        for (int round = 0; round < 120; round++) {
            List<String> statements = new ArrayList<>();
            for (int i = random.nextInt(6); i >= 0; i--) {
                statements.add(change(random, capture));
            }
            pair.source().transaction(statements.toArray(String[]::new));
            if (round == 60) {
                pair.awaitReached(mirror);
            }
        }
        pair.awaitReached(mirror);
        assertMirrored("item", condition, seed);
        assertMirrored("bag", "tenant % 2 = 1", seed);
    }

    /** The log leaves out a large value; what the row holds now may be that of a row that has left. */
    @Test
    void aRowDoesNotGetTheLargeValueOfALaterStateOutsideOfTheFilter() throws Exception {
        pair.both(ITEM, "create table other (id int primary key)").adopt();
        pair.source().run("insert into item select 1, 1, 'n', " + LARGE + " from (select 1 as i) x");
        Mirror mirror = pair.start(settings(filter("item", "tenant = 1")));
        pair.awaitReached(mirror);
        DatabasePair.stop(mirror);
        pair.source()
                .run(
                        "update item set name = 'touched'",
                        "update item set tenant = 2, body = 'canary' || (select " + LARGE + " from (select 2 as i) x)");
        // So that its changes are set aside one by one, as they come.
        pair.source().run("alter table item add extra text");
        mirror = pair.start(settings(filter("item", "tenant = 1")));
        pair.awaitTableState(mirror, "public.item", "paused");
        pair.awaitReached(mirror);
        assertThat(tablesWith(pair.target(), "canary")).isEmpty();
        pair.target().run("alter table item add extra text");
        pair.awaitTableState(mirror, "public.item", "streaming");
        assertThat(pair.target().count("select count(*) from item")).isZero();
    }

    @Test
    void aTruncateLeavesWhatStagingWroteToATableThatIsSchemaOnly() {
        pair.both(ITEM, "create table own (id int primary key)").adopt();
        Mirror mirror = pair.start(settings(schemaOnly("own")));
        pair.awaitReached(mirror);
        pair.target().run("insert into own values (1)");
        pair.source()
                .run(
                        "insert into own values (2)",
                        "insert into item values (1, 1, 'n', 'b')",
                        "truncate own, item",
                        "insert into item values (2, 1, 'n', 'b')");
        pair.awaitReached(mirror);
        assertThat(pair.target().column("select id from own")).containsExactly("1");
        assertThat(pair.target().column("select id from item")).containsExactly("2");
    }

    /** A migration holds the table, and large values have to be read from it. */
    @Test
    void aTableThatIsHeldAtProductionDoesNotHoldUpTheOthers() throws Exception {
        pair.both(ITEM, "create table other (id int primary key)").adopt();
        pair.source().run("insert into item select 1, 1, 'n', " + LARGE + " from (select 1 as i) x");
        Mirror mirror = pair.start(settings(filter("item", "tenant = 1")));
        pair.awaitReached(mirror);
        try (Connection migration = pair.source().connect()) {
            migration.setAutoCommit(false);
            migration.createStatement().execute("update item set name = 'touched'");
            migration.commit();
            migration.createStatement().execute("lock table item in access exclusive mode");
            pair.source().run("insert into other values (1)");
            await().atMost(DatabasePair.PATIENCE)
                    .untilAsserted(() -> assertThat(pair.target().count("select count(*) from other"))
                            .isEqualTo(1));
            migration.rollback();
        }
        await().atMost(DatabasePair.PATIENCE).untilAsserted(() -> assertMirrored("item", "tenant = 1"));
    }

    private static String change(Random random, Capture capture) {
        int id = 1 + random.nextInt(50);
        int other = 1 + random.nextInt(50);
        int tenant = random.nextInt(5);
        boolean keyed = capture == Capture.DEBEZIUM;
        return switch (random.nextInt(9)) {
            case 0 ->
                "insert into item select x.i, " + tenant + ", 'new', " + LARGE + " from generate_series(" + id + ", "
                        + id + ") x(i) on conflict do nothing";
            case 1 -> "delete from item where id = " + id;
            case 2, 3 -> "update item set tenant = " + tenant + " where id = " + id;
            case 4 -> "update item set name = 'c" + tenant + "' where id between " + id + " and " + (id + 3);
            case 5 ->
                "update item set id = " + other + " where id = " + id + " and not exists (select from item where id = "
                        + other + ")";
            case 6 -> "update item set body = (select " + LARGE + " from (select " + id + " as i) x) where id = " + id;
            case 7 ->
                "insert into bag values (" + (keyed ? id : tenant) + ", 'b" + random.nextInt(4) + "')"
                        + (keyed ? " on conflict do nothing" : "");
            default ->
                keyed
                        ? "update bag set name = 'u' where tenant = " + id
                        : "update bag set tenant = " + tenant + " where name = 'b" + random.nextInt(4) + "'";
        };
    }
}
