package io.understudy.scenario.everyRowArrives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.understudy.DatabasePair;
import io.understudy.mirror.Mirror;
import io.understudy.mirror.Settings;
import io.understudy.mirror.TableSettings;
import java.sql.SQLException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** By what a row is found again: another key than the primary one, one of an odd type, one that staging has not, none. */
class KeysIT {

    private DatabasePair pair;
    private Mirror mirror;

    @BeforeEach
    void databases() {
        pair = new DatabasePair();
    }

    @AfterEach
    void close() throws SQLException {
        pair.close();
    }

    private void mirroring(String... schema) {
        pair.both(schema).adopt();
    }

    private void started() {
        started(pair.settings());
    }

    private void started(Settings settings) {
        mirror = pair.start(settings);
        pair.awaitReached(mirror);
    }

    private void equalInTheEnd() {
        pair.awaitReached(mirror);
        pair.assertEqual();
        assertThat(mirror.status().missingRows()).isZero();
    }

    private Settings followingInserts() {
        return pair.settings().with(TableSettings.DEFAULT.withoutKey(TableSettings.WithoutKey.INSERTS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"id int primary key, ", ""})
    void theReplicaIdentityMayBeAnIndexOfItsOwn(String primaryKey) {
        mirroring(
                "create table item (" + primaryKey + "code text not null, region int not null, title text, body text)",
                "alter table item alter body set storage external",
                "create unique index item_code on item (region, code)",
                "alter table item replica identity using index item_code");
        String columns = primaryKey.isEmpty() ? "" : "i, ";
        String rows = " select " + columns + "'c' || i, i % 3, 't', repeat(md5(i::text), 1000) from generate_series(";
        pair.source().run("insert into item" + rows + "1, 30) i");
        started();
        pair.source().run("update item set title = 'x' where region = 1");
        pair.source().run("update item set code = code || '!', title = 'moved' where region = 2");
        pair.source().run("delete from item where region = 0 and code < 'c2'");
        pair.source().run("insert into item" + rows + "31, 40) i");
        if (!primaryKey.isEmpty()) {
            pair.source().run("update item set id = id + 1000 where region = 1");
            pair.source()
                    .transaction(
                            "update item set id = 1, title = 'other' where id = 2",
                            "update item set code = 'last', id = 2 where id = 3");
        }
        equalInTheEnd();
    }

    @Test
    void theReplicaIdentitysIndexNeedNotBeAtTheTarget() {
        mirroring("create table item (id int primary key, code text not null, body text)");
        pair.source()
                .run(
                        "create unique index item_code on item (code)",
                        "alter table item replica identity using index item_code",
                        "insert into item select i, 'c' || i, 'b' from generate_series(1, 20) i");
        started();
        pair.source().run("update item set id = id + 100, body = 'x' where id < 5");
        pair.source().run("update item set code = code || '!' where id between 5 and 9");
        pair.source().run("delete from item where id = 10");
        pair.source().run("insert into item values (21, 'c21', 'new')");
        equalInTheEnd();
    }

    /** An update of it would otherwise look like one of a row that was not there. */
    @Test
    void aReplicaIdentityThatWasChangedIsNotTakenForTheOldOne() {
        mirroring("create table item (id int primary key, code text not null unique)");
        pair.source().run("insert into item select i, 'c' || i from generate_series(1, 5) i");
        started();
        pair.source().run("alter table item replica identity using index item_code_key");
        pair.source().run("update item set id = 100 where id = 1");
        pair.source().run("delete from item where id = 2");
        await().atMost(DatabasePair.PATIENCE).untilAsserted(() -> pair.assertEqual());
        equalInTheEnd();
    }

    @Test
    void rowsOfATableWithoutAKeyAreFoundByAllTheirValues() {
        mirroring(
                "create table heap (a int, b text, j json, p point, x xml, n numeric, body text)",
                "alter table heap alter body set storage external",
                "alter table heap replica identity full");
        pair.source()
                .run("insert into heap select i % 5, case when i % 4 > 0 then 'b' || i % 3 end,"
                        + " ('{\"k\":  ' || i % 2 || '}')::json, point(i % 3, 0.1), '<a/>', i % 2 / 3.0,"
                        + " repeat(md5((i % 2)::text), 1000) from generate_series(1, 300) i");
        pair.source().run("insert into heap default values", "insert into heap default values");
        started();
        pair.source().run("update heap set b = 'u' where a = 1");
        pair.source().run("delete from heap where ctid in (select ctid from heap where a = 2 order by ctid limit 7)");
        pair.source().run("delete from heap where ctid = (select min(ctid) from heap where a is null)");
        pair.source().run("insert into heap (a, b) values (9, ''), (9, null), (9, ''), (9, 'x,\"y\\')");
        pair.source()
                .transaction(
                        "insert into heap (a) values (77), (77), (77)",
                        "update heap set a = 78 where a = 77",
                        "delete from heap where ctid = (select min(ctid) from heap where a = 78)",
                        "update heap set body = 'short' where a = 3");
        equalInTheEnd();
        pair.source()
                .transaction(
                        "insert into heap (a) values (1)", "truncate heap", "insert into heap (a) values (2), (2)");
        pair.source().run("delete from heap where ctid = (select min(ctid) from heap)");
        equalInTheEnd();
    }

    /** Would take hours if it compared every row with every other. */
    @Test
    void manyRowsOfALargeTableWithoutAKeyAreFound() {
        mirroring("create table heap (a int, b text)", "alter table heap replica identity full");
        pair.source().run("insert into heap select i, md5(i::text) from generate_series(1, 200000) i");
        started();
        pair.source().run("update heap set b = 'x' where a % 10 = 0", "delete from heap where a % 100 = 1");
        equalInTheEnd();
    }

    @Test
    void aWholeRowIsFoundAlsoWhereTheTargetsTypesRound() {
        pair.source().run("create table heap (n numeric, c text)", "alter table heap replica identity full");
        pair.target().run("create table heap (n numeric(8,2), c char(5))");
        pair.adopt();
        pair.source().run("insert into heap values (1.001, 'a'), (1.002, 'a'), (1.002, 'a'), (3, 'b')");
        started();
        pair.source().run("delete from heap where n < 1.002 or n = 3");
        pair.source().transaction("update heap set c = 'z' where n = 1.002", "insert into heap values (7, 'q')");
        pair.awaitReached(mirror);
        assertThat(mirror.status().missingRows()).isZero();
        assertThat(pair.target().column("select row(n, c)::text from heap order by 1"))
                .containsExactly("(1.00,\"z    \")", "(1.00,\"z    \")", "(7.00,\"q    \")");
    }

    @Test
    void aRowWithoutAKeyThatStagingLostIsCountedAndMended() {
        mirroring("create table heap (a int, b int)", "alter table heap replica identity full");
        pair.source().run("insert into heap values (1, 1), (2, 2), (3, 3)");
        started();
        pair.target().run("delete from heap where a > 1");
        pair.source().run("update heap set b = 20 where a = 2", "delete from heap where a = 3");
        pair.awaitReached(mirror);
        pair.assertEqual();
        assertThat(mirror.status().missingRows()).isEqualTo(2);
    }

    /** Production comes first: in a publication of updates such a table could not be updated any more. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "create table heap (id int, v text)",
                "create table heap (id int primary key deferrable, v text)",
                "create table heap (id int primary key, v text); alter table heap replica identity nothing",
                "create table heap (id int, v text) partition by hash (id);"
                        + "create table heap_0 partition of heap for values with (modulus 1, remainder 0)"
            })
    void productionMayUpdateATableOfWhichOnlyInsertsAreFollowed(String schema) {
        onlyInsertsAreFollowed(schema);
    }

    @Test
    void productionMayUpdateATableWhoseWholeRowsNoLogCanCarry() {
        assumeThat(version()).as("virtual columns").isGreaterThanOrEqualTo(18);
        onlyInsertsAreFollowed(
                "create table heap (id int primary key, v text, w int generated always as (id * 2) virtual);"
                        + "alter table heap replica identity full");
    }

    /** Of the older of the two. */
    private long version() {
        String version = "select current_setting('server_version_num')::int / 10000";
        return Math.min(pair.source().count(version), pair.target().count(version));
    }

    private void onlyInsertsAreFollowed(String schema) {
        mirroring(schema, "create table other (id int primary key, v text)");
        pair.source().run("insert into heap values (1, 'a'), (2, 'b')", "insert into other values (1, 'a')");
        started(followingInserts());
        pair.assertEqual();
        pair.source().run("update heap set v = 'not followed' where id = 1", "delete from heap where id = 2");
        pair.source().run("insert into heap values (3, 'c')", "update other set v = 'followed'");
        pair.awaitReached(mirror);
        assertThat(pair.target().column("select row(id, v)::text from heap order by id"))
                .containsExactly("(1,a)", "(2,b)", "(3,c)");
        pair.assertEqual("other");
        DatabasePair.stop(mirror);
        pair.source().run("insert into heap values (4, 'd')");
        started(followingInserts());
        assertThat(pair.target().value("select count(*) from heap")).isEqualTo("4");
        pair.source().run("truncate heap", "insert into heap values (4, 'd')");
        equalInTheEnd();
    }

    @Test
    void nothingButInsertsMayBeAllThereIs() {
        mirroring("create table heap (v text)");
        started(followingInserts());
        pair.source().run("insert into heap values ('a'), ('a'), (null)");
        equalInTheEnd();
        assertThat(pair.source().column("select pubname || ': ' || pubupdate from pg_publication order by 1"))
                .containsExactly(pair.name() + ": true", pair.name() + "_inserts: false");
    }

    /** Of the first row with the key the delete was not followed. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "create table item (id int primary key deferrable, v text)",
                "create table item (id int primary key, v text); alter table item replica identity nothing"
            })
    void aKeyThatIsGivenToAnotherRowDoesNotStopTheMirror(String schema) {
        mirroring(schema);
        pair.source().run("insert into item values (1, 'a'), (2, 'b')");
        started(followingInserts());
        pair.source().run("delete from item where id = 1", "insert into item values (1, 'again')");
        equalInTheEnd();
    }

    /** In the publication of inserts its updates would be missed without a word. */
    @Test
    void aTableThatGotItsKeyLaterIsCopiedAgain() {
        mirroring("create table heap (id int not null)", "create table other (id int primary key)");
        started(followingInserts());
        DatabasePair.stop(mirror);
        pair.both("alter table heap add primary key (id)");
        pair.source().run("insert into heap values (7)");
        mirror = pair.start(followingInserts());
        await().atMost(DatabasePair.PATIENCE).untilAsserted(() -> pair.assertEqual());
        pair.awaitTableState(mirror, "public.heap", "streaming");
        pair.source().run("insert into heap values (1)", "update heap set id = 2 where id = 1");
        // That it has a key now may be noticed only here.
        await().atMost(DatabasePair.PATIENCE).untilAsserted(() -> pair.assertEqual());
        assertThat(pair.source()
                        .column("select tablename::text from pg_publication_tables where pubname = '" + pair.name()
                                + "' order by 1"))
                .containsExactly("heap", "other");
    }

    @Test
    void theTargetMayBePartitionedWhereTheSourceIsNot() {
        pair.source().run("create table event (id int primary key, at date not null, v text, body text)");
        pair.source().run("alter table event alter body set storage external");
        pair.target()
                .run(
                        "create table event (id int, at date, v text, body text, primary key (id, at, v)) partition by range (at)",
                        "create table event_1 partition of event for values from ('2024-01-01') to ('2025-01-01')"
                                + " partition by list (v)",
                        "create table event_1a partition of event_1 for values in ('a')",
                        "create table event_1b partition of event_1 default",
                        "create table event_2 partition of event default");
        pair.adopt();
        pair.source()
                .run("insert into event select i, '2024-01-01'::date + i, 'a', repeat(md5(i::text), 1000)"
                        + " from generate_series(1, 50) i");
        started();
        pair.source().run("update event set at = at + 400 where id <= 10");
        pair.source().run("update event set at = at + 1, v = 'b' where id > 40");
        pair.source().run("update event set body = 'b', at = at - 400 where id between 11 and 15");
        pair.source()
                .transaction(
                        "insert into event values (60, '2024-02-02', 'a', 'b')",
                        "update event set at = '2026-01-01' where id = 60",
                        "update event set id = id + 100 where id between 16 and 20",
                        "delete from event where id = 21",
                        "insert into event values (21, '2025-05-05', 'new', 'b')");
        pair.target().run("insert into event values (70, '2024-01-01', 'a tester', 'wrote this')");
        pair.source().run("insert into event values (70, '2024-06-06', 'x', 'y')");
        equalInTheEnd();
    }

    @Test
    void theSourceMayBePartitionedWhereTheTargetIsNotOrOtherwise() {
        String columns = "(id int, region text, v int, primary key (id, region))";
        pair.source()
                .run(
                        "create table a " + columns + " partition by list (region)",
                        "create table a_1 partition of a for values in ('x') partition by hash (id)",
                        "create table a_1a partition of a_1 for values with (modulus 1, remainder 0)",
                        "create table a_2 partition of a default",
                        "create table b (id int primary key, region text, v int) partition by hash (id)",
                        "create table b_1 partition of b for values with (modulus 2, remainder 0)",
                        "create table b_2 partition of b for values with (modulus 2, remainder 1)");
        pair.target()
                .run(
                        "create table a " + columns,
                        "create table b (id int, region text, v int) partition by list (region)",
                        "create table b_x partition of b for values in ('x')",
                        "create table b_y partition of b default partition by range (v)",
                        "create table b_y1 partition of b_y for values from (0) to (1000)",
                        "create table b_y2 partition of b_y default");
        pair.adopt();
        for (String table : new String[] {"a", "b"}) {
            pair.source()
                    .run("insert into " + table + " select i, case when i % 2 = 0 then 'x' else 'y' end, i"
                            + " from generate_series(1, 40) i");
        }
        started();
        for (String table : new String[] {"a", "b"}) {
            pair.source()
                    .run(
                            "update " + table + " set region = 'z', v = v + 2000 where id < 10",
                            "update " + table + " set id = id + 100 where id > 30",
                            "delete from " + table + " where id = 20",
                            "insert into " + table + " values (20, 'x', 1), (50, 'y', 1)");
        }
        pair.source().run("insert into a_2 values (51, 'direct', 1)", "update a_2 set v = 7 where id = 51");
        equalInTheEnd();
        pair.source().run("truncate a, b");
        equalInTheEnd();
    }

    @Test
    void keysOfExtensionsTypesAreComparedTheirWay() {
        mirroring(
                "create schema ext",
                "create extension citext schema ext",
                "create extension ltree",
                "create domain email as ext.citext",
                "create domain work_email as email check (value <> '')",
                "create table tree (path ltree primary key, v int, body text)",
                "create table person (mail ext.citext primary key, v int, body text)",
                "create table member (team int, mail work_email, path ltree, v int, body text, primary key (team, mail, path))",
                "alter table tree alter body set storage external",
                "alter table person alter body set storage external",
                "alter table member alter body set storage external");
        String body = "repeat(md5(i::text), 1000) from generate_series(1, 20) i";
        pair.source()
                .run(
                        "insert into tree select ('a.b' || i)::ltree, i, " + body,
                        "insert into person select 'Mail' || i, i, " + body,
                        "insert into member select i % 3, 'Mail' || i, ('p' || i)::ltree, i, " + body);
        started();
        for (String table : new String[] {"tree", "person", "member"}) {
            pair.source().run("update " + table + " set v = v + 100 where v < 5");
            pair.source().run("delete from " + table + " where v between 6 and 7");
        }
        pair.source().run("update tree set path = 'moved' || path where v > 18");
        pair.source().run("update person set mail = upper(mail::text)::ext.citext where v between 10 and 15");
        pair.source().run("update member set mail = upper(mail::text)::ext.citext where v between 10 and 15");
        pair.source()
                .transaction(
                        "update person set mail = 'mail10', v = -1 where mail::text = 'MAIL10'",
                        "delete from person where mail::text = 'MAIL11'",
                        "insert into person values ('mAIL11', 11, 'again')",
                        "update person set mail = 'new' || mail where v > 16",
                        "update member set path = 'q' || path, mail = upper(mail::text)::ext.citext where v > 16");
        equalInTheEnd();
        assertThat(pair.target().value("select mail from person where v = -1")).isEqualTo("mail10");
    }

    /** Postgres 18 refuses to update a table whose replica identity holds generated columns that are not published. */
    @Test
    void productionMayUpdateTablesWhoseReplicaIdentityIsGenerated() {
        assumeThat(version()).as("generated columns in the log").isGreaterThanOrEqualTo(18);
        String columns = "id int, v text, twice int generated always as (id * 2) stored";
        mirroring(
                "create table heap (" + columns + ")",
                "create table keyed (" + columns + ", primary key (id))",
                "create table odd (" + columns + ", primary key (twice))",
                "alter table heap replica identity full",
                "alter table keyed replica identity full");
        pair.target().run("alter table keyed drop column twice");
        for (String table : new String[] {"heap", "keyed", "odd"}) {
            pair.source().run("insert into " + table + " select i, 'v' from generate_series(1, 9) i");
        }
        started();
        for (String table : new String[] {"heap", "keyed", "odd"}) {
            pair.source()
                    .run(
                            "update " + table + " set v = 'w' where id < 4",
                            "update " + table + " set id = id + 10 where id = 5",
                            "delete from " + table + " where id = 7",
                            "insert into " + table + " values (10, 'x')");
        }
        pair.awaitReached(mirror);
        pair.assertEqual("heap");
        pair.assertEqual("odd");
        assertThat(pair.target().column("select row(id, v)::text from keyed order by 1"))
                .isEqualTo(pair.source().column("select row(id, v)::text from keyed order by 1"));
        assertThat(mirror.status().missingRows()).isZero();
    }

    @Test
    void tablesOfNoColumnsHaveRowsAllTheSame() {
        mirroring(
                "create table z ()",
                "create table dropped (gone int)",
                "alter table dropped drop column gone",
                "alter table z replica identity full",
                "alter table dropped replica identity full");
        pair.source().run("insert into z select from generate_series(1, 5)", "insert into dropped select");
        started();
        assertThat(pair.target().value("select count(*) from z")).isEqualTo("5");
        pair.source().run("insert into z default values", "insert into dropped select from generate_series(1, 3)");
        pair.source().run("delete from z where ctid in (select ctid from z limit 2)");
        equalInTheEnd();
        assertThat(pair.target().value("select count(*) from z")).isEqualTo("4");
        pair.source().run("truncate z", "insert into z default values");
        equalInTheEnd();
    }

    @Test
    void tablesOfAKeyAndNothingElseToWriteArrive() {
        mirroring(
                "create table g (id int primary key, twice int generated always as (id * 2) stored)",
                "create table h (gone int, id int primary key, lost text, v text)",
                "alter table h drop column gone, drop column lost",
                "create table i (id int generated always as identity primary key)");
        pair.source()
                .run(
                        "insert into g select generate_series(1, 10)",
                        "insert into h select i, 'v' from generate_series(1, 10) i",
                        "insert into i select from generate_series(1, 10)");
        started();
        pair.source().run("insert into g values (11)", "update g set id = id + 100 where id < 4");
        pair.source().run("update g set id = id where id = 5", "delete from g where id = 6");
        pair.source().run("insert into h values (11, 'w')", "update h set v = 'x', id = id + 20 where id < 4");
        pair.source()
                .run("alter table h drop column v", "delete from h where id = 8", "update h set id = 80 where id = 9");
        pair.source().run("insert into i default values", "update i set id = default where id = 3");
        pair.awaitReached(mirror);
        for (String table : new String[] {"g", "h", "i"}) {
            pair.awaitEqual(table);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void asManyColumnsAsPostgresAllowsArrive(boolean keyed) {
        String columns =
                IntStream.range(1, 1600).mapToObj(i -> "c" + i + " int").collect(Collectors.joining(", "));
        mirroring("create table wide (id int" + (keyed ? " primary key" : "") + ", " + columns + ")");
        if (!keyed) {
            pair.source().run("alter table wide replica identity full");
        }
        String values = IntStream.range(1, 1600)
                .mapToObj(i -> i % 3 == 0 ? "null" : "i * " + i)
                .collect(Collectors.joining(", "));
        String insert = "insert into wide select i, " + values + " from generate_series(";
        pair.source().run(insert + "1, 20) i");
        started();
        pair.source().run(insert + "21, 40) i", "update wide set c7 = -1, c1599 = null where id % 3 = 0");
        pair.source().run("update wide set id = id + 100 where id % 5 = 0", "delete from wide where id % 7 = 0");
        equalInTheEnd();
    }

    /** Field note A9. */
    @Test
    void namesMayBeThoseOfOurOwnStatements() {
        String long63 = "\"" + "é".repeat(30) + "abc\"";
        mirroring(
                "create schema one",
                "create schema two",
                "create table x (c0 int primary key, x int, t text, v0 int, c1 text, excluded int)",
                "create table found (c0 int, c1 int, g int, t int, f int, \"row\" int, place int, times int, image int, nth int)",
                "alter table found replica identity full",
                "create table one.t (\"user\" int, \"order\" text, \"select\" text, primary key (\"user\", \"order\"))",
                "create table two.t (c0 int generated always as identity primary key, v0 int, taken text, t text)",
                "create table " + long63 + " (" + long63 + " int primary key, v int)");
        pair.source()
                .run(
                        "insert into x select i, i, 't', i, 'c', i from generate_series(1, 9) i",
                        "insert into found select i, 1, 2, 3, 4, 5, 6, 7, 8, 9 from generate_series(1, 9) i",
                        "insert into one.t select i, 'o', 's' from generate_series(1, 9) i",
                        "insert into two.t (v0) select i from generate_series(1, 9) i",
                        "insert into " + long63 + " select i, i from generate_series(1, 9) i");
        started();
        pair.source()
                .run(
                        "update x set x = 0, c1 = 'd', excluded = 1 where c0 < 4",
                        "update x set c0 = c0 + 20 where c0 > 6",
                        "delete from x where v0 = 5",
                        "update found set t = 0 where c0 < 4",
                        "delete from found where c0 = 5",
                        "update one.t set \"select\" = 'x', \"order\" = 'p' where \"user\" < 3",
                        "delete from one.t where \"user\" = 4",
                        "update two.t set c0 = default, v0 = -1 where c0 = 3",
                        "update two.t set taken = 'x' where c0 = 4",
                        "update " + long63 + " set v = 0, " + long63 + " = 90 where v = 1",
                        "delete from " + long63 + " where v = 3");
        equalInTheEnd();
    }

    @ParameterizedTest
    @ValueSource(strings = {"deferrable initially deferred", "deferrable initially immediate"})
    void constraintsThatAreCheckedLaterHold(String deferrable) {
        mirroring(
                "create extension btree_gist",
                "create table seat (id int primary key, place text unique " + deferrable + ")",
                "create table booking (id int primary key, room int, during int4range,"
                        + " exclude using gist (room with =, during with &&) " + deferrable + ")",
                "create table ranked (id int primary key " + deferrable + ", name text)",
                "alter table ranked replica identity full");
        pair.source()
                .run(
                        "insert into seat select i, 'p' || i from generate_series(1, 10) i",
                        "insert into booking select i, 1, int4range(i * 10, i * 10 + 10) from generate_series(1, 10) i",
                        "insert into ranked select i, 'n' || i from generate_series(1, 10) i");
        started();
        pair.source()
                .transaction(
                        "set constraints all deferred",
                        "update seat set place = 'p2' where id = 1",
                        "update seat set place = 'p1' where id = 2",
                        "update booking set during = int4range(20, 30) where id = 1",
                        "update booking set during = int4range(10, 20) where id = 2",
                        "update ranked set id = 2 where name = 'n1'",
                        "update ranked set id = 1 where name = 'n2'");
        pair.source().run("update ranked set id = id + 1");
        pair.source().run("update seat set place = 'p' || 11 - id");
        pair.source().transaction("delete from ranked where id > 8", "insert into ranked values (9, 'again')");
        equalInTheEnd();
    }

    @Test
    void constraintsThatAreCheckedAtOnceHold() {
        mirroring(
                "create extension btree_gist",
                "create table seat (id int primary key, place text unique, row int, unique (row))",
                "create table booking (id int primary key, during int4range, exclude using gist (during with &&))",
                "create table heap (place text unique, v int)",
                "alter table heap replica identity full");
        pair.source()
                .run(
                        "insert into seat select i, 'p' || i, i from generate_series(1, 10) i",
                        "insert into booking select i, int4range(i * 10, i * 10 + 10) from generate_series(1, 10) i",
                        "insert into heap select 'p' || i, i from generate_series(1, 10) i");
        started();
        pair.source()
                .transaction(
                        "update seat set place = null, row = -1 where id = 1",
                        "update seat set place = 'p1', row = 1 where id = 2",
                        "update seat set place = 'p2', row = 2 where id = 1",
                        "update booking set during = 'empty' where id = 1",
                        "update booking set during = int4range(10, 20) where id = 2",
                        "update booking set during = int4range(20, 30) where id = 1",
                        "update heap set place = 'free' where v = 1",
                        "update heap set place = 'p1' where v = 2",
                        "update heap set place = 'p2' where v = 1");
        equalInTheEnd();
    }

    @Test
    void rowsThatReferToThemselvesAndInCirclesArrive() {
        mirroring(
                "create table node (id int primary key, parent int references node on delete cascade)",
                "create table a (id int primary key, b int)",
                "create table b (id int primary key, c int)",
                "create table c (id int primary key, a int references a deferrable initially deferred)",
                "alter table a add foreign key (b) references b deferrable initially deferred",
                "alter table b add foreign key (c) references c deferrable initially deferred");
        pair.source()
                .transaction(
                        "insert into node select i, nullif(i - 1, 0) from generate_series(1, 10) i",
                        "insert into a select i, i from generate_series(1, 10) i",
                        "insert into b select i, i from generate_series(1, 10) i",
                        "insert into c select i, i from generate_series(1, 10) i");
        started();
        pair.source().run("update node set parent = 10 where id = 1", "delete from node where id = 5");
        pair.source()
                .transaction(
                        "insert into a values (11, 11)",
                        "insert into b values (11, 11)",
                        "insert into c values (11, 11)",
                        "update a set id = 100 where id = 1",
                        "update c set a = 100 where a = 1",
                        "delete from b where id = 3",
                        "update a set b = null where b = 3");
        pair.source().transaction("truncate a, b, c", "insert into c values (1, null)");
        equalInTheEnd();
    }

    @ParameterizedTest
    @ValueSource(strings = {"do instead nothing", "do also insert into audit values ('fired')"})
    void rulesOfTheTargetAreNotInTheWay(String action) {
        mirroring(
                "create table t (id int primary key, v text, body text)",
                "alter table t alter body set storage external",
                "create table identity (id int generated always as identity primary key, v text)");
        pair.target()
                .run(
                        "create table audit (what text)",
                        "create rule on_insert as on insert to t " + action,
                        "create rule on_update as on update to t " + action,
                        "create rule on_delete as on delete to t " + action,
                        "create rule on_insert as on insert to identity " + action,
                        "create rule on_delete as on delete to identity " + action);
        pair.source()
                .run(
                        "insert into t select i, 'v', repeat(md5(i::text), 1000) from generate_series(1, 10) i",
                        "insert into identity (v) select 'v' from generate_series(1, 10)");
        started();
        pair.source().run("insert into t values (11, 'new', 'b')", "update t set v = 'untouched body' where id < 4");
        pair.source().run("update t set body = 'b', v = 'all' where id between 4 and 6", "delete from t where id = 7");
        pair.source().run("update t set id = id + 100 where id = 8", "update identity set id = default where id = 2");
        pair.source().run("update identity set v = 'w' where id = 3");
        pair.target()
                .run("alter table t disable rule on_insert", "insert into t values (12, 'a tester', 'wrote this')");
        pair.source().run("insert into t values (12, 'arrives', 'b')");
        equalInTheEnd();
        assertThat(pair.target().column("select what || ' by ' || xmin from audit"))
                .isEmpty();
    }
}
