package io.understudy.scenario.theOperatorKnows;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.understudy.DatabasePair;
import io.understudy.UnderstudyProcess;
import java.io.IOException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a pipeline asks before it deploys, and what it is answered. */
class DriftCommandIT {

    private record Said(int exitCode, String output, String errors) {}

    private DatabasePair pair;

    @BeforeEach
    void databases() {
        pair = new DatabasePair();
        pair.both(
                "create table schema_migrations (version bigint primary key, dirty boolean not null)",
                "create table \"Odd\nname\" (id int primary key, name text)");
    }

    @AfterEach
    void close() throws SQLException {
        pair.close();
    }

    private Said say(Map<String, String> settings, String... command) {
        Map<String, String> more = new HashMap<>(Map.of("UNDERSTUDY_TABLES_EXCLUDE", "schema_migrations"));
        more.putAll(settings);
        try (UnderstudyProcess process = UnderstudyProcess.of(pair, more, command)) {
            int exitCode = process.exitCode();
            return new Said(exitCode, process.output(), process.errors());
        }
    }

    @Test
    void answersWithAnExitCode() throws IOException {
        Said same = say(Map.of(), "drift");
        assertThat(same.output())
                .startsWith("No difference between ")
                .contains("golang-migrate public.schema_migrations");
        assertThat(same.exitCode()).isZero();

        pair.source().run("alter table \"Odd\nname\" add column more int", "create table t (id int primary key)");
        Said found = say(Map.of(), "drift");
        assertThat(found.exitCode()).isEqualTo(1);
        assertThat(found.output())
                .startsWith("2 differences between ")
                .contains("2 source ahead; 2 can pause a mirrored table.")
                .contains("  column public.Odd?name.more [can pause the mirrored table]")
                .contains("  table public.t, with 2 things of its own")
                .contains("    target: not there");
        JsonNode json =
                new ObjectMapper().readTree(say(Map.of(), "drift", "--json").output());
        assertThat(json.path("differences")).hasSize(2);
        assertThat(json.path("differences").get(0).path("type").asText()).isEqualTo("source ahead");
        assertThat(json.path("differences").get(0).path("target").isNull()).isTrue();

        Said plan = say(Map.of(), "drift", "--plan");
        assertThat(plan.exitCode()).isEqualTo(1);
        assertThat(plan.output()).startsWith("-- Brings ").contains("-- Step 1 of 3: make table public.t");
        pair.target().run(plan.output(), plan.output());
        Said level = say(Map.of(), "drift", "--plan");
        assertThat(level.output()).contains("0 steps");
        assertThat(level.exitCode()).isZero();

        assertThat(say(Map.of(), "drift", "--schema", "nowhere").exitCode()).isEqualTo(2);
        assertThat(say(Map.of(), "drift", "--migrations", "/nowhere").exitCode())
                .isEqualTo(2);
        assertThat(say(Map.of(), "drift", "--plan", "--json").exitCode()).isEqualTo(2);

        String role = pair.name() + "_reader";
        pair.target().run("create role " + role + " login");
        try {
            String url = UnderstudyProcess.url(pair.target().url()).replace("postgres@", role + "@");
            Said unread = say(Map.of("UNDERSTUDY_TARGET_URL", url), "drift");
            assertThat(unread.exitCode()).isEqualTo(3);
            assertThat(unread.errors()).contains("Not checked: history public.schema_migrations at the target");
            assertThat(unread.output()).contains("1 part could not be checked");
        } finally {
            pair.target().run("drop role " + role);
        }
        assertThat(say(Map.of("UNDERSTUDY_TARGET_URL", "postgresql://a@127.0.0.1:9/b"), "drift")
                        .exitCode())
                .isEqualTo(3);
    }
}
