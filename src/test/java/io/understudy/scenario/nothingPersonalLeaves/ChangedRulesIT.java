package io.understudy.scenario.nothingPersonalLeaves;

import static io.understudy.Masking.keepingOthers;
import static io.understudy.Masking.refusingOthers;
import static io.understudy.Masking.tablesWith;
import static io.understudy.Masking.withSecret;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.Database;
import io.understudy.DatabasePair;
import io.understudy.Masking;
import io.understudy.UnderstudyProcess;
import io.understudy.masking.MaskingSettings;
import io.understudy.mirror.Mirror;
import io.understudy.mirror.Settings;
import io.understudy.mirror.Settings.Capture;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Promise 3 after somebody has thought again: what the rules of now do not allow does not stay at the target. */
class ChangedRulesIT {

    private static final String PERSON =
            "create table person (id int primary key, email text unique, phone varchar(30), notes text, visits int not null default 0)";

    private DatabasePair pair;

    @BeforeEach
    void databases() {
        pair = new DatabasePair();
    }

    @AfterEach
    void close() throws SQLException {
        pair.close();
    }

    private static String persons(int from, int to) {
        return "insert into person select i, 'canary' || i || '@real.test', '+49 30 canary' || i, "
                + "(select string_agg(md5((i * 1000 + n)::text), ' ') from generate_series(1, 200) n) from generate_series("
                + from + ", " + to + ") i";
    }

    private Mirror started(MaskingSettings masking) {
        Mirror mirror = pair.start(settings -> settings.with(masking));
        pair.awaitReached(mirror);
        return mirror;
    }

    private void awaitStale(Mirror mirror, String... columns) {
        pair.awaitTable(
                mirror,
                "public.person",
                table -> assertThat(table.staleColumns()).containsExactly(columns));
    }

    private void awaitRefreshed(Mirror mirror, String name) {
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(pair.target()
                                .count("select count(*) from understudy.control where taken_at is null "
                                        + "and 'public.' || table_name = '" + name + "'"))
                        .isZero());
        pair.awaitTable(mirror, name, table -> {
            assertThat(table.staleColumns()).as(table.toString()).isEmpty();
            assertThat(table.state()).as(table.toString()).isEqualTo("streaming");
        });
        pair.awaitReached(mirror);
    }

    /** What a copy by the same rules gives, row for row. */
    private void assertAsIfCopied(Mirror mirror, MaskingSettings masking, String... tables) {
        List<List<String>> refreshed = List.of(tables).stream().map(this::rows).toList();
        DatabasePair.stop(mirror);
        pair.target().run("update understudy.checkpoint set phase = 'copying'");
        started(masking);
        for (int i = 0; i < tables.length; i++) {
            assertThat(refreshed.get(i)).as(tables[i]).isEqualTo(rows(tables[i]));
        }
    }

    private List<String> rows(String table) {
        return pair.target().column("select t::text from " + table + " t order by 1");
    }

    @ParameterizedTest
    @EnumSource(Capture.class)
    void aChangedRuleIsToldAndItsValuesAreReplacedWhereTheyAre(Capture capture) {
        pair.both(PERSON, "create table item (id int primary key, person int)").adopt();
        pair.source().run(persons(1, 300), "insert into item select i, i from generate_series(1, 100) i");
        MaskingSettings before = keepingOthers("person.phone=phone", "person.email=email");
        MaskingSettings after = keepingOthers("person.phone=hash", "person.email=email", "person.notes=text");
        Mirror first = pair.start(settings -> settings.with(before).capturing(capture));
        pair.awaitReached(first);
        DatabasePair.stop(first);
        Mirror mirror = pair.start(settings -> settings.with(after).capturing(capture));
        pair.awaitReached(mirror);
        awaitStale(mirror, "notes", "phone");
        pair.source().run(persons(301, 310), "update person set phone = 'canary moved' where id = 7");
        pair.awaitReached(mirror);
        pair.awaitTableState(mirror, "public.person", "streaming");
        // No emptying: a row that only staging has stays.
        pair.target().run("insert into person values (-1, 'own', 'own', 'own')");
        pair.refreshColumns("person", "item");
        awaitRefreshed(mirror, "public.person");
        assertThat(pair.target().column("select notes from person where id = -1"))
                .containsExactly("own");
        assertThat(pair.target().count("select count(*) from understudy.control where taken_at is null"))
                .isZero();
        assertThat(tablesWith(pair.target(), "canary")).isEmpty();
        pair.target().run("delete from person where id = -1");
        assertAsIfCopied(mirror, after, "person", "item");
    }

    /** Rows that came by the rule in between are still there when it is taken back. */
    @Test
    void aRuleThatWasTakenBackLeavesRowsOfTheTimeInBetween() {
        pair.both(PERSON).adopt();
        pair.source().run(persons(1, 10));
        MaskingSettings masked = keepingOthers("person.email=email", "person.phone=hash");
        DatabasePair.stop(started(masked));
        Mirror open = started(keepingOthers("person.phone=hash"));
        pair.source().run(persons(11, 20));
        pair.awaitReached(open);
        DatabasePair.stop(open);
        assertThat(tablesWith(pair.target(), "canary")).contains("public.person");
        Mirror mirror = started(masked);
        awaitStale(mirror, "email");
        pair.refreshColumns("person");
        awaitRefreshed(mirror, "public.person");
        assertThat(tablesWith(pair.target(), "canary")).isEmpty();
        assertAsIfCopied(mirror, masked, "person");
    }

    @Test
    void aRuleThatWasRemovedUnderRefuseEmptiesTheColumn() {
        pair.both(PERSON).adopt();
        pair.source().run(persons(1, 20));
        String[] others = {"person.id=keep", "person.email=email", "person.visits=keep", "person.notes=keep"};
        DatabasePair.stop(started(refusingOthers(
                "person.id=keep",
                "person.email=email",
                "person.visits=keep",
                "person.notes=keep",
                "person.phone=phone")));
        Mirror mirror = started(refusingOthers(others));
        awaitStale(mirror, "phone");
        pair.source().run(persons(21, 30), "update person set visits = 1");
        pair.awaitReached(mirror);
        assertThat(pair.target().count("select count(*) from person where phone is not null"))
                .isEqualTo(20);
        pair.refreshColumns("person");
        awaitRefreshed(mirror, "public.person");
        assertThat(pair.target().count("select count(*) from person where phone is not null"))
                .isZero();
        assertThat(pair.target().count("select count(*) from person")).isEqualTo(30);
    }

    @Test
    void aTableWhoseKeyIsMaskedByAnotherRuleWaitsAndIsCopiedAgain() {
        pair.both(
                        "create table person (email text primary key, visits int)",
                        "create table log (who text)",
                        "alter table log replica identity full",
                        "create table item (id int primary key)")
                .adopt();
        pair.source()
                .run(
                        "insert into person select 'canary' || i || '@real.test', i from generate_series(1, 20) i",
                        "insert into log values ('canary')");
        DatabasePair.stop(started(keepingOthers("person.email=email", "log.who=text")));
        MaskingSettings after = keepingOthers("person.email=hash", "log.who=hash");
        Mirror mirror = started(after);
        for (String table : List.of("public.person", "public.log")) {
            pair.awaitTable(mirror, table, waits -> {
                assertThat(waits.state()).isEqualTo("paused");
                assertThat(waits.reason()).contains("-> hash");
                assertThat(waits.remedy()).contains("./understudy refresh " + table);
            });
        }
        pair.source()
                .run(
                        "update person set visits = 100 where visits < 5",
                        "delete from person where visits = 6",
                        "update log set who = 'canary 2'",
                        "insert into item values (1)");
        pair.awaitReached(mirror);
        assertThat(pair.target().count("select count(*) from item")).isEqualTo(1);
        pair.resync("person");
        pair.refreshColumns("log");
        awaitRefreshed(mirror, "public.person");
        awaitRefreshed(mirror, "public.log");
        assertAsIfCopied(mirror, after, "person", "log");
    }

    /** Pseudonyms of the same kind meet those of other rows in a unique index: then it is copied. */
    @Test
    void anotherSecretIsAnotherRule() {
        pair.both("create table person (id int primary key, code int not null unique, name text)")
                .adopt();
        pair.source().run("insert into person select i, i, 'canary' || i from generate_series(1, 500) i");
        MaskingSettings before = keepingOthers("person.code=hash", "person.name=name");
        DatabasePair.stop(started(before));
        MaskingSettings after = withSecret(before, "another secret of the tests");
        Mirror mirror = started(after);
        awaitStale(mirror, "code", "name");
        pair.refreshColumns("person");
        awaitRefreshed(mirror, "public.person");
        assertAsIfCopied(mirror, after, "person");
    }

    @Test
    void aRuleThatIsApprovedReachesARunningMirrorAndFillsTheColumn() {
        pair.both("create table person (id int primary key, email text)").adopt();
        pair.source().run("insert into person values (1, 'canary@real.test')");
        Mirror mirror = started(refusingOthers("person.id=keep", "person.email=email"));
        pair.both("alter table person add phone text");
        pair.source()
                .run(
                        "insert into person values (2, 'canary2@real.test', 'canary phone')",
                        "update person set phone = 'canary too' where id = 1");
        pair.awaitReached(mirror);
        pair.awaitTableState(mirror, "public.person", "streaming");
        pair.approve("person", "phone", "hash");
        pair.refreshColumns("person");
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(pair.target().count("select count(phone) from person"))
                        .isEqualTo(2));
        awaitRefreshed(mirror, "public.person");
        assertThat(tablesWith(pair.target(), "canary")).isEmpty();
    }

    @Test
    void aColumnThatMustNotBeEmptyHoldsItsTableUntilARuleIsApproved() {
        pair.both("create table person (id int primary key, email text)").adopt();
        pair.source().run("insert into person values (1, 'canary@real.test')");
        Mirror mirror = started(refusingOthers("person.id=keep", "person.email=email"));
        String column = "alter table person add phone text not null default 'canary'; "
                + "alter table person alter phone drop default";
        pair.target().run(column);
        pair.source().run(column, "insert into person values (2, 'canary2@real.test', 'canary phone')");
        pair.awaitTable(
                mirror, "public.person", table -> assertThat(table.remedy()).contains("masks approve"));
        pair.approve("person", "phone", "hash");
        pair.refreshColumns("person");
        pair.source().run("insert into person values (3, 'canary3@real.test', 'canary phone')");
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(pair.target().count("select count(phone) from person"))
                        .isEqualTo(3));
        awaitRefreshed(mirror, "public.person");
        assertThat(tablesWith(pair.target(), "canary")).isEmpty();
    }

    /** A key's values cannot be replaced where they are, nor those that refer to it: the tables are copied. */
    @Test
    void aRuleOnAKeyThatIsApprovedHasItsTablesCopiedAgain() {
        pair.both(
                        "create table person (id int primary key, visits int)",
                        "create table visit (person int references person, day int, primary key (person, day))",
                        "create table note (id int primary key, person int references person)")
                .adopt();
        pair.source()
                .run(
                        "insert into person select i, 0 from generate_series(1, 100) i",
                        "insert into visit select i, 1 from generate_series(1, 100) i",
                        "insert into note select i, i from generate_series(1, 100) i");
        MaskingSettings none = keepingOthers("person.visits=keep");
        Mirror mirror = started(none);
        pair.approve("visit", "person", "hash");
        pair.refreshColumns("person", "visit", "note");
        pair.source().run("delete from visit where person = 7", "update person set visits = 1 where id < 50");
        for (String table : List.of("public.person", "public.visit", "public.note")) {
            awaitRefreshed(mirror, table);
        }
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(pair.target()
                                .count("select count(*) from visit v join person p on p.id = v.person "
                                        + "join note n on n.person = p.id"))
                        .isEqualTo(99));
        assertThat(pair.target().count("select count(*) from person where id between 1 and 100"))
                .isLessThan(5);
        assertAsIfCopied(mirror, none, "person", "visit", "note");
    }

    @Test
    void aTableThatCannotTakeTheNewValuesSaysSoAndTheOthersGoOn() {
        pair.both(PERSON, "create table item (id int primary key)").adopt();
        pair.target().run("alter table person add constraint dialled check (phone like '+%')");
        pair.source().run(persons(1, 20));
        DatabasePair.stop(started(keepingOthers("person.email=email")));
        Mirror mirror = started(keepingOthers("person.email=email", "person.phone=constant(none)"));
        awaitStale(mirror, "phone");
        pair.refreshColumns("person");
        pair.awaitTable(mirror, "public.person", table -> {
            assertThat(table.state()).isEqualTo("refreshing");
            assertThat(table.reason()).contains("dialled").doesNotContain("canary");
        });
        pair.source().run("insert into item values (1)", "update person set visits = 1 where id = 1");
        pair.awaitReached(mirror);
        assertThat(pair.target().count("select count(*) from item")).isEqualTo(1);
        pair.target().run("alter table person drop constraint dialled");
        awaitRefreshed(mirror, "public.person");
        assertThat(pair.target().count("select count(*) from person where phone = 'none'"))
                .isEqualTo(20);
    }

    @Test
    void refreshesUnderLoadAndWhateverInterruptsIt() {
        pair.both(PERSON).adopt();
        pair.source().run(persons(1, 5000));
        MaskingSettings before = keepingOthers("person.email=email", "person.phone=phone");
        DatabasePair.stop(started(before));
        MaskingSettings after = keepingOthers("person.email=hash", "person.phone=phone", "person.notes=text");
        Random random = new Random(3);
        Settings settings = pair.settings().with(after);
        Mirror mirror = pair.start(settings);
        try (Workload load = new Workload(pair.source())) {
            pair.awaitReached(mirror);
            awaitStale(mirror, "email", "notes");
            pair.refreshColumns("person");
            for (int i = 0; i < 8; i++) {
                load.awaitMore(10 + random.nextInt(150));
                if (i % 3 == 2) {
                    pair.target().terminateMirror(pair.name());
                    pair.source().terminateMirror(pair.name());
                } else {
                    DatabasePair.stop(mirror);
                    mirror = pair.start(settings);
                }
            }
            awaitRefreshed(mirror, "public.person");
            load.awaitMore(50);
        }
        pair.awaitReached(mirror);
        awaitRefreshed(mirror, "public.person");
        assertThat(pair.target().count("select count(*) from understudy.set_aside"))
                .isZero();
        assertThat(
                        pair.target()
                                .count(
                                        "select count(*) from pg_tables where tablename like 'refresh%' and schemaname = 'understudy'"))
                .isZero();
        assertAsIfCopied(mirror, after, "person");
    }

    /** {@code kill -9} where it waits for the snapshot, where it waits to replace values, and anywhere. */
    @Test
    void refreshesThoughItIsKilledAgainAndAgain() throws SQLException {
        pair.both(PERSON).adopt();
        pair.source().run(persons(1, 3000));
        DatabasePair.stop(started(keepingOthers("person.email=email")));
        MaskingSettings after = keepingOthers("person.email=hash", "person.notes=text");
        try (UnderstudyProcess told = killable().awaitReady()) {
            told.assertRunning();
        }
        pair.refreshColumns("person");
        try (Connection open = pair.source().connect();
                Statement begun = open.createStatement();
                UnderstudyProcess killed = killable()) {
            open.setAutoCommit(false);
            begun.execute("insert into person (id) values (-1)");
            awaitLedger("state = 'refreshing'");
            pair.source().run("update person set visits = visits + 1 where id < 100");
            killed.kill();
            open.rollback();
        }
        try (Connection open = pair.target().connect();
                Statement begun = open.createStatement();
                UnderstudyProcess killed = killable()) {
            open.setAutoCommit(false);
            begun.execute("lock table person in share mode");
            await().atMost(DatabasePair.PATIENCE)
                    .untilAsserted(
                            () -> assertThat(pair.target().count("select count(*) from pg_locks where not granted"))
                                    .isPositive());
            pair.source().run("update person set visits = visits + 1, email = 'canary' || id where id < 200");
            killed.kill();
            open.rollback();
        }
        Random random = new Random(5);
        try (Workload load = new Workload(pair.source())) {
            for (int i = 0; i < 4; i++) {
                try (UnderstudyProcess killed = killable()) {
                    load.awaitMore(20 + random.nextInt(300));
                    killed.kill();
                }
            }
        }
        Mirror mirror = started(after);
        awaitRefreshed(mirror, "public.person");
        assertThat(pair.target().count("select count(*) from understudy.set_aside"))
                .isZero();
        assertAsIfCopied(mirror, after, "person");
    }

    private UnderstudyProcess killable() {
        return UnderstudyProcess.start(
                Map.of(
                        "UNDERSTUDY_NAME",
                        pair.name(),
                        "UNDERSTUDY_SOURCE_URL",
                        UnderstudyProcess.url(pair.source().url()),
                        "UNDERSTUDY_TARGET_URL",
                        UnderstudyProcess.url(pair.target().url()),
                        "UNDERSTUDY_MASKING_RULES",
                        "person.email=hash; person.notes=text",
                        "UNDERSTUDY_MASKING_SECRET",
                        Masking.SECRET,
                        "UNDERSTUDY_MASKING_UNLISTED",
                        "keep"),
                "run");
    }

    private void awaitLedger(String condition) {
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(pair.target()
                                .count("select count(*) from understudy.mirrored_table where " + condition))
                        .isPositive());
    }

    /** Inserts, updates that leave TOASTed values alone, moved keys, deletes, large transactions. */
    private static final class Workload implements AutoCloseable {

        private final Database source;
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final AtomicInteger transactions = new AtomicInteger();
        private final Thread thread = new Thread(this::write, "load");
        private volatile SQLException failure;

        Workload(Database source) {
            this.source = source;
            thread.start();
        }

        private void write() {
            Random random = new Random(7);
            try (Connection connection = source.connect();
                    Statement statement = connection.createStatement()) {
                int next = 1_000_000;
                while (!stopped.get()) {
                    int some = 1 + random.nextInt(5000);
                    int id = next++;
                    connection.setAutoCommit(false);
                    statement.execute(persons(id, id));
                    statement.execute("update person set visits = visits + 1 where id % 50 = " + some % 50);
                    statement.execute("update person set email = 'canary-new' || id || '-" + id
                            + "@real.test' where id = " + some);
                    if (id % 3 == 0) {
                        statement.execute("update person set id = id + 50000000 where id = " + (id - 1));
                        statement.execute("delete from person where id = " + (some + 1));
                    }
                    if (id % 40 == 0) {
                        statement.execute("update person set visits = visits + 1, phone = phone || '1' where id < 5001 "
                                + "and length(phone) < 29");
                    }
                    connection.commit();
                    transactions.incrementAndGet();
                }
            } catch (SQLException e) {
                failure = e;
            }
        }

        void awaitMore(int more) {
            int before = transactions.get();
            await().atMost(DatabasePair.PATIENCE)
                    .untilAsserted(() -> assertThat(transactions.get()).isGreaterThanOrEqualTo(before + more));
        }

        @Override
        public void close() {
            stopped.set(true);
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (failure != null) {
                throw new IllegalStateException(failure);
            }
        }
    }
}
