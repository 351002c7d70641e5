package io.understudy.scenario.nothingPersonalLeaves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.DatabasePair;
import io.understudy.Masking;
import io.understudy.UnderstudyProcess;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A value that must never be seen outside production is kept back, by whichever way it tries to leave. */
class CanaryIT {

    @Test
    void itIsKeptBackFromTargetLogAndStatus() throws SQLException {
        try (DatabasePair pair = new DatabasePair()) {
            pair.both(
                            "create table person (id int primary key, notes text)",
                            "create table nightingale (id int primary key)")
                    .adopt();
            Map<String, String> settings = new HashMap<>(Map.of(
                    "UNDERSTUDY_MASKING_RULES", "person.id=keep",
                    "UNDERSTUDY_MASKING_UNLISTED", "keep",
                    "UNDERSTUDY_MASKING_SECRET", Masking.SECRET,
                    // The second is in a log line of ours, by the name of a table.
                    "UNDERSTUDY_MASKING_CANARIES", "yellow bird, nightingale"));
            pair.source().run("insert into nightingale values (1)");
            try (UnderstudyProcess service =
                    UnderstudyProcess.of(pair, settings, "run").awaitReady()) {
                pair.source().run("drop table nightingale");
                await().atMost(DatabasePair.PATIENCE)
                        .untilAsserted(() -> assertThat(service.errors())
                                .contains("was kept back: it holds number 2 of understudy.masking.canaries")
                                .doesNotContain("nightingale"));
                pair.source().run("insert into person values (1, 'harmless'), (2, 'a yellow bird sings')");
                await().atMost(DatabasePair.PATIENCE)
                        .untilAsserted(() -> assertThat(service.health("ready").body())
                                .contains("person", "number 1 of understudy.masking.canaries")
                                .doesNotContain("yellow"));
                try (UnderstudyProcess scan = UnderstudyProcess.of(pair, settings, "masks", "scan", "public.person")) {
                    assertThat(scan.exitCode())
                            .as(scan.output() + scan.errors())
                            .isZero();
                }
                pair.target().run("insert into person values (3, 'a yellow bird of staging')");
                try (UnderstudyProcess scan = UnderstudyProcess.of(pair, settings, "masks", "scan", "public.person")) {
                    assertThat(scan.exitCode()).isEqualTo(1);
                    assertThat(scan.output()).contains("canary number 1").doesNotContain("yellow");
                }
                pair.target().run("delete from person");
                // Gone at production, and the mirror goes on by itself: a transaction that was kept back never left.
                assertThat(Masking.tablesWith(pair.target(), "yellow bird")).isEmpty();
                assertThat(service.errors()).doesNotContain("yellow bird");
            }
        }
    }
}
