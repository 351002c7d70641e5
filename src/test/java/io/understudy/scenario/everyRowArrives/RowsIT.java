package io.understudy.scenario.everyRowArrives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.DatabasePair;
import io.understudy.mirror.Mirror;
import io.understudy.mirror.Settings;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What people do to rows, in every combination that has gone wrong somewhere. */
@ParameterizedClass
@EnumSource
class RowsIT {

    @Parameter
    private Settings.Capture capture;

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
        mirror = pair.start(settings -> settings.capturing(capture));
        pair.awaitReached(mirror);
    }

    private void equalInTheEnd() {
        pair.awaitReached(mirror);
        pair.assertEqual();
        assertThat(mirror.status().missingRows()).isZero();
    }

    @Test
    void aMovedKeyTakesItsUntouchedToastedValueAlong() {
        mirroring(
                "create table doc (id int primary key, title text, body text)",
                "alter table doc alter body set storage external");
        pair.source()
                .run("insert into doc select i, 't' || i, repeat(md5(i::text), 1000) from generate_series(1, 20) i");
        started();
        pair.source().run("update doc set id = id + 100 where id <= 5");
        pair.source().run("update doc set title = 'x' where id between 6 and 10");
        pair.source()
                .transaction(
                        "update doc set id = id + 200 where id between 11 and 15",
                        "update doc set title = 'twice' where id > 200",
                        "update doc set id = id + 1000 where id > 200",
                        "insert into doc values (211, 'new', repeat('z', 10000))",
                        "update doc set title = 'after' where id = 211");
        equalInTheEnd();
    }

    @Test
    void uniqueValuesSwappedInOneTransactionArrive() {
        mirroring("create table seat (id int primary key, place text unique)");
        pair.source().run("insert into seat select i, 'p' || i from generate_series(1, 10) i");
        started();
        pair.source()
                .transaction(
                        "update seat set place = 'free' where id = 1",
                        "update seat set place = 'p1' where id = 2",
                        "update seat set place = 'p2' where id = 1",
                        "delete from seat where id = 3",
                        "insert into seat values (11, 'p3')");
        pair.source().run("update seat set place = null where id = 4", "update seat set place = 'p4' where id = 5");
        equalInTheEnd();
    }

    @Test
    void keysThatRotateInOneTransactionArrive() {
        mirroring("create table slot (id int primary key, v text)");
        pair.source().run("insert into slot select i, 'v' || i from generate_series(1, 5) i");
        started();
        pair.source()
                .transaction(
                        "update slot set id = -1 where id = 1",
                        "update slot set id = 1 where id = 2",
                        "update slot set id = 2 where id = 3",
                        "update slot set id = 3 where id = -1");
        equalInTheEnd();
    }

    @Test
    void tablesWithAForeignKeyAreTruncatedTogether() {
        mirroring(
                "create table parent (id int primary key)",
                "create table child (id int primary key, parent int references parent)");
        pair.source().run("insert into parent values (1), (2)", "insert into child values (1, 1), (2, 2)");
        started();
        pair.source()
                .transaction(
                        "insert into parent values (3)",
                        "truncate parent, child",
                        "insert into parent values (9)",
                        "insert into child values (9, 9)");
        equalInTheEnd();
    }

    /** Field note A3: a foreign key that only the target has is a warning, so nothing may stop at it later either. */
    @Test
    void aTruncateArrivesThoughTheTargetHasAForeignKeyOfItsOwn() {
        mirroring("create table parent (id int primary key)", "create table child (id int primary key, parent int)");
        pair.target().run("alter table child add constraint own foreign key (parent) references parent");
        pair.source().run("insert into parent values (1), (2)", "insert into child values (1, 1), (2, 2)");
        started();
        pair.source().run("truncate parent");
        equalInTheEnd();
    }

    @Test
    void generatedColumnsAreComputedAndIdentitiesKept() {
        mirroring("""
                create table line (id bigint generated always as identity primary key, net numeric(10,2) not null,
                    gross numeric(10,2) generated always as (net * 1.19) stored, upper_name text generated always as (upper(name)) stored,
                    name text default 'n')
                """);
        pair.source().run("insert into line (net) values (1), (2), (3.33)");
        started();
        pair.source()
                .run(
                        "insert into line (net, name) select i, 'name ' || i from generate_series(1, 100) i",
                        "update line set net = net + 1 where id % 2 = 0",
                        "delete from line where id % 7 = 0");
        equalInTheEnd();
    }

    @Test
    void afterTheSnapshotTheTargetsSequencesDoNotCollide() {
        mirroring(
                "create table t (id bigserial primary key)",
                "create table u (id int generated by default as identity primary key)");
        pair.source()
                .run(
                        "insert into t select from generate_series(1, 50)",
                        "insert into u select from generate_series(1, 7)");
        started();
        assertThat(pair.target().value("insert into t default values returning id"))
                .isEqualTo("51");
        assertThat(pair.target().value("insert into u default values returning id"))
                .isEqualTo("8");
    }

    @Test
    void partitionedTablesArriveThroughTheirRootEvenWhenTheTargetIsPartitionedDifferently() {
        String root = "create table event (id int, at date, v text, primary key (id, at)) partition by range (at)";
        pair.source()
                .run(
                        root,
                        "create table event_2023 partition of event for values from ('2023-01-01') to ('2024-01-01')",
                        "create table event_2024 partition of event for values from ('2024-01-01') to ('2025-01-01')");
        pair.target().run(root, "create table event_all partition of event default");
        pair.adopt();
        pair.source().run("insert into event select i, '2023-06-01'::date + i, 'v' from generate_series(1, 400) i");
        started();
        pair.source()
                .run(
                        "update event set at = at + 365 where id between 1 and 50",
                        "delete from event where id between 60 and 70",
                        "insert into event_2024 values (999, '2024-02-29', 'direct')");
        equalInTheEnd();
    }

    @Test
    void compositeAndTextKeysOfEveryKindArrive() {
        mirroring("create table m (tenant uuid, \"Key\" text, at timestamptz, amount numeric(12,4), v text, "
                + "primary key (tenant, \"Key\", at, amount))");
        pair.source()
                .run(
                        "insert into m select md5(i::text)::uuid, 'k''\\\"' || i, '2024-01-01'::timestamptz + i * '1 day'::interval, "
                                + "i / 3.0, 'v' from generate_series(1, 100) i");
        started();
        pair.source()
                .run(
                        "update m set v = v || 'x'",
                        "update m set \"Key\" = \"Key\" || '!' where amount > 20",
                        "delete from m where amount < 10");
        equalInTheEnd();
    }

    @Test
    void rolledBackSavepointsAndTransactionsLeaveNothing() {
        mirroring("create table t (id int primary key)");
        started();
        pair.source().run("""
                begin;
                insert into t values (1);
                savepoint a; insert into t values (2); rollback to a;
                insert into t values (3);
                savepoint b; insert into t values (4); release b;
                commit;
                begin; insert into t values (5); rollback;
                """);
        equalInTheEnd();
        assertThat(pair.target().column("select id from t order by id")).containsExactly("1", "3", "4");
    }

    /** Field note A9. */
    @Test
    void namesMayBeAsStrangeAsPeopleMakeThem() {
        mirroring(
                "create schema \"Odd.Schema\"",
                "create table \"Odd.Schema\".\"Associated Thread/Conversation\" (\"select\" int primary key, \"a\"\"b\" text, \"É€\" text)",
                "create table \"user\" (id int primary key, \"group\" text)",
                "create table _message (id int primary key)",
                "create table \"Listing\" (\"ID\" int primary key)");
        pair.source()
                .run(
                        "insert into \"Odd.Schema\".\"Associated Thread/Conversation\" values (1, 'x', 'y')",
                        "insert into \"user\" values (1, 'g')");
        started();
        pair.source()
                .run(
                        "insert into \"Odd.Schema\".\"Associated Thread/Conversation\" values (2, 'x', 'y')",
                        "update \"Odd.Schema\".\"Associated Thread/Conversation\" set \"a\"\"b\" = 'z', \"select\" = 3 where \"select\" = 1",
                        "insert into _message values (1)",
                        "insert into \"Listing\" values (1)",
                        "truncate \"user\"");
        equalInTheEnd();
    }

    @Test
    void keysThatAreEqualToTheirTypeAndNotAsTextMeetOneRow() {
        mirroring(
                "create extension citext",
                "create table t (id citext primary key, v int)",
                "create table n (id numeric primary key, v int)");
        started();
        pair.source()
                .transaction(
                        "insert into t values ('Abc', 1)",
                        "delete from t where id = 'ABC'",
                        "insert into t values ('aBC', 2)",
                        "insert into n values (1.0, 1)",
                        "delete from n",
                        "insert into n values (1.00, 2)");
        equalInTheEnd();
    }

    @Test
    void fullReplicaIdentityIsAsGood() {
        mirroring("create table t (id int primary key, a text, b text)", "alter table t replica identity full");
        pair.source().run("insert into t select i, 'a', repeat(md5(i::text), 500) from generate_series(1, 10) i");
        started();
        pair.source()
                .run(
                        "update t set a = 'x' where id < 4",
                        "update t set id = id + 20 where id > 8",
                        "delete from t where id = 5");
        equalInTheEnd();
    }

    @Test
    void aColumnAddedAtTheSourceIsWaitedForAndNothingIsLost() {
        mirroring("create table t (id int primary key)");
        started();
        pair.source().run("alter table t add column extra text default 'd'", "insert into t values (1, 'x')");
        pair.awaitTable(
                mirror,
                "public.t",
                table -> assertThat(table.remedy())
                        .contains("alter table public.t add column extra text default 'd'::text"));
        pair.target().run("alter table t add column extra text default 'd'");
        pair.awaitTableState(mirror, "public.t", "streaming");
        equalInTheEnd();
    }

    /** No update may set such a key, not even to what it is. */
    @Test
    void anIdentityKeyThatIsAlwaysGeneratedIsNeverSetByAnUpdate() {
        mirroring(
                "create table doc (id bigint generated always as identity primary key, title text, body text)",
                "alter table doc alter body set storage external");
        pair.source()
                .run("insert into doc (title, body) select 't' || i, repeat(md5(i::text), 1000)"
                        + " from generate_series(1, 10) i");
        started();
        pair.source().run("update doc set title = 'untouched body' where id <= 5");
        pair.source().run("update doc set id = default where id = 7");
        pair.source().run("update doc set body = 'small now' where id = 8");
        equalInTheEnd();
    }

    /** A delete whose key the log does not carry would delete nothing and look done. */
    @Test
    void aKeyThatTheSourceReplacedIsNotTakenForOneThatIsNull() {
        mirroring("create table item (id int primary key, code int not null)");
        pair.source().run("insert into item select i, i + 100 from generate_series(1, 5) i");
        started();
        pair.source().run("alter table item drop constraint item_pkey, add primary key (code)");
        pair.source().run("delete from item where code = 103");
        await().atMost(DatabasePair.PATIENCE).untilAsserted(() -> pair.assertEqual());
        equalInTheEnd();
    }

    @Test
    void rowsOfATableThatInheritsAreNotTakenForRowsOfItsParent() {
        mirroring(
                "create table parent (id int primary key, name text)",
                "create table child (extra text, primary key (id)) inherits (parent)");
        pair.source().run("insert into parent values (1, 'parent'), (2, 'parent')");
        pair.source().run("insert into child values (1, 'child', 'x'), (2, 'child', 'y')");
        started();
        pair.source().run("delete from only parent where id = 1");
        pair.source().run("update only parent set name = 'changed' where id = 2");
        pair.source().run("truncate only parent");
        equalInTheEnd();
    }

    /** Field note B4: not a duplicate-key error, and not in the way of the rows around it. */
    @Test
    void aRowThatSomebodyWroteToStagingIsOverwrittenByTheOneThatArrives() {
        mirroring("create table item (id int primary key, name text)");
        started();
        pair.target().run("insert into item values (7, 'a tester wrote this')");
        pair.source().run("insert into item select i, 'row ' || i from generate_series(1, 50) i");
        equalInTheEnd();
    }

    @Test
    void wideRowsArriveWhateverTheBuffersHold() {
        mirroring("create table blob (id int primary key, body text)");
        pair.source().run("insert into blob select i, repeat(md5(i::text), 300000) from generate_series(1, 3) i");
        mirror = pair.start(settings -> settings.with(new Settings.StreamSettings(capture, 1 << 20)));
        pair.awaitReached(mirror);
        pair.source().run("insert into blob select i, repeat(md5(i::text), 300000) from generate_series(4, 8) i");
        equalInTheEnd();
    }
}
