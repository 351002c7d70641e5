package io.understudy.scenario.oneTableNeverStopsTheOthers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.DatabasePair;
import io.understudy.apply.ApplySettings;
import io.understudy.mirror.Mirror;
import io.understudy.mirror.MirrorStatus.TableStatus;
import io.understudy.mirror.Settings;
import io.understudy.mirror.TableSettings;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A table that cannot be written waits; the others go on, and it goes on by itself when it can. */
class PausedTablesIT {

    private DatabasePair pair;
    private Mirror mirror;

    @BeforeEach
    void databases() {
        pair = new DatabasePair();
        pair.both("create table bad (id int primary key, v text)", "create table good (id int primary key, v text)")
                .adopt();
    }

    @AfterEach
    void close() throws SQLException {
        pair.close();
    }

    private void started() {
        mirror = pair.start();
        pair.awaitStreaming(mirror);
    }

    private void awaitTable(String name, Consumer<TableStatus> expected) {
        pair.awaitTable(mirror, "public." + name, expected);
    }

    private void awaitState(String name, String state) {
        pair.awaitTableState(mirror, "public." + name, state);
    }

    /** Field note A5: it stops with a clear message, and only what it must stop. */
    @Test
    void aRowThatBreaksARuleOfTheTargetPausesItsTableOnly() {
        started();
        pair.target().run("alter table bad add constraint short check (length(v) < 5)");
        pair.source().run("insert into bad values (1, 'ok')", "insert into bad values (2, 'too long')");
        pair.source().run("insert into good values (1, 'a')", "insert into bad values (3, 'c')");
        awaitTable("bad", table -> {
            assertThat(table.state()).isEqualTo("paused");
            assertThat(table.reason())
                    .contains("public.bad", "constraint short")
                    .doesNotContain("too long");
            assertThat(table.remedy()).contains("resync");
            assertThat(table.asideChanges()).isPositive();
        });
        pair.source().run("insert into good values (2, 'b')", "update bad set v = 'x' where id = 1");
        pair.awaitReached(mirror);
        pair.assertEqual("good");
        assertThat(pair.target().column("select id from bad where id > 1")).isEmpty();

        pair.target().run("alter table bad drop constraint short");
        awaitState("bad", "streaming");
        pair.awaitReached(mirror);
        pair.assertEqual();
        assertThat(pair.target().count("select count(*) from understudy.set_aside"))
                .isZero();
    }

    @Test
    void aPausedTableOutlivesARestart() {
        started();
        pair.target().run("alter table bad add constraint short check (length(v) < 5)");
        pair.source().run("insert into bad select i, 'too long' || i from generate_series(1, 100) i");
        awaitState("bad", "paused");
        DatabasePair.stop(mirror);
        pair.source()
                .run("update bad set v = v || 'x'", "delete from bad where id < 10", "insert into good values (7)");
        started();
        awaitState("bad", "paused");
        pair.source().run("update bad set id = id + 1000 where id < 50");
        pair.target().run("alter table bad drop constraint short");
        awaitState("bad", "streaming");
        pair.awaitReached(mirror);
        pair.assertEqual();
    }

    @Test
    void aLargeTransactionPausesTheTableItBreaksAndBringsTheRest() {
        started();
        pair.target().run("alter table bad add constraint small check (id <> 15000)");
        pair.source()
                .transaction(
                        "insert into bad select i, 'v' from generate_series(1, 20000) i",
                        "insert into good select i, 'v' from generate_series(1, 20000) i",
                        "update bad set v = 'w' where id > 19000");
        awaitState("bad", "paused");
        pair.awaitReached(mirror);
        pair.assertEqual("good");
        pair.target().run("alter table bad drop constraint small");
        awaitState("bad", "streaming");
        pair.awaitReached(mirror);
        pair.assertEqual();
    }

    @Test
    void aTableForWhichTooMuchWaitsFailsAndIsCopiedAgainOnRequest() {
        mirror = pair.start(settings -> settings.with(new ApplySettings(8000, 1 << 20, 1 << 20)));
        pair.awaitStreaming(mirror);
        pair.target().run("alter table bad add constraint short check (length(v) < 5)");
        pair.source().run("insert into bad select i, repeat('long ', 1000) from generate_series(1, 100) i");
        awaitState("bad", "paused");
        pair.source().run("insert into bad select i, repeat('long ', 1000) from generate_series(101, 400) i");
        awaitTable("bad", table -> {
            assertThat(table.state()).isEqualTo("failed");
            assertThat(table.remedy()).contains("./understudy resync public.bad");
        });
        assertThat(pair.target().count("select count(*) from understudy.set_aside"))
                .isZero();
        pair.source().run("insert into good values (1)", "delete from bad where id = 5");
        pair.target().run("alter table bad drop constraint short");

        pair.resync("bad");

        awaitState("bad", "streaming");
        pair.source().run("update bad set v = 'y' where id = 6");
        pair.awaitReached(mirror);
        pair.assertEqual();
    }

    @Test
    void aTableThatCannotBeCopiedDoesNotStopTheCopyOfTheOthers() {
        pair.source()
                .run(
                        "insert into bad select i, 'v' from generate_series(1, 1000) i",
                        "insert into good select i, 'v' from generate_series(1, 1000) i");
        pair.target().run("alter table bad add constraint small unique (v)");
        started();
        awaitTable("bad", table -> {
            assertThat(table.state()).isEqualTo("failed");
            assertThat(table.reason()).contains("constraint small");
        });
        pair.source().run("insert into good values (5000)", "insert into bad values (5000)");
        pair.awaitReached(mirror);
        pair.assertEqual("good");
        pair.target().run("alter table bad drop constraint small");
        pair.resync("bad");
        awaitState("bad", "streaming");
        pair.awaitReached(mirror);
        pair.assertEqual();
    }

    /** The log of the source does not wait for it either. */
    @Test
    void aTableThatSomebodyLockedAtTheTargetWaitsAlone() throws SQLException {
        started();
        try (var session = pair.target().connect()) {
            session.setAutoCommit(false);
            session.createStatement().execute("lock table bad in access exclusive mode");
            pair.source().run("insert into bad values (1)", "insert into good values (1)");
            awaitTable("bad", table -> {
                assertThat(table.state()).isEqualTo("paused");
                assertThat(table.remedy()).contains("pg_locks");
            });
            pair.awaitReached(mirror);
            assertThat(pair.target().column("select id from good")).containsExactly("1");
            session.rollback();
        }
        awaitState("bad", "streaming");
        pair.awaitReached(mirror);
        pair.assertEqual();
    }

    @Test
    void tablesJoinAndLeaveWithoutDisturbingTheOthers() {
        Settings only = pair.settings().with(TableSettings.DEFAULT.including("good"));
        pair.source().run("insert into bad select i, 'v' from generate_series(1, 500) i");
        mirror = pair.start(only);
        pair.awaitStreaming(mirror);
        pair.source().run("insert into good values (1)", "insert into bad values (1000)");
        pair.awaitReached(mirror);
        DatabasePair.stop(mirror);

        mirror = pair.start(pair.settings());
        pair.awaitStreaming(mirror);
        pair.source().run("insert into good values (2)", "update bad set v = 'w' where id = 7");
        awaitState("bad", "streaming");
        pair.source().run("delete from bad where id < 5");
        pair.awaitReached(mirror);
        pair.assertEqual();
        assertThat(pair.slots()).isEqualTo(1);
        DatabasePair.stop(mirror);

        mirror = pair.start(only);
        pair.awaitStreaming(mirror);
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(pair.source()
                                .column("select tablename from pg_publication_tables where pubname = '" + pair.name()
                                        + "'"))
                        .containsExactly("good"));
        assertThat(mirror.status().tables()).hasSize(1);
    }

    @Test
    void aTableThatWasDroppedAtTheSourceDoesNotKeepTheOthersFromStarting() {
        Settings both = pair.settings().with(TableSettings.DEFAULT.including("good", "bad"));
        mirror = pair.start(both);
        pair.awaitStreaming(mirror);
        DatabasePair.stop(mirror);
        pair.source().run("drop table bad", "insert into good values (1)");
        mirror = pair.start(both);
        pair.awaitStreaming(mirror);
        pair.awaitReached(mirror);
        pair.assertEqual("good");
    }
}
