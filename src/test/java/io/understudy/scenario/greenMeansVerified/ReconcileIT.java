package io.understudy.scenario.greenMeansVerified;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.DatabasePair;
import io.understudy.mirror.Mirror;
import io.understudy.reconcile.TableResult;
import io.understudy.reconcile.TableResult.Verdict;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whatever somebody did to the target behind the mirror's back is found and named right, and nothing else is (field note E2). */
class ReconcileIT {

    @Test
    void equalTablesAreVerifiedThroughTheirMasks() throws SQLException {
        try (DatabasePair pair = new DatabasePair()) {
            Mirror mirror = Reconciling.start(pair);
            Map<String, TableResult> results = Reconciling.reconcile(pair, Reconciling.masked(pair));
            assertThat(results.values())
                    .allSatisfy(result ->
                            assertThat(result.verdict()).as(result.toString()).isEqualTo(Verdict.EQUAL));
            assertThat(results.get("plain").sourceRows()).isEqualTo(30_000);
            assertThat(results.get("loose").sourceRows()).isEqualTo(3_000);
            assertThat(Reconciling.known(pair, "plain").verifiedLsn())
                    .contains(results.get("plain").asOf());
            pair.resync("plain");
            await().atMost(DatabasePair.PATIENCE)
                    .untilAsserted(
                            () -> assertThat(Reconciling.known(pair, "plain").verifiedLsn())
                                    .as("another copy is not verified")
                                    .isEmpty());
            pair.awaitTableState(mirror, "public.plain", "streaming");
        }
    }

    @Test
    void everyRowThatWasTouchedIsFoundAndNoOther() throws Exception {
        try (DatabasePair pair = new DatabasePair()) {
            Reconciling.start(pair);
            pair.target()
                    .run(
                            "delete from plain where id in (1, 10000, 10001, 30000)",
                            "update plain set title = 'edited' where id in (2, 9999, 20000)",
                            "update plain set facts = null where id = 15000",
                            "insert into plain values (0, 'theirs'), (-5, 'theirs'), (40000, 'theirs')",
                            "update named set note = 'edited' where code = 'c77'",
                            "delete from named where code in ('c1', 'c5000')",
                            "insert into named values ('Z', 'zzz', 'theirs')",
                            "delete from loose where ctid in (select ctid from loose where a = 3 limit 2)",
                            "insert into loose values (3000, 'theirs')",
                            "update person set email = 'real@shop.example' where id = 500",
                            "update person set born = born + 1 where id = 501",
                            "update person set note = 'edited' where id = 502",
                            "delete from person where id = 12000",
                            "update secret set note = 'edited' where id = (select max(id) from secret)",
                            "insert into secret values (-77, 'theirs')",
                            "update part set note = 'edited' where id = 1500");
            AtomicBoolean enough = new AtomicBoolean();
            Thread writing = Reconciling.writing(pair, enough);
            Map<String, TableResult> results = Reconciling.reconcile(pair, Reconciling.masked(pair));
            enough.set(true);
            writing.join();
            assertThat(Reconciling.noted(pair, "plain"))
                    .containsExactlyInAnyOrderElementsOf(each(
                            "missing",
                            "1",
                            "10000",
                            "10001",
                            "30000",
                            "different",
                            "2",
                            "9999",
                            "20000",
                            "15000",
                            "extra",
                            "0",
                            "-5",
                            "40000"));
            assertThat(Reconciling.noted(pair, "named"))
                    .containsExactlyInAnyOrder(
                            "different c77 Z\\'\"", "missing c1 B\\'\"", "missing c5000 I\\'\"", "extra zzz Z");
            assertThat(results.get("loose").missing()).isEqualTo(2);
            assertThat(results.get("loose").extra()).isEqualTo(1);
            assertThat(Reconciling.noted(pair, "person"))
                    .containsExactlyInAnyOrderElementsOf(each("different", "500", "501", "502", "missing", "12000"));
            assertThat(results.get("secret").different()).isEqualTo(1);
            assertThat(results.get("secret").extra()).isEqualTo(1);
            assertThat(results.get("secret").missing()).isZero();
            assertThat(results.get("part").different()).isEqualTo(1);
            assertThat(results.get("nothing").verdict()).isEqualTo(Verdict.EQUAL);
            assertThat(Reconciling.known(pair, "plain").verifiedLsn()).isEmpty();
            assertThat(Reconciling.known(pair, "plain").unequal()).isEqualTo(11);
        }
    }

    /** {@code each("missing", "1", "2", "extra", "3")} is missing 1, missing 2, extra 3. */
    private static List<String> each(String... words) {
        List<String> all = new ArrayList<>();
        String kind = null;
        for (String word : words) {
            if (Stream.of("missing", "different", "extra").anyMatch(word::equals)) {
                kind = word;
            } else {
                all.add(kind + " " + word);
            }
        }
        return all;
    }

    @Test
    void whatCannotBeCheckedIsNeverFine() throws SQLException {
        try (DatabasePair pair = new DatabasePair()) {
            Mirror mirror = Reconciling.start(pair);
            pair.target().run("alter table named alter note type int using null");
            pair.source().run("update named set note = 'no number' where code = 'c9'");
            pair.awaitTableState(mirror, "public.named", "paused");
            Map<String, TableResult> results = Reconciling.reconcile(pair, Reconciling.masked(pair));
            assertThat(results.get("named").verdict()).isEqualTo(Verdict.UNCHECKED);
            assertThat(results.get("named").reason()).startsWith("it is paused");
            assertThat(results.get("plain").verdict()).isEqualTo(Verdict.EQUAL);
            assertThat(Reconciling.reconcile(pair, pair.settings())
                            .get("person")
                            .reason())
                    .contains("masked by other rules");
            DatabasePair.stop(mirror);
            pair.source().run("insert into plain values (50000, 'after the end')");
            assertThat(Reconciling.reconcile(pair, Reconciling.masked(pair), Duration.ofSeconds(2))
                            .get("plain")
                            .reason())
                    .contains("did not reach");
        }
    }

    @Test
    void theServiceComparesByItself() throws SQLException {
        try (DatabasePair pair = new DatabasePair()) {
            pair.both("create table plain (id int primary key, title text)").adopt();
            pair.source().run("insert into plain select g, 'title ' || g from generate_series(1, 2000) g");
            Mirror mirror = pair.start(settings -> settings.reconciling(Duration.ofSeconds(1)));
            pair.awaitTable(mirror, "public.plain", table -> {
                assertThat(table.verified().result()).isEqualTo("equal");
                assertThat(table.verified().lsn()).isNotNull();
            });
            pair.target().run("update plain set title = 'edited' where id <= 3");
            pair.awaitTable(mirror, "public.plain", table -> {
                assertThat(table.verified().result()).isEqualTo("different");
                assertThat(table.verified().unequalRows()).isEqualTo(3);
                assertThat(table.verified().at()).as("when it was equal").isNotNull();
            });
            pair.source().run("update plain set title = title || '!' where id <= 3");
            pair.awaitTable(
                    mirror,
                    "public.plain",
                    table -> assertThat(table.verified().unequalRows()).isZero());
        }
    }

    @Test
    void keysThatTheTargetSortsOtherwiseOrHasTwiceAreCompared() throws SQLException {
        try (DatabasePair pair = new DatabasePair()) {
            pair.source()
                    .run(
                            "create table word (k text collate \"C\" primary key, v text)",
                            "create table twice (id int primary key)",
                            "create table counted (id int primary key)",
                            "insert into word select case g % 2 when 0 then 'ab' else 'AB' end || g from generate_series(1, 25000) g",
                            "insert into twice select generate_series(1, 10)",
                            "insert into counted select generate_series(1, 5000)");
            pair.target()
                    .run(
                            "create table word (k text collate \"en-x-icu\" primary key, v text)",
                            "create table twice (id int)",
                            "create table counted (id bigint primary key)");
            pair.adopt();
            Mirror mirror = pair.start(pair.settings());
            pair.awaitStreaming(mirror);
            pair.target()
                    .run(
                            "insert into twice values (7)",
                            "update word set v = 'x' where k = 'ab100'",
                            "insert into counted select 5000000000 + g from generate_series(1, 3000) g");
            Map<String, TableResult> results = Reconciling.reconcile(pair, pair.settings());
            assertThat(results.get("twice").different()).isEqualTo(1);
            assertThat(results.get("word").different()).isEqualTo(1);
            assertThat(results.get("word").missing() + results.get("word").extra())
                    .isZero();
            assertThat(results.get("counted").extra()).isEqualTo(3000);
            assertThat(results.get("counted").verdict()).isEqualTo(Verdict.DIFFERENT);
        }
    }
}
