package io.understudy.scenario.oneTableNeverStopsTheOthers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.DatabasePair;
import io.understudy.mirror.Mirror;
import io.understudy.mirror.MirrorState;
import io.understudy.mirror.MirrorStatus.TableStatus;
import io.understudy.mirror.TableSettings;
import io.understudy.postgres.TargetDatabase;
import io.understudy.rules.Quarantine;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows of production that staging forbids: each constraint has a policy, and nothing is lost without a word. */
class ConstraintsIT {

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

    /** Both sides have the tables; the foreign key is staging's own. */
    private void parentAndChild() {
        pair.both(
                        "create table parent (id int primary key, v text)",
                        "create table child (id int primary key, parent int, v text)",
                        "create table other (id int primary key)")
                .adopt();
        pair.target().run("alter table child add constraint fk foreign key (parent) references parent not valid");
    }

    private void started(String... choices) {
        mirror = pair.start(settings -> settings.choosing(choices));
        pair.awaitStreaming(mirror);
    }

    private void reached() {
        pair.awaitReached(mirror);
    }

    private List<String> children() {
        return pair.target().column("select id || ':' || coalesce(parent::text, '-') from child order by id");
    }

    private void awaitChildren(String... expected) {
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(children()).containsExactly(expected));
    }

    private List<String> quarantined() {
        return pair.target()
                .column("select table_name || ' ' || constraint_name || ' ' || action || ' ' || key "
                        + "from understudy.quarantine order by 1");
    }

    private TableStatus table(String name) {
        return mirror.status().tables().stream()
                .filter(table -> table.table().equals("public." + name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        name + " is not among " + mirror.status().tables()));
    }

    private void awaitTable(String name, Consumer<TableStatus> expected) {
        await().atMost(DatabasePair.PATIENCE).untilAsserted(() -> expected.accept(table(name)));
    }

    private void awaitState(String name, String state) {
        awaitTable(name, table -> assertThat(table.state()).as(table.toString()).isEqualTo(state));
    }

    private String refusal(String... choices) {
        Mirror refused = pair.start(settings -> settings.choosing(choices));
        MirrorState.Refused state = (MirrorState.Refused) DatabasePair.awaitEnd(refused);
        return state.findings().toString();
    }

    /** Field note A5: explained before anything is copied, with the line to type. */
    @Test
    void byDefaultOrphansOfProductionStopTheFirstStart() {
        parentAndChild();
        pair.source().run("insert into child values (1, 7), (2, 8), (3, null)");
        assertThat(refusal())
                .contains("2 rows of production break the foreign key fk of public.child (column parent)")
                .contains("understudy.constraints=public.child.fk=keep")
                .contains("=null", "=quarantine");
        assertThat(pair.slots()).isZero();
    }

    @Test
    void byDefaultAnOrphanThatArrivesPausesItsTableUntilItsParentIsThere() {
        parentAndChild();
        pair.source().run("insert into parent values (1)", "insert into child values (1, 1)");
        started();
        awaitState("child", "streaming");
        pair.source().run("insert into child values (2, 2)", "insert into other values (1)");
        awaitTable("child", table -> {
            assertThat(table.state()).isEqualTo("paused");
            assertThat(table.reason()).contains("public.parent", "constraint fk", "column parent");
            assertThat(table.remedy()).contains("understudy.constraints=public.child.fk=keep");
        });
        reached();
        pair.assertEqual("other");
        assertThat(children()).containsExactly("1:1");
        DatabasePair.stop(mirror);

        started();
        awaitState("child", "paused");
        pair.source().run("insert into parent values (2)");
        awaitState("child", "streaming");
        reached();
        pair.assertEqual();
    }

    @Test
    void keepLetsOrphansArrive() {
        parentAndChild();
        pair.source().run("insert into child values (1, 7)");
        started("child.fk=keep");
        pair.source().run("insert into child values (2, 8)", "update child set v = 'x' where id = 1");
        reached();
        pair.assertEqual();
        assertThat(quarantined()).isEmpty();
    }

    @Test
    void nullEmptiesTheReferenceAndFillsItWhenTheParentArrives() {
        parentAndChild();
        pair.source().run("insert into parent values (1)", "insert into child values (1, 1, 'a'), (2, 2, 'b')");
        started("public.child.fk=null");
        awaitChildren("1:1", "2:-");
        pair.source()
                .run("insert into child values (3, 3, 'c'), (4, 1, 'd')", "update child set v = 'bb' where id = 2");
        reached();
        awaitChildren("1:1", "2:-", "3:-", "4:1");
        assertThat(quarantined()).containsExactly("child fk emptied [\"2\"]", "child fk emptied [\"3\"]");
        assertThat(pair.target().value("select v from child where id = 2")).isEqualTo("bb");

        pair.source()
                .run(
                        "insert into parent values (2)",
                        "delete from parent where id = 1",
                        "delete from child where id = 3");
        reached();
        awaitChildren("1:-", "2:2", "4:-");
        pair.source().run("insert into parent values (1)");
        reached();
        pair.assertEqual();
        assertThat(quarantined()).isEmpty();
    }

    @Test
    void quarantineTakesTheRowAndBringsItBackWhenTheParentArrives() {
        parentAndChild();
        pair.source().run("insert into parent values (1)", "insert into child values (1, 1, 'a'), (2, 2, 'b')");
        started("child.fk=quarantine");
        awaitChildren("1:1");
        pair.source()
                .run(
                        "insert into child values (3, 3, repeat(md5('c'), 1)), (4, 1, 'd')",
                        "update child set v = 'bb' where id = 2",
                        "update child set id = 33 where id = 3");
        reached();
        awaitChildren("1:1", "4:1");
        assertThat(quarantined()).containsExactly("child fk quarantined [\"2\"]", "child fk quarantined [\"33\"]");
        assertThat(pair.target().value("select row_values->>'v' from understudy.quarantine where key->>0 = '2'"))
                .isEqualTo("bb");
        try (TargetDatabase target =
                TargetDatabase.open(pair.vertx(), pair.target().url(), pair.name())) {
            assertThat(Quarantine.count(target.client(), pair.name()))
                    .singleElement()
                    .satisfies(count -> assertThat(count.rows()).isEqualTo(2));
        }
        DatabasePair.stop(mirror);

        started("child.fk=quarantine");
        pair.source().run("insert into parent values (2), (3)", "delete from parent where id = 1");
        reached();
        awaitChildren("2:2", "33:3");
        pair.source().run("update child set parent = 2 where parent = 1");
        reached();
        pair.assertEqual();
        assertThat(quarantined()).isEmpty();
    }

    /** An update that leaves a TOASTed value alone does not carry it; the quarantine does. */
    @Test
    void aQuarantinedRowIsUpdatedAsIfItWereInItsTable() {
        parentAndChild();
        pair.source()
                .run("insert into child select 1, 5, string_agg(md5(i::text), '') from generate_series(1, 20000) i");
        started("child.fk=quarantine");
        pair.source().run("update child set parent = 6");
        reached();
        awaitChildren();
        pair.source().run("insert into parent values (6)");
        reached();
        pair.assertEqual();
        pair.source().run("update child set parent = 7", "delete from child");
        reached();
        assertThat(quarantined()).isEmpty();
        pair.assertEqual();
    }

    /** Production vouches for the second and third key; a quarantined row takes its children along all the same. */
    @Test
    void whatRefersToAQuarantinedRowFollowsItAndComesBackWithIt() {
        pair.both(
                        "create table customer (tenant int, id numeric, primary key (tenant, id))",
                        "create table orders (tenant int, id int, customer numeric, before int, primary key (tenant, id), "
                                + "foreign key (tenant, before) references orders)",
                        "create table item (id int primary key, tenant int, orders int, foreign key (tenant, orders) references orders)")
                .adopt();
        pair.target()
                .run(
                        "alter table orders add constraint fk_customer foreign key (tenant, customer) references customer");
        pair.source()
                .run(
                        "insert into customer values (1, 1)",
                        "insert into orders values (1, 1, 1, null), (1, 2, 2, null), (1, 3, 1, 2), (1, 4, 1, 3)",
                        "insert into item values (1, 1, 1), (2, 1, 2), (3, 1, 4)");
        started("public.orders.fk_customer=quarantine");
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(pair.target().column("select id from orders order by id"))
                        .containsExactly("1"));
        assertThat(pair.target().column("select id from item order by id")).containsExactly("1");
        pair.source().run("insert into item values (4, 1, 3), (5, 1, 1)");
        reached();
        assertThat(pair.target().column("select id from item order by id")).containsExactly("1", "5");

        pair.source().run("insert into customer values (1, 2)");
        reached();
        pair.assertEqual();
        assertThat(quarantined()).isEmpty();

        pair.source().run("update customer set id = 9 where id = 2");
        reached();
        assertThat(pair.target().column("select id from item order by id")).containsExactly("1", "5");
        pair.source().run("update customer set id = 2 where id = 9");
        reached();
        pair.assertEqual();
    }

    @Test
    void aKeyThatRefersToOtherColumnsThanTheParentsKey() {
        pair.both(
                        "create table parent (id int primary key, code text unique, v text)",
                        "create table child (id int primary key, parent text)")
                .adopt();
        pair.target().run("alter table child add constraint fk foreign key (parent) references parent (code)");
        pair.source()
                .run(
                        "insert into parent values (1, 'a'), (2, 'b'), (3, 'c')",
                        "insert into child values (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd')");
        started("child.fk=quarantine");
        awaitChildren("1:a", "2:b", "3:c");
        pair.source()
                .transaction(
                        "delete from parent where id = 1",
                        "update parent set code = 'd' where id = 2",
                        "update parent set v = 'v' where id = 3");
        reached();
        awaitChildren("3:c", "4:d");
        pair.source().run("truncate parent");
        reached();
        awaitChildren();
        pair.source().run("insert into parent values (9, 'a')");
        reached();
        awaitChildren("1:a");
        pair.source().run("truncate child");
        reached();
        assertThat(quarantined()).isEmpty();
    }

    /** Field note A4. */
    @Test
    void aParentThatIsNotMirroredNeedsADecision() {
        pair.both(
                        "create schema auth",
                        "create table auth.users (id int primary key)",
                        "create table draft (id int primary key, author int not null references auth.users, editor int references auth.users)")
                .adopt();
        pair.target().run("insert into auth.users values (1)");
        pair.source()
                .run(
                        "insert into auth.users values (1), (2), (3)",
                        "insert into draft values (1, 1, 1), (2, 1, 2), (3, 2, 1)");
        mirror = pair.start(settings -> settings.with(TableSettings.DEFAULT.including("public.*")));
        String findings =
                ((MirrorState.Refused) DatabasePair.awaitEnd(mirror)).findings().toString();
        assertThat(findings)
                .contains("auth.users, which is not mirrored")
                .contains("understudy.tables.exclude=public.draft")
                .contains("understudy.constraints=public.draft.draft_author_fkey=keep");
        mirror = pair.start(settings -> settings.with(TableSettings.DEFAULT.including("public.*"))
                .choosing("draft.draft_author_fkey=null", "draft.nothing=keep", "draft.id=keep"));
        findings =
                ((MirrorState.Refused) DatabasePair.awaitEnd(mirror)).findings().toString();
        assertThat(findings)
                .contains("null needs a column that may be null")
                .contains("draft.nothing=keep, which names no constraint")
                .contains("keep is for foreign keys only");

        mirror = pair.start(settings -> settings.with(TableSettings.DEFAULT.including("public.*"))
                .choosing("draft.draft_author_fkey=quarantine", "draft.draft_editor_fkey=null"));
        pair.awaitStreaming(mirror);
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(pair.target().column("select draft::text from draft order by 1"))
                        .containsExactly("(1,1,1)", "(2,1,)"));
        pair.source().run("insert into draft values (4, 1, 3), (5, 3, 1)");
        reached();
        assertThat(pair.target().column("select draft::text from draft order by 1"))
                .containsExactly("(1,1,1)", "(2,1,)", "(4,1,)");
    }

    @Test
    void resyncOfEitherTableKeepsTheRules() {
        parentAndChild();
        pair.source().run("insert into parent values (1), (2)", "insert into child values (1, 1), (2, 2), (3, 3)");
        started("child.fk=quarantine");
        awaitChildren("1:1", "2:2");
        copiedAgain("parent", "insert into child values (4, 4)", "delete from parent where id = 2");
        awaitChildren("1:1");
        copiedAgain("child", "insert into parent values (4)");
        awaitChildren("1:1", "4:4");
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(quarantined())
                        .containsExactly("child fk quarantined [\"2\"]", "child fk quarantined [\"3\"]"));
    }

    /** With these changes meanwhile; returns when the table streams again. */
    private void copiedAgain(String table, String... changes) {
        String copied = "select copied_lsn from understudy.mirrored_table where state = 'streaming' and table_name = '"
                + table + "'";
        String before = pair.target().value(copied);
        pair.resync(table);
        pair.source().run(changes);
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() ->
                        assertThat(pair.target().column(copied)).hasSize(1).doesNotContain(before));
        reached();
    }

    @Test
    void whoeverChoosesAnotherPolicyGetsBackWhatWasTaken() {
        parentAndChild();
        pair.source().run("insert into child values (1, 1, 'a'), (2, 2, 'b')");
        started("child.fk=quarantine");
        awaitChildren();
        DatabasePair.stop(mirror);
        started("child.fk=null");
        awaitChildren("1:-", "2:-");
        DatabasePair.stop(mirror);
        started("child.fk=keep");
        awaitChildren("1:1", "2:2");
        assertThat(quarantined()).isEmpty();
        DatabasePair.stop(mirror);
        started();
        awaitTable("child", table -> {
            assertThat(table.state()).isEqualTo("paused");
            assertThat(table.reason()).startsWith("2 rows of public.child refer to rows of public.parent");
        });
    }

    /** Both are staging's own. */
    private void checkedTable() {
        pair.both(
                        "create table item (id int primary key, name text, price numeric, doubled numeric generated always as (price * 2) stored)",
                        "create table part (id int primary key, item int references item)")
                .adopt();
        pair.target()
                .run(
                        "alter table item add constraint cheap check (doubled < 200), alter name set not null",
                        "alter table item add note text not null default 'staging', add unique (name)");
    }

    @Test
    void byDefaultRowsThatBreakChecksAndNotNullsStopTheFirstStart() {
        checkedTable();
        pair.source().run("insert into item values (1, 'a', 1), (2, null, 2), (3, 'c', 300), (4, null, 4)");
        assertThat(refusal())
                .contains("1 row of production breaks the check constraint cheap of public.item (column doubled)")
                .contains("2 rows of production break the not null constraint name of public.item (column name)")
                .contains("understudy.constraints=public.item.cheap=quarantine")
                .contains("understudy.constraints=public.item.name=quarantine");
    }

    @Test
    void rowsThatBreakAChosenCheckOrNotNullGoToTheQuarantineAndComeBack() {
        checkedTable();
        pair.source()
                .run(
                        "insert into item values (1, 'a', 1), (2, null, 2), (3, 'c', 300), (4, 'd', 4)",
                        "insert into part values (1, 1), (2, 2), (3, 3)");
        started("item.cheap=quarantine", "item.name=quarantine");
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(pair.target().column("select id from part order by 1"))
                        .containsExactly("1"));
        assertThat(pair.target().column("select item::text from item order by 1"))
                .containsExactly("(1,a,1,2,staging)", "(4,d,4,8,staging)");
        assertThat(quarantined())
                .containsExactly(
                        "item cheap quarantined [\"3\"]",
                        "item name quarantined [\"2\"]",
                        "part part_item_fkey quarantined [\"2\"]",
                        "part part_item_fkey quarantined [\"3\"]");

        pair.target().run("update item set note = 'kept' where id = 1");
        pair.source()
                .run(
                        "update item set name = 'b' where id = 2",
                        "update item set price = 1000 where id = 1",
                        "insert into item values (5, null, 5), (6, 'f', 6)",
                        "update item set id = 7 where id = 4");
        reached();
        assertThat(pair.target().column("select item::text from item order by 1"))
                .containsExactly("(2,b,2,4,staging)", "(6,f,6,12,staging)", "(7,d,4,8,staging)");
        assertThat(pair.target().column("select id from part order by 1")).containsExactly("2");
        DatabasePair.stop(mirror);

        started("item.*=quarantine");
        pair.source().run("update item set price = 1 where id in (1, 3)", "delete from item where id = 5");
        reached();
        pair.assertEqual("part");
        assertThat(pair.target().column("select id || note from item order by 1"))
                .containsExactly("1kept", "2staging", "3staging", "6staging", "7staging");
        assertThat(quarantined()).isEmpty();
        pair.source()
                .transaction(
                        "insert into item values (8, null, 5)",
                        "truncate item, part",
                        "insert into item values (9, 'x', 1), (10, null, 1)");
        reached();
        assertThat(pair.target().column("select id from item")).containsExactly("9");
        assertThat(quarantined()).containsExactly("item name quarantined [\"10\"]");

        copiedAgain("item");
        assertThat(pair.target().column("select id from item")).containsExactly("9");
        assertThat(quarantined()).containsExactly("item name quarantined [\"10\"]");

        pair.target().run("alter table item alter name drop not null");
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(pair.target().column("select id from item order by id"))
                        .containsExactly("9", "10"));
    }

    @Test
    void aPausedTableNamesTheSettingThatLetsItGoOn() {
        checkedTable();
        started();
        pair.source().run("insert into item values (1, 'a', 500)");
        awaitTable("item", table -> {
            assertThat(table.state()).isEqualTo("paused");
            assertThat(table.remedy()).contains("understudy.constraints=public.item.cheap=quarantine");
        });
        DatabasePair.stop(mirror);
        started("item.cheap=quarantine");
        awaitState("item", "streaming");
        reached();
        assertThat(quarantined()).containsExactly("item cheap quarantined [\"1\"]");
    }

    @Test
    void rowsComeBackExactlyWhateverTheirTablesAndColumnsAreCalled() {
        String columns =
                IntStream.range(0, 120).mapToObj(i -> ", c" + i + " int").collect(Collectors.joining());
        pair.both(
                        "create table \"Listing\" (\"Unique ID\" text primary key)",
                        "create table \"Associated Thread/Conversation\" (tenant int, \"-Key\" int, \"Listing's\" text, n numeric, d double precision, "
                                + "j json, b bytea, c char(8), a int[], t timestamptz, s text, k bigint generated always as identity"
                                + columns + ", primary key (tenant, \"-Key\")) partition by list (tenant)",
                        "create table threads_1 partition of \"Associated Thread/Conversation\" for values in (1)",
                        "create table threads_2 partition of \"Associated Thread/Conversation\" default")
                .adopt();
        pair.target()
                .run(
                        "alter table \"Associated Thread/Conversation\" add constraint \"fk's\" foreign key (\"Listing's\") references \"Listing\"",
                        "alter table \"Associated Thread/Conversation\" add constraint sold check (s <> 'sold')");
        String row = "'x', 'NaN', '-0', '{\"a\": 1,  \"a\":2}', '\\x00ff', 'ab', '[0:1]={1,2}', 'infinity'";
        pair.source()
                .run(
                        "insert into \"Associated Thread/Conversation\" (tenant, \"-Key\", \"Listing's\", n, d, j, b, c, a, t, s, c119) values "
                                + "(1, 1, " + row + ", 'e''\\', 7), (2, 1, " + row + ", 'sold', null)");
        started("public.Associated Thread/Conversation.*=quarantine");
        pair.source()
                .run(
                        "insert into \"Associated Thread/Conversation\" (tenant, \"-Key\", \"Listing's\", n, d, j, b, c, a, t, s) values "
                                + "(1, 2, " + row + ", null), (2, 2, " + row + ", 'sold')");
        reached();
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(
                                pair.target().column("select key::text from understudy.quarantine order by 1"))
                        .containsExactly("[\"1\", \"1\"]", "[\"1\", \"2\"]", "[\"2\", \"1\"]", "[\"2\", \"2\"]"));
        pair.source()
                .run(
                        "insert into \"Listing\" values ('x')",
                        "update \"Associated Thread/Conversation\" set s = null where s = 'sold'");
        reached();
        pair.assertEqual();
        assertThat(quarantined()).isEmpty();
    }

    @Test
    void aKeyThatMatchesInFullMayNotBeNullInPart() {
        pair.both(
                        "create table parent (a int, b int, primary key (a, b))",
                        "create table child (id int primary key, a int, b int)")
                .adopt();
        pair.target().run("alter table child add constraint fk foreign key (a, b) references parent match full");
        pair.source()
                .run(
                        "insert into parent values (1, 1)",
                        "insert into child values (1, 1, 1), (2, 1, null), (3, null, null), (4, 2, 2)");
        started("child.fk=null");
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(pair.target().column("select child::text from child order by id"))
                        .containsExactly("(1,1,1)", "(2,,)", "(3,,)", "(4,,)"));
        pair.source().run("insert into parent values (2, 2)", "update child set b = 1 where id = 2");
        reached();
        pair.assertEqual();
        assertThat(quarantined()).isEmpty();
    }

    /** The rules cost nothing where production vouches: a pattern for all makes none of them. */
    @Test
    void aPatternForAllIsForThoseThatCanBeBroken() {
        pair.both(
                        "create table parent (id int primary key, v text not null, check (v <> ''))",
                        "create table child (id int primary key, parent int references parent)")
                .adopt();
        started("*.*=quarantine");
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(pair.target().count("select count(*) from understudy.rule_in_force"))
                        .isZero());
        pair.source().run("insert into parent values (1, 'a')", "insert into child values (1, 1)");
        reached();
        pair.assertEqual();
    }

    @Test
    void aLargeTransactionIsLookedAtPartByPart() {
        parentAndChild();
        started("child.fk=quarantine");
        pair.source()
                .transaction(
                        "insert into child select i, i from generate_series(1, 20000) i",
                        "insert into parent select i, 'v' from generate_series(1, 15000) i");
        reached();
        assertThat(pair.target().count("select count(*) from child")).isEqualTo(15000);
        assertThat(quarantined()).hasSize(5000);
        pair.source().run("insert into parent select i, 'v' from generate_series(15001, 20000) i");
        reached();
        pair.assertEqual();
    }
}
