package io.understudy.scenario.oneTableNeverStopsTheOthers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.DatabasePair;
import io.understudy.mirror.Mirror;
import io.understudy.mirror.TableSettings;
import io.understudy.mirror.TableSettings.SchemaChanges;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Partitions that come and go while their table is mirrored. Their rows come and go without a trace in the log. */
class PartitionsIT {

    private static final String ROOT =
            "create table event (id int, at date, v text, primary key (id, at)) partition by range (at)";
    private static final String Y2023 =
            "create table event_2023 partition of event for values from ('2023-01-01') to ('2024-01-01')";
    private static final String Y2024 =
            "create table event_2024 partition of event for values from ('2024-01-01') to ('2025-01-01')";

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

    private void filled() {
        pair.source().run("insert into event select i, '2023-06-01'::date + i, 'v' from generate_series(1, 400) i");
    }

    private void started() {
        mirror = pair.start();
        pair.awaitStreaming(mirror);
    }

    private void awaitPaused(String remedy) {
        pair.awaitTable(mirror, "public.event", table -> {
            assertThat(table.state()).as(table.toString()).isEqualTo("paused");
            assertThat(table.remedy()).contains(remedy);
        });
    }

    private void equalInTheEnd() {
        pair.awaitTableState(mirror, "public.event", "streaming");
        pair.awaitReached(mirror);
        await().atMost(DatabasePair.PATIENCE).untilAsserted(() -> pair.assertEqual("event"));
        pair.awaitTableState(mirror, "public.event", "streaming");
    }

    @Test
    void aNewPartitionIsWaitedFor() {
        pair.both(ROOT, Y2023, Y2024).adopt();
        filled();
        started();
        String y2025 = "create table \"public\".\"event_2025\" partition of \"public\".\"event\" "
                + "FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')";
        pair.source().run(y2025, "insert into event values (9000, '2025-05-05', 'n')");
        awaitPaused(y2025);
        pair.target().run(y2025);
        equalInTheEnd();
    }

    @Test
    void aNewPartitionIsFollowedWithAllBelowIt() {
        pair.both(ROOT, Y2023, Y2024).adopt();
        filled();
        mirror = pair.start(settings -> settings.with(TableSettings.DEFAULT.onSchemaChanges(SchemaChanges.FOLLOW)));
        pair.awaitStreaming(mirror);
        pair.source()
                .run(
                        "create table event_2025 partition of event for values from ('2025-01-01') to ('2026-01-01') partition by hash (id)",
                        "create table event_2025_0 partition of event_2025 for values with (modulus 2, remainder 0)",
                        "create table event_2025_1 partition of event_2025 for values with (modulus 2, remainder 1)",
                        "insert into event select 9000 + i, '2025-05-05', 'n' from generate_series(1, 20) i");
        equalInTheEnd();
    }

    @Test
    void aPartitionThatIsAttachedBringsItsRows() {
        pair.both(ROOT, Y2023, Y2024).adopt();
        filled();
        started();
        pair.both("create table event_2025 (id int not null, at date not null, v text, primary key (id, at))");
        pair.source().run("insert into event_2025 select i, '2025-06-01', 'old' from generate_series(1, 50) i");
        String attach =
                "alter table event attach partition event_2025 for values from ('2025-01-01') to ('2026-01-01')";
        pair.source().run(attach, "insert into event values (9000, '2025-05-05', 'n')");
        pair.target().run("delete from event_2025", attach);
        equalInTheEnd();
    }

    @Test
    void aPartitionThatIsDetachedTakesItsRows() {
        pair.both(ROOT, Y2023, Y2024).adopt();
        filled();
        started();
        pair.source()
                .run(
                        "alter table event detach partition event_2023",
                        "insert into event values (9000, '2024-05-05', 'n')");
        awaitPaused("detach partition \"public\".\"event_2023\"");
        pair.target().run("drop table event_2023");
        equalInTheEnd();
    }

    /** There is no such partition at the target: the rows are told by comparing nothing less than all of them. */
    @Test
    void aPartitionThatIsDroppedTakesItsRowsFromATargetThatIsNotPartitioned() {
        pair.source().run(ROOT, Y2023, Y2024);
        pair.target().run("create table event (id int, at date, v text, primary key (id, at))");
        pair.adopt();
        filled();
        started();
        pair.source().run("drop table event_2023", "insert into event values (9000, '2024-05-05', 'n')");
        equalInTheEnd();
    }

    /** Between two looks it is the same partition, with other rows. */
    @Test
    void aPartitionThatWasAwayForAMomentBringsWhatItGotMeanwhile() {
        pair.both(ROOT, Y2023, Y2024).adopt();
        filled();
        started();
        pair.source()
                .run(
                        "alter table event detach partition event_2023",
                        "insert into event_2023 values (9000, '2023-05-05', 'apart')",
                        "update event_2023 set v = 'apart' where id = 3",
                        "alter table event attach partition event_2023 for values from ('2023-01-01') to ('2024-01-01')");
        equalInTheEnd();
    }
}
