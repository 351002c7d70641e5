package io.understudy.scenario.nothingLostNothingDoubled;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.DatabasePair;
import io.understudy.mirror.Mirror;
import io.understudy.mirror.MirrorState;
import io.understudy.mirror.Settings;
import io.understudy.snapshot.SnapshotSettings;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever is interrupted, both sides are equal afterwards, under load all the while. */
class InterruptionIT {

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
    void writesDuringTheSnapshotAreNeitherLostNorDoubled() {
        Load.fill(pair.source(), 30_000);
        Mirror mirror;
        try (Load load = Load.on(pair.source())) {
            // Small chunks and many workers: the copy of one table is cut into pieces while rows move between them.
            mirror = pair.start(settings -> with(settings, new SnapshotSettings(4, 1 << 20)));
            pair.awaitReached(mirror);
            awaitMore(load, 100);
        }
        pair.awaitReached(mirror);
        pair.assertEqual();
        assertThat(mirror.status().missingRows()).isZero();
    }

    @Test
    void goesOnWhereItWasAfterBeingStoppedInMidStream() {
        Load.fill(pair.source(), 1000);
        Mirror mirror = pair.start();
        try (Load load = Load.on(pair.source())) {
            pair.awaitReached(mirror);
            for (int i = 0; i < 2; i++) {
                awaitMore(load, 100);
                assertThat(DatabasePair.stop(mirror)).isInstanceOf(MirrorState.Stopped.class);
                awaitMore(load, 100);
                mirror = pair.start();
                pair.awaitReached(mirror);
            }
        }
        pair.awaitReached(mirror);
        pair.assertEqual();
        assertThat(mirror.status().missingRows()).isZero();
    }

    @Test
    void survivesTheLossOfItsConnectionsOnBothSidesAgainAndAgain() {
        Load.fill(pair.source(), 1000);
        Mirror mirror = pair.start();
        try (Load load = Load.on(pair.source())) {
            pair.awaitReached(mirror);
            for (int i = 0; i < 2; i++) {
                awaitMore(load, 50);
                pair.source().terminateMirror(pair.name());
                awaitMore(load, 50);
                pair.target().terminateMirror(pair.name());
                pair.awaitReached(mirror);
            }
        }
        pair.awaitReached(mirror);
        pair.assertEqual();
    }

    @Test
    void copiesAgainWhatWasLostWithAConnectionDuringTheSnapshot() {
        Load.fill(pair.source(), 60_000);
        Mirror mirror = pair.start(settings -> with(settings, new SnapshotSettings(2, 1 << 20)));
        try (Load load = Load.on(pair.source())) {
            DatabasePair.awaitState(mirror, MirrorState.Copying.class);
            pair.target().terminateMirror(pair.name());
            pair.awaitReached(mirror);
            awaitMore(load, 10);
        }
        pair.awaitReached(mirror);
        pair.assertEqual();
    }

    @Test
    void aSecondProcessWaitsAsStandbyAndTakesOver() {
        Load.fill(pair.source(), 1000);
        Mirror first = pair.start();
        Mirror second;
        try (Load load = Load.on(pair.source())) {
            pair.awaitReached(first);
            second = pair.start();
            DatabasePair.awaitState(second, MirrorState.Standby.class);
            awaitMore(load, 100);
            DatabasePair.stop(first);
            pair.awaitReached(second);
        }
        pair.awaitReached(second);
        pair.assertEqual();
    }

    @Test
    void aProcessThatLostItsLockUnknowinglyIsFencedAndNothingIsAppliedTwice() {
        Load.fill(pair.source(), 1000);
        Mirror first = pair.start();
        Mirror second;
        try (Load load = Load.on(pair.source())) {
            pair.awaitReached(first);
            second = pair.start();
            DatabasePair.awaitState(second, MirrorState.Standby.class);
            // Only the session that holds the lock is cut: the first goes on writing and does not know.
            pair.target()
                    .run("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted "
                            + "and database = (select oid from pg_database where datname = current_database())");
            await().atMost(DatabasePair.PATIENCE)
                    .untilAsserted(() -> assertThat(first.state()).isNotInstanceOf(MirrorState.Streaming.class));
            awaitMore(load, 100);
        }
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(java.util.List.of(first.state(), second.state()))
                        .hasAtLeastOneElementOfType(MirrorState.Streaming.class)
                        .hasAtLeastOneElementOfType(MirrorState.Standby.class));
        pair.awaitReached(first.state() instanceof MirrorState.Streaming ? first : second);
        pair.assertEqual();
    }

    /** The source's position is a moment older than the mark: the answer to the commit was lost, or the slot's was. */
    @Test
    void whatTheSlotSendsAgainIsNotAppliedAgain() throws SQLException {
        pair.both("create table counter (id int primary key, n int not null)");
        pair.source().run("insert into counter values (1, 0)");
        Mirror mirror = pair.start();
        pair.awaitReached(mirror);
        try (Connection connection = pair.source().connect()) {
            for (int i = 0; i < 200; i++) {
                connection.createStatement().execute("update counter set n = n + 1");
                if (i % 50 == 0) {
                    pair.source().terminateMirror(pair.name());
                }
            }
        }
        pair.awaitReached(mirror);
        assertThat(pair.target().value("select n from counter")).isEqualTo("200");
    }

    private static Settings with(Settings settings, SnapshotSettings snapshot) {
        return settings.with(snapshot);
    }

    private static void awaitMore(Load load, int transactions) {
        int before = load.transactions();
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(load.transactions()).isGreaterThanOrEqualTo(before + transactions));
    }
}
