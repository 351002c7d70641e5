package io.understudy.scenario.productionIsSafe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.DatabasePair;
import io.understudy.mirror.Mirror;
import io.understudy.mirror.MirrorState;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nothing is created at the source but one publication and one slot, and neither outlives its use. */
class ProductionIT {

    private DatabasePair pair;

    @BeforeEach
    void databases() {
        pair = new DatabasePair();
        pair.both("create table t (id int primary key, v text)").adopt();
    }

    @AfterEach
    void close() throws SQLException {
        pair.close();
    }

    /** Field note A5. */
    @Test
    void aSnapshotThatFailsSaysWhyAndLeavesNoSlotBehind() {
        pair.source().run("insert into t select i, 'value ' || i % 500 from generate_series(1, 1000) i");
        pair.target().run("alter table t add constraint once unique (v)");

        Mirror mirror = pair.start();

        assertThat(DatabasePair.awaitEnd(mirror))
                .isInstanceOfSatisfying(
                        MirrorState.Failed.class,
                        failed -> assertThat(failed.cause())
                                .contains("public.t")
                                .contains("constraint once")
                                .doesNotContain("value "));
        assertThat(pair.slots()).isZero();
    }

    /** A slot that nobody reads keeps the source's log until its disk is full. */
    @Test
    void aSnapshotThatIsStoppedLeavesNoSlotBehind() throws SQLException {
        pair.source().run("insert into t select i, 'v' from generate_series(1, 10000) i");
        pair.target()
                .run(
                        "create function slow(int) returns boolean language plpgsql as 'begin perform pg_sleep(0.01); return true; end'",
                        "alter table t add constraint slow check (slow(id))");
        Mirror mirror = pair.start();
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(pair.target().column("select pid from pg_stat_progress_copy"))
                        .isNotEmpty());

        DatabasePair.stop(mirror);

        assertThat(pair.target().value("select phase from understudy.checkpoint"))
                .isEqualTo("copying");
        assertThat(pair.slots()).isZero();
    }

    @Test
    void sessionsAtTheSourceCarryAName() {
        Mirror mirror = pair.start();
        pair.awaitReached(mirror);
        assertThat(
                        pair.source()
                                .column(
                                        "select distinct application_name from pg_stat_activity "
                                                + "where datname = current_database() and application_name <> 'test' and backend_type in ('client backend', 'walsender')"))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(name).contains(pair.name()));
    }

    @Test
    void nothingElseIsCreatedAtTheSource() {
        String objects = "select string_agg(n.nspname || '.' || c.relname, ' ' order by 1) from pg_class c "
                + "join pg_namespace n on n.oid = c.relnamespace where n.nspname !~ '^(pg_|information_schema)'";
        String before = pair.source().value(objects);
        Mirror mirror = pair.start();
        pair.awaitReached(mirror);
        assertThat(pair.source().value(objects)).isEqualTo(before);
        assertThat(pair.slots()).isEqualTo(1);
        assertThat(pair.source().column("select pubname from pg_publication"))
                .containsExactlyInAnyOrder(pair.name(), pair.name() + "_inserts");
    }

    @Test
    void theSlotFollowsWhatIsDurableSoThatTheSourceMayForgetItsLog() {
        Mirror mirror = pair.start();
        pair.source().run("insert into t select i, 'x' from generate_series(1, 5000) i");
        pair.awaitReached(mirror);
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(pair.source()
                                .value("select confirmed_flush_lsn >= '"
                                        + pair.target().value("select applied_lsn from understudy.checkpoint")
                                        + "'::pg_lsn from pg_replication_slots where slot_name = '" + pair.name()
                                        + "'"))
                        .isEqualTo("t"));
    }

    @Test
    void aSlotThatSomebodyDroppedIsNamedAndCopyingAgainMendsIt() throws SQLException {
        pair.source().run("insert into t values (1, 'a')");
        Mirror mirror = pair.start();
        pair.awaitReached(mirror);
        DatabasePair.stop(mirror);
        pair.dropSlot();
        pair.source().run("insert into t values (2, 'b')");

        assertThat(DatabasePair.awaitEnd(pair.start())).isInstanceOfSatisfying(MirrorState.Refused.class, refused -> {
            assertThat(refused.reason().orElseThrow()).contains("is gone");
            assertThat(refused.remedy().orElseThrow()).contains("run --snapshot");
        });

        Mirror anew = pair.start(pair.settings(), true);
        pair.awaitReached(anew);
        pair.assertEqual();
    }
}
