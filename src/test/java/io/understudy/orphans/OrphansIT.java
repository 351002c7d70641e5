package io.understudy.orphans;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.DatabasePair;
import io.understudy.Masking;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows without a parent: found at both sides (C1), mended by policy (C2), validated (C3), verified (C4). */
class OrphansIT {

    private static final String FK = "public.orders.orders_user_fkey";

    private DatabasePair pair;
    private OrphanRig rig;

    @BeforeEach
    void databases() {
        pair = new DatabasePair();
        rig = new OrphanRig(pair);
    }

    @AfterEach
    void close() throws SQLException {
        pair.close();
    }

    /** Profiles 1 and 2; orders of 1, of nobody, and of two who are not there. The key was never validated. */
    private void orders() {
        pair.both(
                        "create table profiles (id int primary key, name text)",
                        "create table orders (id int primary key, user_id int, note text)",
                        "create table items (id int primary key, order_id int not null references orders)",
                        "insert into profiles values (1, 'one'), (2, 'two')",
                        "insert into orders values (1, 1, 'a'), (2, null, 'b'), (3, 8, 'c'), (4, 9, 'd')",
                        "alter table orders add constraint orders_user_fkey foreign key (user_id) references profiles not valid")
                .adopt();
    }

    private List<String> orderRows() {
        return pair.target().column("select id || ':' || coalesce(user_id::text, '-') from orders order by id");
    }

    private List<String> copies() {
        return pair.target()
                .column("select table_name || ' ' || action || ' ' || key || ' ' || row_values || ' ' || refers_to"
                        + " from understudy.quarantine order by 1");
    }

    private List<String> audit() {
        return pair.target()
                .column("select table_name || ' ' || action || ' ' || key || ' ' || (details->>'constraint') || ' ' ||"
                        + " (by = session_user and mirror = '" + pair.name()
                        + "') from understudy.audit order by id");
    }

    private boolean isValidated(String name) {
        return pair.target()
                .value("select convalidated::text from pg_constraint where conname = '" + name + "'")
                .equals("true");
    }

    @Test
    void countsBothSidesAndTellsWhichOnes() {
        orders();
        pair.source().run("delete from orders where id = 4");
        OrphanReport.Line line = rig.line(FK);
        assertThat(rig.counts(FK)).isEqualTo("1/2");
        assertThat(line.key().source().isValidated()).isFalse();
        assertThat(line.samples().stream().map(OrphanSample::toString))
                .containsExactlyInAnyOrder("(id=3) -> (user_id=8)", "(id=4) -> (user_id=9)");
        assertThat(OrphanAdvice.settings(line.key())).startsWith("stop: such a row stops its table");
        assertThat(OrphanAdvice.remedies(line).toString())
                .contains("--fix " + FK + "=quarantine (or null, assign=KEY, delete)")
                .contains("understudy.constraints=" + FK + "=quarantine")
                .contains("create index concurrently on \"public\".\"orders\" (\"user_id\");");
        pair.target().run("create index on orders (user_id, note)");
        assertThat(OrphanAdvice.remedies(rig.line(FK)).toString()).doesNotContain("create index");
        assertThat(rig.counts("public.items.items_order_id_fkey")).isEqualTo("0/0");
        assertThat(rig.report().isFound()).isTrue();
    }

    @Test
    void keysOfOneSideOnlyAreCountedOnBoth() {
        pair.both(
                        "create table a (id int primary key)",
                        "create table b (id int primary key, a int, other int)",
                        "insert into b values (1, 7, 7)")
                .adopt();
        pair.source().run("alter table b add constraint there foreign key (a) references a not valid");
        pair.target()
                .run(
                        "create table own (id int primary key, b int references b)",
                        "alter table b add constraint here foreign key (other) references a not valid",
                        "create table elsewhere (id int primary key)",
                        "alter table b add column e int references elsewhere");
        assertThat(rig.counts("public.b.there")).isEqualTo("1/1");
        assertThat(rig.line("public.b.there").key().target().declared()).isEmpty();
        assertThat(rig.counts("public.b.here")).isEqualTo("1/1");
        assertThat(rig.line("public.b.here").key().source().declared()).isEmpty();
        assertThat(rig.counts("public.own.own_b_fkey")).isEqualTo("-/0");
        assertThat(rig.counts("public.b.b_e_fkey")).isEqualTo("-/0");
        assertThat(OrphanAdvice.settings(rig.line("public.own.own_b_fkey").key()))
                .contains("not mirrored");
    }

    @Test
    void compositeKeysSelfReferencesPartitionsAndOddNames() {
        pair.both(
                        "create table \"User\" (\"a b\" int, c text, primary key (\"a b\", c))",
                        "insert into \"User\" values (1, 'x')",
                        "create table \"odd.name\" (id int primary key, \"a b\" int, c text)",
                        "create table whole (id int primary key, a int, c text)",
                        "insert into \"odd.name\" values (1, 1, 'x'), (2, 1, null), (3, 1, 'y'), (4, null, null)",
                        "insert into whole values (1, 1, 'x'), (2, 1, null), (3, 1, 'y'), (4, null, null)",
                        "alter table \"odd.name\" add constraint \"fk='1'\" foreign key (\"a b\", c) references \"User\" not valid",
                        "alter table whole add constraint wholly foreign key (a, c) references \"User\" match full not valid",
                        "create table tree (id int primary key, up int)",
                        "insert into tree values (1, null), (2, 1), (3, 77)",
                        "alter table tree add constraint up foreign key (up) references tree not valid",
                        "create table parted (id int primary key) partition by range (id)",
                        "create table parted_1 partition of parted for values from (0) to (10)",
                        "create table part_child (id int, parent int references parted, primary key (id)) partition by range (id)",
                        "create table part_child_1 partition of part_child for values from (0) to (10)",
                        "insert into parted values (1)",
                        "set session_replication_role = replica",
                        "insert into part_child values (1, 1), (2, 2)")
                .adopt();
        pair.both("set session_replication_role = replica; insert into part_child values (3, 2)");
        assertThat(rig.counts("public.odd.name.fk='1'")).isEqualTo("1/1");
        assertThat(rig.counts("public.whole.wholly")).isEqualTo("2/2");
        assertThat(rig.counts("public.tree.up")).isEqualTo("1/1");
        assertThat(rig.counts("public.part_child.part_child_parent_fkey")).isEqualTo("2/2");

        OrphanOutcome outcome = rig.apply(
                "odd.name.fk='1'=null",
                "wholly=assign=1,x",
                "public.tree.up=delete",
                "part_child_parent_fkey=quarantine");
        assertThat(outcome.isDone()).as(outcome.toString()).isTrue();
        assertThat(pair.target().column("select concat_ws(':', id, \"a b\", c) from \"odd.name\" order by id"))
                .containsExactly("1:1:x", "2:1", "3", "4");
        assertThat(pair.target().column("select concat_ws(':', id, a, c) from whole order by id"))
                .containsExactly("1:1:x", "2:1:x", "3:1:x", "4");
        assertThat(pair.target().column("select id from tree order by id")).containsExactly("1", "2");
        assertThat(pair.target().column("select id from part_child")).containsExactly("1");
        assertThat(isValidated("fk=''1''")).isTrue();
        assertThat(rig.report().lines().stream()
                        .allMatch(line -> line.atTarget().rows() == 0))
                .isTrue();
        assertThat(audit()).hasSize(6);
    }

    @Test
    void aPlanWritesNothing() {
        orders();
        OrphanPlan plan = rig.plan(FK + "=delete");
        OrphanPlan.Step step = plan.steps().get(0);
        assertThat(step.rows()).isEqualTo(2);
        assertThat(step.change()).startsWith("delete from only \"public\".\"orders\" as t where");
        assertThat(step.afterwards())
                .containsExactly("alter table \"public\".\"orders\" validate constraint \"orders_user_fkey\"");
        assertThat(orderRows()).containsExactly("1:1", "2:-", "3:8", "4:9");
        assertThat(copies()).isEmpty();
        assertThat(audit()).isEmpty();
        assertThat(isValidated("orders_user_fkey")).isFalse();
    }

    @Test
    void deleteKeepsACopyAndAnAuditRowAndValidates() {
        orders();
        OrphanOutcome outcome = rig.apply("orders_user_fkey=delete");
        assertThat(outcome.isDone()).isTrue();
        assertThat(outcome.results().get(0).changed()).isEqualTo(2);
        assertThat(orderRows()).containsExactly("1:1", "2:-");
        assertThat(copies())
                .containsExactly(
                        "orders orphan-delete [\"3\"] {\"id\": \"3\", \"note\": \"c\", \"user_id\": \"8\"} [\"8\"]",
                        "orders orphan-delete [\"4\"] {\"id\": \"4\", \"note\": \"d\", \"user_id\": \"9\"} [\"9\"]");
        assertThat(audit())
                .containsExactly(
                        "orders orphan-delete [\"3\"] orders_user_fkey true",
                        "orders orphan-delete [\"4\"] orders_user_fkey true");
        assertThat(isValidated("orders_user_fkey")).isTrue();
        assertThat(pair.source().count("select count(*) from orders")).isEqualTo(4);

        OrphanPlan again = rig.plan("orders_user_fkey=delete");
        assertThat(again.hasWork()).isFalse();
        OrphanOutcome second = rig.apply("orders_user_fkey=delete");
        assertThat(second.isDone()).isTrue();
        assertThat(second.results().get(0).changed()).isZero();
        assertThat(audit()).hasSize(2);

        // As docs/orphans.md has it, when the parent is there.
        pair.target()
                .run(
                        "insert into profiles values (8)",
                        "insert into orders select (jsonb_populate_record(null::orders, row_values)).* from understudy.quarantine"
                                + " where table_name = 'orders' and action = 'orphan-delete' and key = '[\"3\"]'");
        assertThat(orderRows()).containsExactly("1:1", "2:-", "3:8");
    }

    @Test
    void nullAndAssignKeepWhatWasThere() {
        orders();
        assertThat(rig.apply(FK + "=null").isDone()).isTrue();
        assertThat(orderRows()).containsExactly("1:1", "2:-", "3:-", "4:-");
        assertThat(copies())
                .containsExactly(
                        "orders orphan-null [\"3\"] {\"user_id\": \"8\"} [\"8\"]",
                        "orders orphan-null [\"4\"] {\"user_id\": \"9\"} [\"9\"]");

        pair.target().run("set session_replication_role = replica; update orders set user_id = 77 where id = 3");
        assertThat(rig.apply(FK + "=assign=2").isDone()).isTrue();
        assertThat(orderRows()).containsExactly("1:1", "2:-", "3:2", "4:-");
        assertThat(copies()).contains("orders orphan-assign [\"3\"] {\"user_id\": \"77\"} [\"77\"]");
        assertThat(audit()).contains("orders orphan-assign [\"3\"] orders_user_fkey true");
    }

    @Test
    void reportLeavesThemAndValidatesWhereThereAreNone() {
        orders();
        OrphanOutcome left = rig.apply(FK + "=report");
        assertThat(left.isDone()).isFalse();
        assertThat(left.results().get(0).left().rows()).isEqualTo(2);
        assertThat(isValidated("orders_user_fkey")).isFalse();
        assertThat(orderRows()).hasSize(4);
        pair.target().run("delete from orders where id > 2");
        assertThat(rig.apply(FK + "=report").isDone()).isTrue();
        assertThat(isValidated("orders_user_fkey")).isTrue();
    }

    @Test
    void triggersOfTheTargetDoNotFire() {
        orders();
        pair.target()
                .run(
                        "create table fired (what text)",
                        "create function fire() returns trigger language plpgsql as $$ begin "
                                + "insert into public.fired values (tg_op); return coalesce(new, old); end $$",
                        "create trigger fires before insert or update or delete on orders for each row execute function fire()");
        rig.apply(FK + "=delete");
        assertThat(pair.target().count("select count(*) from fired")).isZero();
        pair.target().run("delete from orders where id = 1");
        assertThat(pair.target().count("select count(*) from fired")).isEqualTo(1);
    }

    @Test
    void whatRefersToARemovedRowIsAConsequenceOrIsMendedToo() {
        orders();
        pair.target().run("insert into items values (1, 1), (2, 3), (3, 3)");
        OrphanPlan plan = rig.plan(FK + "=delete");
        assertThat(plan.consequences()).hasSize(1);
        assertThat(plan.consequences().get(0).key().path()).isEqualTo("public.items.items_order_id_fkey");
        assertThat(plan.consequences().get(0).rows()).isEqualTo(2);

        OrphanPlan both = rig.plan("items_order_id_fkey=quarantine", FK + "=delete");
        assertThat(both.consequences()).isEmpty();
        assertThat(both.steps().stream().map(OrphanPlan.Step::rows)).containsExactly(2L, 2L);

        OrphanOutcome alone = rig.apply(FK + "=delete");
        assertThat(alone.isDone()).isFalse();
        assertThat(alone.consequences().get(0).rows()).isEqualTo(2);
        OrphanOutcome rest = rig.apply("items_order_id_fkey=quarantine");
        assertThat(rest.isDone()).isTrue();
        assertThat(pair.target().column("select id from items")).containsExactly("1");
        assertThat(copies())
                .filteredOn(copy -> copy.startsWith("items orphan-quarantine"))
                .hasSize(2);
    }

    /** A removed row leaves its children without a parent, and so on to the end of the chain. */
    @Test
    void chainsAndTablesOfStagingItself() {
        pair.both(
                        "create table tree (id int primary key, up int)",
                        "insert into tree select i, i - 1 from generate_series(1, 50) i",
                        "insert into tree values (100, null), (101, 100)",
                        "alter table tree add constraint up foreign key (up) references tree not valid")
                .adopt();
        pair.target()
                .run(
                        "create table own (id int primary key, tree int references tree)",
                        "create table owned (id int primary key, own int references own)",
                        "insert into own values (1, 50), (2, 101)",
                        "insert into owned values (1, 1), (2, 2)");
        assertThat(rig.counts("public.tree.up")).isEqualTo("1/1");
        OrphanPlan plan = rig.plan("tree.up=delete", "own.own_tree_fkey=delete");
        assertThat(plan.steps().stream().map(OrphanPlan.Step::rows)).containsExactly(50L, 1L);
        assertThat(plan.consequences().stream().map(lost -> lost.key().path() + " " + lost.rows()))
                .containsExactly("public.owned.owned_own_fkey 1");
        OrphanOutcome outcome = rig.apply("tree.up=delete", "own.own_tree_fkey=delete", "owned.owned_own_fkey=null");
        assertThat(outcome.isDone()).as(outcome.toString()).isTrue();
        assertThat(pair.target().column("select id from tree order by 1")).containsExactly("100", "101");
        assertThat(pair.target().column("select id from own")).containsExactly("2");
        assertThat(pair.target().column("select concat_ws(':', id, own) from owned order by 1"))
                .containsExactly("1", "2:2");
    }

    @Test
    void aKeyThatTheTargetLacksIsMendedAndHandedOver() {
        orders();
        pair.target().run("alter table orders drop constraint orders_user_fkey");
        OrphanOutcome outcome = rig.apply(FK + "=quarantine");
        assertThat(outcome.isDone()).isTrue();
        assertThat(outcome.results().get(0).byHand())
                .containsExactly(
                        "alter table \"public\".\"orders\" add constraint \"orders_user_fkey\" FOREIGN KEY (user_id) "
                                + "REFERENCES public.profiles(id) not valid",
                        "alter table \"public\".\"orders\" validate constraint \"orders_user_fkey\"");
        outcome.results().get(0).byHand().forEach(pair.target()::run);
        assertThat(isValidated("orders_user_fkey")).isTrue();
    }

    @Test
    void aConstraintThatCannotBeValidatedIsTold() {
        orders();
        pair.target()
                .run(
                        "create function forbid() returns event_trigger language plpgsql as $$ begin "
                                + "raise exception 'no migrations today'; end $$",
                        "create event trigger forbidden on ddl_command_start when tag in ('ALTER TABLE') "
                                + "execute function forbid()");
        OrphanOutcome outcome = rig.apply(FK + "=null");
        assertThat(outcome.isDone()).isFalse();
        assertThat(outcome.isUnknown()).isFalse();
        assertThat(outcome.results().get(0).left().rows()).isZero();
        assertThat(outcome.results().get(0).refusal()).startsWith("Validating " + FK + " failed");
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnce() {
        orders();
        pair.both(
                "create table bare (v int, user_id int)",
                "alter table bare replica identity full",
                "alter table bare add constraint bare_fk foreign key (user_id) references profiles not valid",
                "create table pair (a int, b int, primary key (a, b))",
                "create table one (id int primary key, a int, b int)",
                "alter table one add constraint one_fk foreign key (a, b) references pair not valid",
                "create table profile_more (id int primary key references profiles)");
        assertThat(rig.problems(
                        "orders_user_fkey=assign=5",
                        "orders_user_fkey=delete",
                        "items_order_id_fkey=null",
                        "bare_fk=quarantine",
                        "one_fk=assign=1",
                        "nope_fk=delete",
                        "bare_fk",
                        "profile_more_id_fkey=assign=1"))
                .satisfiesExactly(
                        problem -> assertThat(problem).contains("names " + FK + " twice"),
                        problem -> assertThat(problem).contains("one_fk=assign", "2 values by comma", "a, b"),
                        problem -> assertThat(problem).contains("nope_fk", "names no foreign key"),
                        problem -> assertThat(problem).contains("\"bare_fk\"; it takes CONSTRAINT=POLICY"),
                        problem -> assertThat(problem)
                                .contains("names a row of public.profiles that is not at the target"),
                        problem -> assertThat(problem)
                                .contains("items_order_id_fkey=null needs a column that may be null"),
                        problem -> assertThat(problem).contains("bare_fk=quarantine needs a key", "public.bare"),
                        problem -> assertThat(problem).contains("would change id", "part of the key"));
        assertThat(rig.problems("orders_user_fkey=assign=abc").toString()).contains("none of its columns' types");
    }

    @Test
    void whatCannotBeCountedInTimeIsNotFine() throws SQLException {
        orders();
        try (Connection connection = pair.target().connect();
                Statement statement = connection.createStatement()) {
            OrphanReport report = rig.report(Duration.ofSeconds(1), () -> {
                try {
                    statement.execute("begin; lock table orders in access exclusive mode");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(report.isUnknown()).isTrue();
            OrphanReport.Line line = OrphanRig.line(report, FK);
            assertThat(line.atTarget()).isInstanceOf(OrphanCount.Unknown.class);
            assertThat(line.atSource().rows()).isEqualTo(2);
            assertThat(OrphanAdvice.remedies(line).toString()).contains("--timeout 10m");
        }
    }

    /** Before the first copy the target may be a restored production: nothing of it passed a mask. */
    @Test
    void keysOfMaskedColumnsAreNotShownBeforeTheyWereMasked() {
        orders();
        OrphanRig masked =
                new OrphanRig(pair, settings -> settings.with(Masking.keepingOthers("public.profiles.id=hash")));
        OrphanReport.Line line = masked.line(FK);
        assertThat(line.atTarget().rows()).isEqualTo(2);
        assertThat(line.samples()).isEmpty();
        assertThat(line.hidden()).containsExactly("user_id");
    }

    /** More than one stretch. */
    @Test
    void manyRowsGoInStretches() {
        pair.both(
                        "create table a (id int primary key)",
                        "create table b (id int primary key, a int)",
                        "alter table b add constraint b_fk foreign key (a) references a not valid")
                .adopt();
        pair.target()
                .run(
                        "set session_replication_role = replica; insert into b select i, i from generate_series(1, 9000) i");
        OrphanOutcome outcome = rig.apply("b_fk=delete");
        assertThat(outcome.isDone()).isTrue();
        assertThat(outcome.results().get(0).changed()).isEqualTo(9000);
        assertThat(pair.target().count("select count(*) from understudy.audit")).isEqualTo(9000);
        assertThat(pair.target().count("select count(distinct taken_in) from understudy.quarantine"))
                .isEqualTo(5);
    }
}
