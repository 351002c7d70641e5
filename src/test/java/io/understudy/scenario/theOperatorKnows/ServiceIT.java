package io.understudy.scenario.theOperatorKnows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.understudy.DatabasePair;
import io.understudy.PostgresServer;
import io.understudy.PostgresServers;
import io.understudy.UnderstudyProcess;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the service says of itself from outside: health, status, exit codes. */
class ServiceIT {

    @Test
    void isReadyOnlyWhenItStreamsAndTellsItsStatusToAnotherProcess() throws SQLException, IOException {
        try (DatabasePair pair = new DatabasePair()) {
            pair.both("create table t (id int primary key)").adopt();
            pair.source().run("insert into t select generate_series(1, 1000)");
            // The first copy cannot end before this is taken away.
            pair.target()
                    .run(
                            "create table gate (open boolean)",
                            "create function gate() returns boolean language plpgsql as $$ begin "
                                    + "while not exists (select from public.gate) loop perform pg_sleep(0.05); end loop; return true; end $$",
                            "alter table t add constraint gate check (gate())");
            try (UnderstudyProcess service = UnderstudyProcess.of(pair, "run")) {
                await().atMost(DatabasePair.PATIENCE).untilAsserted(() -> {
                    UnderstudyProcess.Answer ready = service.health("ready");
                    assertThat(ready.status()).isEqualTo(503);
                    assertThat(mirror(ready.body()).path("state").asText()).isEqualTo("copying");
                    assertThat(mirror(ready.body()).path("reason").asText()).isNotBlank();
                });
                assertThat(service.health("live").status()).isEqualTo(200);
                assertThat(service.health("started").status()).isEqualTo(200);

                pair.target().run("insert into gate values (true)");
                service.awaitReady();

                JsonNode data = mirror(service.health("ready").body());
                assertThat(data.path("state").asText()).isEqualTo("streaming");
                assertThat(data.path("slotActive").asBoolean()).isTrue();
                assertThat(data.has("lagBytes")).isTrue();
                try (UnderstudyProcess status = UnderstudyProcess.of(pair, "status", "--json")) {
                    assertThat(status.exitCode()).as(status.errors()).isZero();
                    JsonNode said = json(status.output());
                    assertThat(said.path("mirror").asText()).isEqualTo(pair.name());
                    assertThat(said.path("state").asText()).isEqualTo("streaming");
                    assertThat(said.at("/tables/0/table").asText()).isEqualTo("public.t");
                    assertThat(said.at("/tables/0/rowsCopied").asLong()).isEqualTo(1000);
                    assertThat(said.path("appliedLsn").asText()).contains("/");
                }

                pair.source().run("insert into t select generate_series(2001, 3000)");
                service.terminate();
                assertThat(service.endsWithin(15))
                        .as("ends after SIGTERM; %s", service.errors())
                        .isTrue();
            }
            try (UnderstudyProcess status = UnderstudyProcess.of(pair, "status")) {
                assertThat(status.exitCode()).isIn(0, 1);
                assertThat(status.output()).contains(pair.name());
            }
        }
    }

    @Test
    void waitsForATargetThatIsStoppedSaysSoAndRecoversByItself() throws SQLException {
        try (PostgresServer target = PostgresServers.own(Map.of());
                DatabasePair pair = new DatabasePair(PostgresServers.source(), target)) {
            pair.both("create table t (id int primary key)").adopt();
            try (UnderstudyProcess service = UnderstudyProcess.of(pair, "run").awaitReady()) {
                target.stop();
                pair.source().run("insert into t select generate_series(1, 1000)");
                await().atMost(DatabasePair.PATIENCE).untilAsserted(() -> {
                    UnderstudyProcess.Answer ready = service.health("ready");
                    assertThat(ready.status()).isEqualTo(503);
                    assertThat(mirror(ready.body()).path("reason").asText())
                            .contains(Integer.toString(target.url("x").port()));
                });
                assertThat(service.health("live").status())
                        .as("a restart would not help")
                        .isEqualTo(200);

                target.start();

                await().atMost(DatabasePair.PATIENCE)
                        .untilAsserted(() -> assertThat(pair.target().count("select count(*) from t"))
                                .isEqualTo(1000));
                service.awaitReady();
            }
        }
    }

    @Test
    void refusesWithExitCode2() throws SQLException {
        try (DatabasePair pair = new DatabasePair()) {
            pair.both("create table t (id int primary key)");
            try (UnderstudyProcess run = UnderstudyProcess.of(pair, "run")) {
                assertThat(run.exitCode()).as(run.errors()).isEqualTo(2);
                assertThat(run.errors()).contains("was not adopted").contains("./understudy adopt");
            }
            try (UnderstudyProcess adopt = UnderstudyProcess.of(pair, "adopt", "--yes")) {
                assertThat(adopt.exitCode()).as(adopt.errors()).isZero();
            }
            try (UnderstudyProcess plan = UnderstudyProcess.of(pair, "plan")) {
                assertThat(plan.exitCode()).as(plan.errors()).isZero();
                assertThat(plan.output()).contains("public.t").contains("Nothing stands against it");
                assertThat(pair.slots()).isZero();
            }
        }
    }

    @Test
    void refusesAWrongConfigurationWithExitCode2AndEveryProblem() {
        Map<String, String> wrong = Map.of(
                "UNDERSTUDY_SOURCE_URL", "postgresql://me:hunter2@host:port/x",
                "UNDERSTUDY_TARGET_ULR", "postgresql://x@y/z",
                "UNDERSTUDY_SNAPSHOT_WORKERS", "many");
        try (UnderstudyProcess run = UnderstudyProcess.start(wrong, "run")) {
            assertThat(run.exitCode()).as(run.errors()).isEqualTo(2);
            assertThat(run.errors())
                    .contains("UNDERSTUDY_TARGET_ULR is not a setting. The nearest is UNDERSTUDY_TARGET_URL")
                    .contains("understudy.source.url")
                    .contains("understudy.target.url")
                    .contains("understudy.snapshot.workers")
                    .doesNotContain("hunter2")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void refusesAPortThatIsNoneInWords() {
        try (UnderstudyProcess run = UnderstudyProcess.start(Map.of("UNDERSTUDY_HTTP_PORT", "web"), "run")) {
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.errors()).contains("understudy.http.port").doesNotContain("\tat ");
        }
    }

    /** Checks come in no order. */
    private static JsonNode mirror(String health) {
        for (JsonNode check : json(health).path("checks")) {
            if (check.path("name").asText().equals("mirror")) {
                return check.path("data");
            }
        }
        throw new AssertionError("no check is called mirror: " + health);
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (IOException e) {
            throw new IllegalStateException(text, e);
        }
    }
}
