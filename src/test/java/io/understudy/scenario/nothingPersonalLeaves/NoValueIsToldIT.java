package io.understudy.scenario.nothingPersonalLeaves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.DatabasePair;
import io.understudy.Masking;
import io.understudy.UnderstudyProcess;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Promise 3 for everything that is read by people: no log, reason, status or health answer holds a value of a row. */
class NoValueIsToldIT {

    private static final String VALUE = "canary";

    /** Each breaks in its own way, in the copy and in the stream; none of the columns is masked. */
    @ParameterizedTest
    @ValueSource(strings = {"pgoutput", "debezium"})
    void whateverGoesWrongAtTheFinestLogLevel(String capture) throws SQLException {
        try (DatabasePair pair = new DatabasePair()) {
            for (String table :
                    new String[] {"ill_typed", "too_long", "checked", "raised", "taken", "emptied", "masked"}) {
                pair.source().run("create table " + table + " (id int primary key, v text)");
            }
            pair.target()
                    .run(
                            "create table ill_typed (id int primary key, v int)",
                            "create table too_long (id int primary key, v varchar(10))",
                            "create table checked (id int primary key, v text check (v not like 'canary%'))",
                            "create function raised(v text) returns boolean language plpgsql as $$ begin "
                                    + "if v like 'canary%' then raise exception 'not this: %', v; end if; return true; end $$",
                            "create table raised (id int primary key, v text check (raised(v)))",
                            "create table taken (id int primary key, v text unique)",
                            "create table emptied (id int primary key, v text not null)",
                            "create table masked (id int primary key, v text)");
            pair.source().run("insert into masked values (1, 'canary in the copy, to be masked')");
            pair.adopt();
            Map<String, String> settings = new HashMap<>(Map.of(
                    "UNDERSTUDY_STREAM_CAPTURE", capture,
                    "UNDERSTUDY_CONSTRAINTS", "checked.*=quarantine,raised.*=quarantine,emptied.v=quarantine",
                    "UNDERSTUDY_MASKING_RULES", "masked.v=text;too_long.v=keep",
                    "UNDERSTUDY_MASKING_SECRET", Masking.SECRET,
                    "UNDERSTUDY_MASKING_UNLISTED", "keep",
                    "QUARKUS_LOG_LEVEL", "ALL",
                    "QUARKUS_LOG_CATEGORY__IO_DEBEZIUM__LEVEL", "ALL",
                    "QUARKUS_LOG_CATEGORY__ORG_APACHE_KAFKA__LEVEL", "ALL"));
            try (UnderstudyProcess service =
                    UnderstudyProcess.of(pair, settings, "run").awaitReady()) {
                pair.source()
                        .run(
                                "insert into ill_typed values (1, 'canary')",
                                "insert into too_long values (1, 'canary is too long for it')",
                                "insert into checked values (1, 'canary')",
                                "insert into raised values (1, 'canary')",
                                "insert into taken values (1, 'canary'), (2, 'canary')",
                                "insert into emptied values (1, null)",
                                "insert into masked values (2, 'canary in the stream, to be masked')");
                await().atMost(DatabasePair.PATIENCE)
                        .untilAsserted(() -> assertThat(pair.target()
                                        .column("select table_name from understudy.mirrored_table "
                                                + "where state = 'paused' order by 1"))
                                .contains("ill_typed", "taken", "too_long"));
                await().atMost(DatabasePair.PATIENCE)
                        .untilAsserted(() -> assertThat(pair.target().count("select count(*) from masked"))
                                .isEqualTo(2));
                // Their copies break as well.
                try (UnderstudyProcess resync = UnderstudyProcess.of(
                        pair, settings, "resync", "public.ill_typed", "public.too_long", "public.taken")) {
                    assertThat(resync.exitCode()).isIn(0, 1);
                    assertThat(resync.output() + resync.errors()).doesNotContain(VALUE);
                }
                await().atMost(DatabasePair.PATIENCE)
                        .untilAsserted(() -> assertThat(pair.target()
                                        .column("select table_name from understudy.mirrored_table "
                                                + "where state = 'failed' order by 1"))
                                .contains("ill_typed", "taken", "too_long"));
                assertThat(service.health("ready").body()).contains("ill_typed").doesNotContain(VALUE);
                try (UnderstudyProcess status = UnderstudyProcess.of(pair, settings, "status", "--json")) {
                    assertThat(status.exitCode()).isIn(0, 1);
                    assertThat(status.output()).contains("ill_typed").doesNotContain(VALUE);
                }
                service.terminate();
                assertThat(service.endsWithin(30)).isTrue();
                assertThat(service.output() + service.errors())
                        .contains("DEBUG")
                        .doesNotContain(VALUE);
            }
            for (String told : new String[] {"mirrored_table", "service", "control"}) {
                assertThat(pair.target()
                                .count("select count(*) from understudy." + told
                                        + " t where position('canary' in t::text) > 0"))
                        .as(told)
                        .isZero();
            }
            assertThat(pair.target().count("select count(*) from understudy.quarantine where reason like '%canary%'"))
                    .isZero();
        }
    }
}
