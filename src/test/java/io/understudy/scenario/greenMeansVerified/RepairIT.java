package io.understudy.scenario.greenMeansVerified;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.DatabasePair;
import io.understudy.UnderstudyProcess;
import io.understudy.mirror.Mirror;
import io.understudy.mirror.Settings;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TargetDatabase;
import io.understudy.preflight.Preflight;
import io.understudy.reconcile.Fence;
import io.understudy.reconcile.Repair;
import io.understudy.reconcile.RepairPlan;
import io.understudy.reconcile.TableResult;
import io.understudy.reconcile.TableResult.Verdict;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What is not equal is made equal, and nothing else is touched; a newer change is never overwritten. */
class RepairIT {

    @Test
    void rowsAreRepairedWhileTheStreamWritesThem() throws Exception {
        try (DatabasePair pair = new DatabasePair()) {
            Mirror mirror = Reconciling.start(pair);
            pair.target()
                    .run(
                            "alter table plain add column theirs text default 'theirs'",
                            "update plain set theirs = 'kept' where id = 5010",
                            "delete from plain where id % 100 = 1",
                            // Some of them are rows that the source updates all the time.
                            "update plain set title = 'edited', price = null where id between 5000 and 5040 or id % 100 = 2",
                            "insert into plain (id, title) select -g, 'extra' from generate_series(1, 700) g",
                            "update named set note = 'edited' where code like 'c1%'",
                            "delete from named where code like 'c2%'",
                            "update person set email = 'real@shop.example', note = 'edited' where id % 50 = 0",
                            "delete from person where id % 50 = 1",
                            "delete from part where id < 20",
                            "delete from secret where note = 's' and id = (select min(id) from secret)");
            AtomicBoolean enough = new AtomicBoolean();
            Thread writing = Reconciling.writing(pair, enough);
            Settings settings = Reconciling.masked(pair);
            Map<String, TableResult> found = Reconciling.reconcile(pair, settings);
            RepairPlan plan = repair(pair, settings, found);
            assertThat(plan.left()).containsOnlyKeys(new TableId("public", "secret"));
            Map<String, TableResult> left = Reconciling.reconcile(pair, settings);
            enough.set(true);
            writing.join();
            assertThat(left)
                    .allSatisfy((table, result) -> assertThat(result.verdict())
                            .as(result.toString())
                            .isEqualTo(table.equals("secret") ? Verdict.DIFFERENT : Verdict.EQUAL));
            pair.awaitReached(mirror);
            pair.assertEqual("public.plain");
            pair.assertEqual("public.named");
            pair.assertEqual("public.part");
            assertThat(pair.target().value("select theirs from plain where id = 5010"))
                    .as("a column of staging's own")
                    .isEqualTo("kept");
            assertThat(pair.target()
                            .count(
                                    "select count(*) from understudy.audit where table_name = 'plain' and action = 'repair-delete'"
                                            + " and details -> 'row' ->> 'title' = 'extra'"))
                    .isEqualTo(700);
            assertThat(
                            pair.target()
                                    .count(
                                            "select count(*) from understudy.audit where table_name = 'named' and action = 'repair-insert'"))
                    .isEqualTo(found.get("named").missing());
            assertThat(pair.target().count("select count(*) from person where email like '%shop.example'"))
                    .as("rows are masked on their way")
                    .isZero();
        }
    }

    private static RepairPlan repair(DatabasePair pair, Settings settings, Map<String, TableResult> found) {
        try (SourceDatabase source = SourceDatabase.open(pair.vertx(), settings.source(), settings.name());
                TargetDatabase target = TargetDatabase.open(pair.vertx(), settings.target(), settings.name())) {
            Preflight seen = Preflight.again(source, target, settings.intent());
            RepairPlan plan = RepairPlan.of(seen, List.copyOf(found.values()), true);
            Fence fence = new Fence(
                    source, () -> Fence.reached(target.client(), settings.name()), DatabasePair.PATIENCE, () -> false);
            try (Repair repair = new Repair(source, target, settings.name(), seen.masking(), fence)) {
                plan.steps().forEach(step -> repair.apply(step, written -> {}));
            }
            return plan;
        }
    }

    @Test
    void theCommandShowsThePlanAndWritesOnRequestOnly() throws Exception {
        try (DatabasePair pair = new DatabasePair()) {
            pair.both(
                            "create table parent (id int primary key, title text)",
                            "create table child (id int primary key, parent int references parent)")
                    .adopt();
            pair.source()
                    .run(
                            "insert into parent select g, 'p' from generate_series(1, 3000) g",
                            "insert into child select g, g from generate_series(1, 3000) g");
            pair.awaitStreaming(pair.start());
            UnderstudyProcess.Result equal = run(pair, "reconcile");
            assertThat(equal.output()).contains("2 tables: 2 equal.");
            assertThat(equal.exitCode()).isZero();
            pair.target()
                    .run("set session_replication_role = replica; delete from parent where id in (7, 8);"
                            + " delete from child where id = 9; insert into child values (-1, null)");
            UnderstudyProcess.Result asked = run(pair, "reconcile", "--repair");
            assertThat(asked.output())
                    .containsSubsequence(
                            "insert 2 rows of public.parent", "insert 1 row of public.child",
                            "1 row of public.child that only the target has stays", "there is nobody to ask");
            assertThat(asked.exitCode()).isEqualTo(1);
            assertThat(pair.target().count("select count(*) from parent")).isEqualTo(2998);
            assertThat(run(pair, "reconcile", "--repair", "--yes", "--limit", "2")
                            .output())
                    .contains("3 rows are more than --limit 2");
            assertThat(run(pair, "reconcile", "--limit", "2").exitCode()).isEqualTo(2);
            UnderstudyProcess.Result repaired = run(pair, "reconcile", "--repair", "--yes", "--extra", "delete");
            assertThat(repaired.output()).contains("After the repair:", "2 tables: 2 equal.");
            assertThat(repaired.exitCode()).isZero();
            pair.assertEqual();
            assertThat(pair.target().count("select count(*) from understudy.audit"))
                    .isEqualTo(4);
        }
    }

    private static UnderstudyProcess.Result run(DatabasePair pair, String... arguments) {
        return UnderstudyProcess.result(pair, arguments);
    }
}
