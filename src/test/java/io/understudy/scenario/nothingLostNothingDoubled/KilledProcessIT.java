package io.understudy.scenario.nothingLostNothingDoubled;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.DatabasePair;
import io.understudy.UnderstudyProcess;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code kill -9} at the worst moments; the next start finds its way, and both sides are equal. */
class KilledProcessIT {

    private DatabasePair pair;

    @BeforeEach
    void databases() {
        pair = new DatabasePair();
        pair.both(Load.TABLES).adopt();
    }

    @AfterEach
    void close() throws SQLException {
        pair.close();
    }

    @Test
    void duringTheSnapshot() {
        Load.fill(pair.source(), 100_000);
        try (Load load = Load.on(pair.source())) {
            try (UnderstudyProcess killed = UnderstudyProcess.of(pair, "run")) {
                await().atMost(DatabasePair.PATIENCE)
                        .failFast(killed::assertRunning)
                        .untilAsserted(() -> assertThat(pair.target().count("select pg_relation_size('customer')"))
                                .isPositive());
                killed.kill();
            }
            assertThat(pair.target().value("select phase from understudy.checkpoint"))
                    .isEqualTo("copying");
            goesOn(load);
        }
    }

    @Test
    void inMidStreamUnderLoadTwice() {
        Load.fill(pair.source(), 1000);
        try (Load load = Load.on(pair.source())) {
            for (int i = 0; i < 2; i++) {
                try (UnderstudyProcess killed =
                        UnderstudyProcess.of(pair, "run").awaitReady()) {
                    awaitMore(load, 50);
                    killed.kill();
                }
                awaitMore(load, 50);
            }
            goesOn(load);
        }
    }

    /** With 512 MB of heap: the transaction is many times what the buffers hold. */
    @Test
    void inTheMiddleOfATransactionOfAMillionRows() {
        pair.both("create table big (id int primary key, v text)");
        try (UnderstudyProcess killed = UnderstudyProcess.of(pair, "run").awaitReady()) {
            pair.source().run("insert into big select i, repeat('x', 40) from generate_series(1, 1000000) i");
            await().atMost(DatabasePair.PATIENCE)
                    .failFast(killed::assertRunning)
                    .untilAsserted(() -> assertThat(pair.target().count("select pg_relation_size('big')"))
                            .isGreaterThan(20 << 20));
            killed.kill();
        }
        assertThat(pair.target().count("select count(*) from big")).isZero();
        try (UnderstudyProcess again = UnderstudyProcess.of(pair, "run")) {
            await().atMost(DatabasePair.PATIENCE)
                    .failFast(again::assertRunning)
                    .untilAsserted(() -> assertThat(pair.target().count("select count(*) from big"))
                            .isEqualTo(1_000_000));
        }
        pair.assertEqual();
    }

    /** What waits is nowhere but at the target, and must be there once: while it is added, written and dropped again. */
    @Test
    void whileATableWaitsCatchesUpAndIsCopiedAgain() {
        Load.fill(pair.source(), 1000);
        try (Load load = Load.on(pair.source())) {
            try (UnderstudyProcess killed = UnderstudyProcess.of(pair, "run").awaitReady()) {
                pair.target().run("alter table invoice add constraint small check (amount < 1) not valid");
                awaitState("paused");
                awaitMore(load, 300);
                killed.kill();
            }
            try (UnderstudyProcess killed = UnderstudyProcess.of(pair, "run")) {
                awaitMore(load, 300);
                pair.target().run("alter table invoice drop constraint small");
                awaitState("catching up", "streaming");
                killed.kill();
            }
            pair.resync("invoice", "customer");
            try (UnderstudyProcess killed = UnderstudyProcess.of(pair, "run")) {
                awaitState("waiting", "copying");
                awaitMore(load, 20);
                killed.kill();
            }
            goesOn(load);
            assertThat(pair.target().count("select count(*) from understudy.set_aside"))
                    .isZero();
        }
    }

    private void awaitState(String... states) {
        await().atMost(DatabasePair.PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> assertThat(pair.target()
                                .value("select state from understudy.mirrored_table where table_name = 'invoice'"))
                        .isIn((Object[]) states));
    }

    private void goesOn(Load load) {
        try (UnderstudyProcess again = UnderstudyProcess.of(pair, "run").awaitReady()) {
            load.close();
            String mark = "the last " + load.transactions();
            pair.source().run("insert into customer values (-1, '" + mark + "', null)");
            await().atMost(DatabasePair.PATIENCE)
                    .failFast(again::assertRunning)
                    .untilAsserted(() -> assertThat(pair.target().column("select name from customer where id = -1"))
                            .containsExactly(mark));
        }
        pair.assertEqual();
    }

    private static void awaitMore(Load load, int transactions) {
        int before = load.transactions();
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(load.transactions()).isGreaterThanOrEqualTo(before + transactions));
    }
}
