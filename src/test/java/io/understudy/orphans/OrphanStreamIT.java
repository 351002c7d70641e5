package io.understudy.orphans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.DatabasePair;
import io.understudy.Masking;
import io.understudy.mirror.Mirror;
import io.understudy.mirror.Settings;
import io.understudy.postgres.TargetDatabase;
import io.understudy.rules.Quarantine;
import java.sql.SQLException;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows without a parent are mended under a mirror that streams, and it does what was said of it afterwards. */
class OrphanStreamIT {

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

    private void tables() {
        pair.both(
                        "create table parent (id int primary key, v text)",
                        "create table child (id int primary key, parent int, v text)",
                        "alter table child add constraint fk foreign key (parent) references parent not valid")
                .adopt();
        pair.source()
                .run(
                        "insert into parent values (1)",
                        "set session_replication_role = replica; insert into child values (1, 1, 'a'), (2, 2, 'b'), (3, 3, 'c')");
    }

    private void started(UnaryOperator<Settings> settings) {
        mirror = pair.start(settings);
        pair.awaitStreaming(mirror);
        pair.awaitTableState(mirror, "public.child", "streaming");
    }

    private List<String> children() {
        return pair.target().column("select id || ':' || coalesce(parent::text, '-') from child order by id");
    }

    @Test
    void whatWasDeletedStaysSoUntilProductionChangesIt() {
        tables();
        UnaryOperator<Settings> settings = all -> all.choosing("child.fk=keep");
        started(settings);
        OrphanRig rig = new OrphanRig(pair, settings);
        assertThat(rig.counts("public.child.fk")).isEqualTo("2/2");
        assertThat(OrphanAdvice.settings(rig.line("public.child.fk").key())).startsWith("keep");

        assertThat(rig.apply("child.fk=delete").isDone()).isTrue();
        assertThat(children()).containsExactly("1:1");
        DatabasePair.stop(mirror);
        started(settings);
        pair.source().run("insert into child values (4, 1, 'd')", "update child set v = 'bb' where id = 2");
        pair.awaitReached(mirror);
        assertThat(children()).containsExactly("1:1", "2:2", "4:1");
        try (TargetDatabase target =
                TargetDatabase.open(pair.vertx(), pair.target().url(), pair.name())) {
            assertThat(Quarantine.count(target.client(), pair.name()))
                    .as("what the mirror looks after")
                    .isEmpty();
        }
        assertThat(pair.target().column("select key->>0 from understudy.quarantine order by 1"))
                .containsExactly("2", "3");
    }

    @Test
    void quarantineThatTheSettingsSayTooComesBackWithItsParent() {
        tables();
        UnaryOperator<Settings> settings = all -> all.choosing("child.fk=quarantine");
        started(settings);
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(children()).containsExactly("1:1"));
        // Somebody at staging takes a parent away, which no change of production tells of.
        pair.target().run("set session_replication_role = replica; delete from parent where id = 1");
        OrphanRig rig = new OrphanRig(pair, settings);
        OrphanPlan plan = rig.plan("child.fk=quarantine");
        assertThat(plan.steps().get(0).fix().isLasting()).isTrue();
        assertThat(rig.apply("child.fk=quarantine").isDone()).isTrue();
        assertThat(children()).isEmpty();
        assertThat(pair.target().column("select distinct action from understudy.quarantine"))
                .containsExactly("quarantined");

        pair.source().run("update parent set v = 'x' where id = 1", "update child set v = 'aa' where id = 1");
        pair.awaitReached(mirror);
        assertThat(children()).containsExactly("1:1");
        assertThat(pair.target().value("select v from child where id = 1")).isEqualTo("aa");
        assertThat(pair.target().column("select key->>0 from understudy.quarantine order by 1"))
                .containsExactly("2", "3");
    }

    @Test
    void shownKeysAreThoseOfTheTarget() {
        tables();
        pair.source()
                .run("set session_replication_role = replica; delete from child where id > 1;"
                        + " insert into child values (900001, 900002, 'x')");
        UnaryOperator<Settings> settings = all -> all.choosing("child.fk=keep")
                .with(Masking.keepingOthers("public.parent.id=hash", "public.child.id=hash"));
        started(settings);
        OrphanReport.Line line = new OrphanRig(pair, settings).line("public.child.fk");
        assertThat(line.samples()).hasSize(1);
        assertThat(line.samples().toString()).doesNotContain("900001").doesNotContain("900002");
    }

    @Test
    void aTableThatWaitsIsLeftAlone() {
        tables();
        UnaryOperator<Settings> settings = all -> all.choosing("child.fk=keep");
        started(settings);
        pair.source().run("alter table child add column more int", "update child set more = 1 where id = 1");
        pair.awaitTableState(mirror, "public.child", "paused");
        assertThat(new OrphanRig(pair, settings).problems("child.fk=delete").toString())
                .contains("has to wait: public.child is paused");
    }

    /** Parents arrive, children come and go, and rows are mended meanwhile: neither holds up the other, and nothing is lost. */
    @Test
    void mendsWhileProductionWrites() throws InterruptedException {
        tables();
        pair.source().run("delete from child");
        UnaryOperator<Settings> settings = all -> all.choosing("child.fk=keep");
        started(settings);
        pair.target()
                .run(
                        "set session_replication_role = replica; insert into child select -i, -i from generate_series(1, 5000) i");
        Thread writer = new Thread(() -> {
            for (int i = 10; i < 400; i++) {
                pair.source()
                        .run("insert into parent values (" + i + "); insert into child values (" + i + ", " + i + ");"
                                + " update parent set v = 'x' where id = " + (i - 1));
            }
        });
        writer.start();
        OrphanOutcome outcome = new OrphanRig(pair, settings).apply("child.fk=delete");
        writer.join();
        assertThat(outcome.results().get(0).changed()).isEqualTo(5000);
        assertThat(outcome.isDone()).as(outcome.toString()).isTrue();
        pair.awaitReached(mirror);
        pair.assertEqual();
        pair.awaitTableState(mirror, "public.child", "streaming");
    }
}
