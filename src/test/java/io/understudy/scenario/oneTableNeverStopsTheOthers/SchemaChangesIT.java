package io.understudy.scenario.oneTableNeverStopsTheOthers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.DatabasePair;
import io.understudy.mirror.Mirror;
import io.understudy.mirror.TableSettings;
import io.understudy.mirror.TableSettings.SchemaChanges;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What production's migrations do while its rows are mirrored: noticed before anything wrong is written. */
class SchemaChangesIT {

    private DatabasePair pair;
    private Mirror mirror;

    @BeforeEach
    void databases() {
        pair = new DatabasePair();
        pair.both(
                        "create type mood as enum ('sad', 'happy')",
                        "create table t (id int primary key, v text, m mood)",
                        "create table other (id int primary key)")
                .adopt();
        pair.source().run("insert into t select i, 'v' || i, 'sad' from generate_series(1, 100) i");
    }

    @AfterEach
    void close() throws SQLException {
        pair.close();
    }

    private void pausing() {
        mirror = pair.start();
        pair.awaitStreaming(mirror);
    }

    private void following() {
        mirror = pair.start(settings -> settings.with(TableSettings.DEFAULT.onSchemaChanges(SchemaChanges.FOLLOW)));
        pair.awaitStreaming(mirror);
    }

    /** It waits, says what to run, and the others go on; what is run then is what it said. */
    private void awaitPaused(String table, String remedy) {
        pair.awaitTable(mirror, table, status -> {
            assertThat(status.state()).as(status.toString()).isEqualTo("paused");
            assertThat(status.remedy()).contains(remedy);
        });
        pair.source().run("insert into other select coalesce(max(id), 0) + 1 from other");
        pair.awaitReached(mirror);
        pair.assertEqual("other");
    }

    private void equalInTheEnd(String... tables) {
        for (String table : tables) {
            pair.awaitTableState(mirror, "public." + table, "streaming");
        }
        pair.awaitReached(mirror);
        // A table that streamed may have paused for a moment since: what was set aside for it comes a little later.
        await().atMost(DatabasePair.PATIENCE).untilAsserted(() -> {
            pair.assertEqual();
            assertThat(pair.target().count("select count(*) from understudy.set_aside"))
                    .isZero();
        });
    }

    @Test
    void aNewColumnIsWaitedForWithTheDefaultThatOldRowsHave() {
        pausing();
        pair.source()
                .run(
                        "alter table t add column n int not null default 7",
                        "alter table t alter column n set default 8",
                        "insert into t (id) values (1000)",
                        "update t set v = 'x' where id = 5");
        awaitPaused(
                "public.t",
                "alter table public.t add column n integer default '7'::integer not null; "
                        + "alter table public.t alter column n set default 8");
        pair.target()
                .run("alter table public.t add column n integer default '7'::integer not null; "
                        + "alter table public.t alter column n set default 8");
        equalInTheEnd("t");
    }

    @Test
    void aColumnThatTheSourceFilledByItselfIsCopied() {
        pausing();
        pair.source()
                .run("alter table t add column token uuid default gen_random_uuid()", "delete from t where id = 3");
        awaitPaused("public.t", "copied again by itself");
        pair.target().run("alter table t add column token uuid default gen_random_uuid()");
        equalInTheEnd("t");
    }

    @Test
    void aTableThatIsAlteredWhileItsCopyIsAboutToBeginIsLookedAtAgain() throws SQLException {
        pausing();
        try (Connection open = pair.source().connect();
                Statement statement = open.createStatement()) {
            statement.execute("begin; insert into other values (700)");
            pair.resync("t");
            await().atMost(DatabasePair.PATIENCE)
                    .untilAsserted(() -> assertThat(pair.source()
                                    .count("select count(*) from pg_stat_activity where state = 'active' and query like"
                                            + " 'CREATE_REPLICATION_SLOT%" + pair.name() + "%'"))
                            .as("the slot waits for the open transaction")
                            .isEqualTo(1));
            pair.source().run("alter table t rename v to w");
            statement.execute("commit");
        }
        awaitPaused("public.t", "add column w text");
        pair.target().run("alter table t add column w text");
        equalInTheEnd("t");
    }

    @Test
    void aDroppedColumnStopsNothing() {
        pausing();
        pair.source()
                .run("alter table t drop column v", "insert into t (id) values (1000)", "delete from t where id < 5");
        equalInTheEnd("t");
        pair.target().run("alter table t drop column v");
        pair.source().run("insert into t (id) values (1001)");
        equalInTheEnd("t");
    }

    /** By its name alone it would look unchanged. */
    @Test
    void aColumnThatWasDroppedAndAddedAgainIsCopied() {
        pausing();
        pair.source()
                .run(
                        "alter table t drop column v",
                        "alter table t add column v text",
                        "update t set v = 'n' where id = 1");
        await().atMost(DatabasePair.PATIENCE).untilAsserted(() -> pair.assertEqual());
        equalInTheEnd("t");
    }

    @Test
    void aRenamedColumnKeepsItsValuesAlsoThoseThatWait() {
        pausing();
        DatabasePair.stop(mirror);
        pair.source()
                .run(
                        "insert into t (id, v) values (1000, 'by the old name')",
                        "alter table t rename column v to value",
                        "insert into t (id, value) values (1001, 'by the new name')");
        pausing();
        awaitPaused("public.t", "rename column \"v\" to \"value\"");
        pair.target().run("alter table t rename column v to value");
        equalInTheEnd("t");
    }

    @Test
    void aRenamedTableIsTheSameTable() {
        pausing();
        pair.source()
                .run(
                        "alter table t rename to u",
                        "insert into u (id, v) values (1000, 'n')",
                        "delete from u where id = 7");
        awaitPaused("public.t", "alter table \"public\".\"t\" rename to \"u\"");
        pair.source().run("update u set v = 'later' where id = 8");
        pair.target().run("alter table t rename to u");
        pair.awaitTableState(mirror, "public.u", "streaming");
        pair.source().run("update u set v = 'latest' where id = 9");
        equalInTheEnd("u");
    }

    /** Numbers of another precision would be rounded without a word. */
    @Test
    void aColumnOfAnotherTypeIsWaitedFor() {
        pair.both("create table price (id int primary key, p numeric(10,2))");
        pair.source().run("insert into price select i, i / 3.0 from generate_series(1, 10) i");
        pausing();
        pair.source()
                .run("alter table price alter column p type numeric(12,4)", "insert into price values (20, 1.2345)");
        awaitPaused("public.price", "alter column \"p\" type numeric(12,4)");
        pair.target().run("alter table price alter column p type numeric(12,4)");
        equalInTheEnd("price");
    }

    @Test
    void aNewLabelOfAnEnumerationIsWaitedFor() {
        pausing();
        pair.source().run("alter type mood add value 'so-so' before 'happy'");
        pair.source().run("update t set m = 'so-so' where id = 4");
        awaitPaused("public.t", "alter type public.mood add value 'so-so' after 'sad'");
        pair.target().run("alter type mood add value 'so-so' after 'sad'");
        equalInTheEnd("t");
    }

    @Test
    void aNewTableJoinsWhenTheTargetHasIt() {
        pausing();
        pair.source()
                .run(
                        "create table fresh (id int primary key, v text)",
                        "insert into fresh select i, 'f' from generate_series(1, 50) i");
        awaitPaused("public.fresh", "Run your migrations there");
        pair.target().run("create table fresh (id int primary key, v text)");
        pair.source().run("delete from fresh where id = 3");
        equalInTheEnd("fresh");
    }

    @Test
    void aDroppedTableLeavesTheMirror() {
        pausing();
        pair.source().run("insert into t (id) values (1000)", "drop table t");
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(mirror.status().tables()).hasSize(1));
        pair.source().run("insert into other values (5)");
        equalInTheEnd("other");
    }

    @Test
    void whatOnlyAddsIsFollowed() {
        following();
        pair.source()
                .run(
                        "alter type mood add value 'so-so' before 'happy'",
                        "alter table t add column n int not null default 7, add column g int generated always as (id * 2) stored",
                        "create index on t (lower(v))",
                        "create table fresh (id bigint generated always as identity primary key, t int references t, m mood)");
        pair.source()
                .run(
                        "update t set m = 'so-so' where id = 4",
                        "insert into fresh (t, m) select 5, 'happy' from generate_series(1, 30)",
                        "insert into t (id, n) values (1000, 9)");
        pair.awaitTableState(mirror, "public.fresh", "streaming");
        equalInTheEnd("t", "fresh");
        assertThat(pair.target().column("select indexdef from pg_indexes where tablename = 't'"))
                .anySatisfy(index -> assertThat(index).contains("lower(v)"));
        assertThat(pair.target().count("select count(*) from understudy.schema_change"))
                .isGreaterThanOrEqualTo(4);
        assertThat(
                        pair.target()
                                .column(
                                        "select conname from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace"))
                .containsExactly("fresh_t_fkey");
    }

    @Test
    void aNewNameIsNotFollowedAsANewColumn() {
        following();
        pair.source().run("alter table t rename column v to value", "update t set value = 'x' where id = 5");
        awaitPaused("public.t", "rename column \"v\" to \"value\"");
        pair.target().run("alter table t rename column v to value");
        equalInTheEnd("t");
    }

    /** Between two looks: neither side ever saw the name under which values came. */
    @Test
    void aNameThatAColumnHadForAMomentCostsNoValue() {
        pausing();
        pair.source()
                .run(
                        "alter table t rename column v to passing",
                        "insert into t (id, passing) values (1000, 'under a passing name')",
                        "update t set passing = 'changed' where id = 3",
                        "alter table t rename column passing to v",
                        "update t set v = 'again' where id = 4");
        await().atMost(DatabasePair.PATIENCE).untilAsserted(() -> pair.assertEqual());
        equalInTheEnd("t");
    }

    @Test
    void aNameThatAColumnHadWhileTheMirrorWasDownCostsNoValue() {
        pausing();
        DatabasePair.stop(mirror);
        pair.source()
                .run(
                        "alter table t rename column v to passing",
                        "insert into t (id, passing) values (1000, 'under a passing name')",
                        "alter table t rename column passing to last");
        pair.target().run("alter table t rename column v to last");
        pausing();
        await().atMost(DatabasePair.PATIENCE).untilAsserted(() -> pair.assertEqual());
        equalInTheEnd("t");
    }

    /** Staging was migrated first: its rows have its own default, or none. */
    @Test
    void rowsThatAreOlderThanTheirColumnGetWhatOlderRowsHave() {
        pausing();
        pair.target().run("alter table t add column n int default 5", "alter table t alter column n drop default");
        pair.source().run("insert into t (id) values (1000)");
        pair.awaitReached(mirror);
        pair.source()
                .run(
                        "alter table t add column n int default 5",
                        "alter table t alter column n drop default",
                        "insert into t (id) values (1001)");
        await().atMost(DatabasePair.PATIENCE).untilAsserted(() -> pair.assertEqual());
        equalInTheEnd("t");
    }

    @Test
    void tablesThatChangeTheirNamesAreNotTakenForEachOther() {
        pair.both("create table u (id int primary key, v text, m mood)");
        pausing();
        pair.source()
                .run(
                        "insert into u values (1, 'of u')",
                        "alter table t rename to old",
                        "alter table u rename to t",
                        "alter table old rename to u",
                        "insert into t values (2, 'of u as well')",
                        "delete from u where id = 5");
        await().atMost(DatabasePair.PATIENCE).untilAsserted(() -> pair.assertEqual());
        equalInTheEnd("t", "u");
    }
}
