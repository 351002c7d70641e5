package io.understudy.scenario.nothingPersonalLeaves;

import static io.understudy.Masking.keepingOthers;
import static io.understudy.Masking.refusingOthers;
import static io.understudy.Masking.tablesWith;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.DatabasePair;
import io.understudy.masking.MaskingSettings;
import io.understudy.mirror.Mirror;
import io.understudy.mirror.TableSettings;
import io.understudy.postgres.TableId;
import io.understudy.preflight.Portion;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A column by another name is the same column: its values neither get lost nor slip through. */
class RenamedColumnsIT {

    private static final String RAW = "canary";

    private DatabasePair pair;

    @BeforeEach
    void databases() {
        pair = new DatabasePair();
    }

    @AfterEach
    void close() throws SQLException {
        pair.close();
    }

    private Mirror start(MaskingSettings masking) {
        return pair.start(settings -> settings.with(masking));
    }

    private void assertRemarksEqual() {
        String rows = "select id || coalesce(remark, '-') from person order by 1";
        assertThat(pair.target().column(rows)).isEqualTo(pair.source().column(rows));
    }

    @Test
    void keptValuesOfOlderChangesArriveUnderTheNewName() {
        pair.both("create table person (id int primary key, note text not null)")
                .adopt();
        pair.source().run("insert into person values (1, 'one')");
        Mirror mirror = start(refusingOthers("person.*=keep"));
        pair.awaitReached(mirror);
        DatabasePair.stop(mirror);
        pair.source()
                .run(
                        "insert into person values (2, 'two')",
                        "update person set note = 'uno' where id = 1",
                        "alter table person rename note to remark",
                        "insert into person values (3, 'three')");
        pair.target().run("alter table person rename note to remark");
        mirror = start(refusingOthers("person.*=keep"));
        pair.awaitReached(mirror);
        assertRemarksEqual();

        // Behind, as if by a lock, when the column is renamed once more.
        pair.source()
                .run(
                        "insert into person select i, 'late ' || i from generate_series(100, 20000) i",
                        "update person set remark = remark || '!'",
                        "alter table person rename remark to words",
                        "insert into person values (4, 'four')",
                        "alter table person rename words to remark");
        await().atMost(DatabasePair.PATIENCE).untilAsserted(this::assertRemarksEqual);
    }

    @Test
    void maskedValuesThatWaitedForARuleByTheNewNameAreThere() {
        pair.both("create table person (id int primary key, email text not null)")
                .adopt();
        pair.source().run("insert into person values (0, 'canary0@real.test')");
        Mirror mirror = start(keepingOthers("person.email=email"));
        pair.awaitReached(mirror);
        pair.source()
                .run(
                        "insert into person values (1, 'canary1@real.test')",
                        "alter table person rename email to mail",
                        "insert into person values (2, 'canary2@real.test')",
                        "update person set mail = 'canary00@real.test' where id = 0");
        pair.awaitTableState(mirror, "public.person", "paused");
        pair.target().run("alter table person rename email to mail");
        pair.awaitTable(
                mirror,
                "public.person",
                table -> assertThat(table.reason()).contains("The column public.person.email is called mail now"));
        DatabasePair.stop(mirror);
        assertThat(tablesWith(pair.target(), RAW)).isEmpty();

        mirror = start(keepingOthers("person.mail=email"));
        pair.awaitTableState(mirror, "public.person", "streaming");
        pair.awaitReached(mirror);
        assertThat(pair.target().column("select id from person where mail like '%@example.invalid' order by 1"))
                .containsExactly("0", "1", "2");
        assertThat(tablesWith(pair.target(), RAW)).isEmpty();
        DatabasePair.stop(mirror);
        String rows = "select p::text from person p order by 1";
        List<String> streamed = pair.target().column(rows);
        pair.target().run("update understudy.checkpoint set phase = 'copying'");
        pair.awaitReached(start(keepingOthers("person.mail=email")));
        assertThat(pair.target().column(rows)).isEqualTo(streamed);
    }

    @Test
    void aPatternDoesNotLoseAColumnByItsNewName() {
        pair.both("create table person (id int primary key, email text)").adopt();
        Mirror mirror = start(keepingOthers("public.*.email=email"));
        pair.awaitReached(mirror);
        pair.both("alter table person rename email to mail");
        pair.source().run("insert into person values (1, 'canary@real.test')");
        pair.awaitTable(
                mirror,
                "public.person",
                table -> assertThat(table.reason()).contains("The column public.person.email is called mail now"));
        pair.awaitReached(mirror);
        assertThat(tablesWith(pair.target(), RAW)).isEmpty();
    }

    /** The name of a column that was dropped has a rule of its own, which was not meant for this one. */
    @Test
    void aRuleOfTheFormerOwnerOfItsNameDoesNotHold() {
        pair.both("create table person (id int primary key, alias text, email text)")
                .adopt();
        pair.source().run("insert into person values (1, 'x', 'canary@real.test')");
        Mirror mirror = start(refusingOthers("person.id=keep", "person.alias=keep", "person.email=email"));
        pair.awaitReached(mirror);
        pair.both("alter table person drop column alias", "alter table person rename email to alias");
        pair.source().run("insert into person values (2, 'canary@real.test')");
        pair.awaitTable(
                mirror,
                "public.person",
                table -> assertThat(table.reason()).contains("The column public.person.email is called alias now"));
        pair.source().run("insert into person values (3, 'canary@real.test')");
        pair.awaitReached(mirror);
        assertThat(tablesWith(pair.target(), RAW)).isEmpty();
    }

    @Test
    void aTableThatWaitsForACopyKeepsTheFormerNamesInMind() throws SQLException {
        pair.both("create table person (id int primary key, tenant int, email text)")
                .adopt();
        pair.source().run("insert into person values (1, 1, 'canary1@real.test'), (2, 2, 'canary2@real.test')");
        MaskingSettings masking = keepingOthers("public.*.email=email");
        Mirror mirror = pair.start(settings -> settings.with(masking).with(onlyTenant(1)));
        pair.awaitReached(mirror);
        DatabasePair.stop(mirror);
        try (Connection open = pair.source().connect()) {
            // The slot of its copy waits for this one.
            open.setAutoCommit(false);
            open.createStatement().execute("select pg_current_xact_id()");
            mirror = pair.start(settings -> settings.with(masking).with(onlyTenant(2)));
            pair.awaitTable(
                    mirror, "public.person", table -> assertThat(table.state()).isIn("waiting", "copying"));
            DatabasePair.stop(mirror);
            pair.both("alter table person rename email to mail");
            open.commit();
        }
        mirror = pair.start(settings -> settings.with(masking).with(onlyTenant(2)));
        pair.awaitTable(
                mirror,
                "public.person",
                table -> assertThat(table.reason()).contains("The column public.person.email is called mail now"));
        pair.awaitReached(mirror);
        assertThat(tablesWith(pair.target(), RAW)).isEmpty();
    }

    private static TableSettings onlyTenant(int tenant) {
        return TableSettings.DEFAULT.only(
                new Portion(Map.of(new TableId("public", "person"), "tenant = " + tenant), List.of(), List.of()));
    }

    /** Production drops what has a rule: nothing has to wait for the settings. */
    @Test
    void aDroppedColumnNeedsNoRule() {
        pair.both("create table person (id int primary key, email text, phone text)")
                .adopt();
        Mirror mirror = start(keepingOthers("person.email=email", "person.phone=phone"));
        pair.awaitReached(mirror);
        pair.source()
                .run(
                        "insert into person values (1, 'canary@real.test', '123')",
                        "alter table person drop phone",
                        "insert into person values (2, 'canary@real.test')");
        pair.awaitReached(mirror);
        pair.awaitTableState(mirror, "public.person", "streaming");
        assertThat(pair.target().count("select count(*) from person where email is not null"))
                .isEqualTo(2);
        // Another in its place may be what the rule is meant for.
        pair.both("alter table person add telephone text");
        pair.source().run("insert into person values (3, 'canary@real.test', 'canary')");
        pair.awaitTable(
                mirror,
                "public.person",
                table -> assertThat(table.reason()).contains("\"public.person.phone\", which names no column"));
        pair.awaitReached(mirror);
        assertThat(tablesWith(pair.target(), RAW)).isEmpty();
    }
}
