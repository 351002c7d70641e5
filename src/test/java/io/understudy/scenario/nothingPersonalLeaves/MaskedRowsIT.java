package io.understudy.scenario.nothingPersonalLeaves;

import static io.understudy.Masking.keepingOthers;
import static io.understudy.Masking.refusingOthers;
import static io.understudy.Masking.tablesWith;
import static io.understudy.Masking.withCanaries;
import static io.understudy.Masking.withSecret;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.DatabasePair;
import io.understudy.masking.MaskingSettings;
import io.understudy.mirror.Mirror;
import io.understudy.mirror.MirrorState;
import io.understudy.mirror.Settings;
import io.understudy.mirror.Settings.Capture;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Promise 3: no raw personal data leaves the source's side, through neither door. */
class MaskedRowsIT {

    /** In every value that must not arrive. */
    private static final String RAW = "canary";

    private static final String PERSON = "create table person (id int primary key, email text not null unique, "
            + "full_name varchar(40), phone text, born date, notes text, salary numeric(10,2), tags text[], "
            + "token uuid, profile jsonb, seen_from inet)";

    private static final String[] PERSON_RULES = {
        "person.email=email",
        "person.full_name=name",
        "person.phone=phone",
        "person.born=date(30d)",
        "person.notes=text",
        "person.salary=number(10%)",
        "person.tags=hash",
        "person.token=uuid",
        "person.profile=json(plan=keep)",
        "person.seen_from=ip"
    };

    private DatabasePair pair;

    @BeforeEach
    void databases() {
        pair = new DatabasePair();
    }

    @AfterEach
    void close() throws SQLException {
        pair.close();
    }

    private Settings masked(MaskingSettings masking) {
        return pair.settings().with(masking);
    }

    private static String persons(int from, int to) {
        return "insert into person select i, 'canary' || i || '@real.test', 'Canary' || i, '+49 30 12345' || i, "
                + "date '1980-01-01' + i, 'canary note ' || i || repeat(' canary', 500), 1000.50 + i, "
                + "array['canary', 'canary' || i], gen_random_uuid(), "
                + "jsonb_build_object('plan', 'gold', 'mail', 'canary' || i), '10.1.2.3'::inet + i "
                + "from generate_series(" + from + ", " + to + ") i";
    }

    /** The same whether it came by the copy or by the log, so that an update finds what the copy wrote. */
    @ParameterizedTest
    @EnumSource(Capture.class)
    void copyAndStreamMaskTheSame(Capture capture) {
        pair.both(PERSON).adopt();
        pair.source().run(persons(1, 300));
        Mirror mirror = pair.start(masked(keepingOthers(PERSON_RULES)).capturing(capture));
        pair.awaitReached(mirror);
        pair.source()
                .run(
                        persons(301, 600),
                        "update person set salary = salary + 1 where id % 3 = 0",
                        "update person set email = 'canary-new' || id || '@real.test' where id % 7 = 0",
                        "update person set id = id + 10000 where id % 50 = 0",
                        "delete from person where id % 11 = 0");
        pair.awaitReached(mirror);
        assertThat(tablesWith(pair.target(), RAW)).isEmpty();
        String all = "select p::text from person p order by id";
        List<String> streamed = pair.target().column(all);
        assertThat(streamed).hasSize((int) pair.source().count("select count(*) from person"));
        assertThat(pair.target().count("select count(*) from person where profile->>'plan' <> 'gold'"))
                .isZero();
        assertThat(pair.target().count("select count(distinct email) from person"))
                .isEqualTo(streamed.size());

        DatabasePair.stop(mirror);
        pair.target().run("update understudy.checkpoint set phase = 'copying'");
        pair.awaitReached(pair.start(masked(keepingOthers(PERSON_RULES)).capturing(capture)));
        assertThat(pair.target().column(all)).isEqualTo(streamed);
    }

    @Test
    void anotherSecretMakesOtherPseudonyms() {
        pair.both(PERSON).adopt();
        pair.source().run(persons(1, 20));
        MaskingSettings rules = keepingOthers("person.email=email");
        Mirror mirror = pair.start(masked(rules));
        pair.awaitReached(mirror);
        List<String> before = pair.target().column("select email from person order by id");
        DatabasePair.stop(mirror);
        pair.target().run("update understudy.checkpoint set phase = 'copying'");
        pair.awaitReached(pair.start(masked(withSecret(rules, "another secret of the tests"))));
        assertThat(pair.target().column("select email from person order by id")).doesNotContainAnyElementsOf(before);
    }

    /** A rule on one column is a rule on every column that foreign keys tie to it. */
    @Test
    void rowsStillFindTheOnesTheyReferTo() {
        pair.both(
                        "create table person (id serial primary key, email varchar(60) unique, boss int references person)",
                        "create table account (person bigint primary key references person, iban text)",
                        "create table login (id int primary key, email varchar(50) references person (email) on update cascade)",
                        "create table visit (person int not null references person, day date, primary key (person, day))")
                .adopt();
        pair.source()
                .run(
                        "insert into person (email, boss) select 'canary' || i || '@real.test', nullif(i / 2, 0) from generate_series(1, 200) i",
                        "insert into account select id, 'canary' || id from person",
                        "insert into login select id, email from person",
                        "insert into visit select id, current_date from person");
        Settings settings = masked(keepingOthers("visit.person=hash", "login.email=email", "account.iban=hash"));
        Mirror mirror = pair.start(settings);
        pair.awaitReached(mirror);
        pair.source()
                .run(
                        "insert into person (email, boss) select 'canary-late' || i || '@real.test', i from generate_series(1, 100) i",
                        "insert into account select id, 'canary' || id from person where email ~ 'late'",
                        "insert into login select id, email from person where email ~ 'late'",
                        "insert into visit select id, current_date from person where email ~ 'late'",
                        "update person set email = 'canary-changed@real.test' where id = 17",
                        "update person set id = 5000, boss = 1 where id = 300 and not exists (select from visit where person = 300)",
                        "delete from visit where person % 5 = 0",
                        "delete from account where person % 5 = 0");
        pair.awaitReached(mirror);
        for (String join : List.of(
                "person a join person b on a.boss = b.id",
                "account a join person b on a.person = b.id",
                "login a join person b on a.email = b.email",
                "visit a join person b on a.person = b.id",
                "visit a join person b on a.person = b.id join account c on c.person = b.id")) {
            String count = "select count(*) from " + join;
            assertThat(pair.target().count(count))
                    .as(join)
                    .isEqualTo(pair.source().count(count));
        }
        assertThat(tablesWith(pair.target(), RAW)).isEmpty();
        assertThat(pair.target().count("select count(*) from person where id between 1 and 300"))
                .isLessThan(5);
        // Pseudonyms are anywhere in the range of the type: they must not use up staging's sequence.
        await().atMost(DatabasePair.PATIENCE)
                .untilAsserted(() -> assertThat(pair.target().value("select last_value from person_id_seq"))
                        .isEqualTo("300"));
    }

    @Test
    void aTableWithoutAKeyIsMaskedToo() {
        pair.both("create table log (at int, who text, ip inet)", "alter table log replica identity full")
                .adopt();
        pair.source()
                .run("insert into log select i % 10, 'canary' || i % 10, '10.0.0.1' from generate_series(1, 100) i");
        Mirror mirror = pair.start(masked(keepingOthers("log.who=text", "log.ip=ip")));
        pair.awaitReached(mirror);
        pair.source()
                .run(
                        "delete from log where at = 3",
                        "update log set who = 'canary moved' where at = 4",
                        "insert into log values (99, 'canary new', '::1')");
        pair.awaitReached(mirror);
        assertThat(
                        pair.target()
                                .column(
                                        "select at || '/' || count(*) || '/' || count(distinct who) from log group by at order by at"))
                .isEqualTo(
                        pair.source()
                                .column(
                                        "select at || '/' || count(*) || '/' || count(distinct who) from log group by at order by at"));
        assertThat(tablesWith(pair.target(), RAW)).isEmpty();
    }

    /** Fail closed: what nobody has decided on does not leave. */
    @Test
    void aColumnThatComesLaterStaysEmptyUntilSomebodyDecides() {
        pair.both("create table person (id int primary key, email text)").adopt();
        pair.source().run("insert into person values (1, 'canary@real.test')");
        Mirror mirror = pair.start(masked(refusingOthers("person.id=keep", "person.email=email")));
        pair.awaitReached(mirror);
        pair.both("alter table person add phone text");
        pair.source().run("insert into person values (2, 'canary2@real.test', 'canary phone')");
        pair.source().run("update person set phone = 'canary too' where id = 1");
        pair.awaitReached(mirror);
        pair.awaitTableState(mirror, "public.person", "streaming");
        pair.source().run("insert into person values (3, 'canary3@real.test', 'canary phone')");
        pair.awaitReached(mirror);
        assertThat(pair.target().column("select id || coalesce(phone, '-') from person order by 1"))
                .containsExactly("1-", "2-", "3-");
        assertThat(tablesWith(pair.target(), RAW)).isEmpty();
    }

    @Test
    void nothingIsCopiedBeforeEveryColumnHasARule() {
        pair.both("create table person (id int primary key, email text, phone text)")
                .adopt();
        MirrorState end = DatabasePair.awaitEnd(pair.start(masked(refusingOthers("person.email=email"))));
        assertThat(end).isInstanceOf(MirrorState.Refused.class);
        assertThat(end.reason().orElseThrow()).contains("id, phone of public.person have no rule");
        assertThat(pair.slots()).isZero();
    }

    /** With unlisted=keep a new name must not let the values of a masked column through. */
    @ParameterizedTest
    @EnumSource(Capture.class)
    void aMaskedColumnOrTableWithANewNameIsNotLetThrough(Capture capture) {
        pair.both(
                        "create table person (id int primary key, email text)",
                        "create table customer (id int primary key, email text)")
                .adopt();
        Mirror mirror = pair.start(masked(keepingOthers("person.email=email", "customer.email=email"))
                .capturing(capture));
        pair.awaitReached(mirror);
        pair.source()
                .run(
                        "alter table person rename email to mail",
                        "insert into person values (1, 'canary@real.test')",
                        "alter table customer rename to client",
                        "insert into client values (1, 'canary@real.test')");
        pair.awaitTableState(mirror, "public.person", "paused");
        pair.awaitTableState(mirror, "public.customer", "paused");
        pair.awaitReached(mirror);
        pair.target().run("alter table person rename email to mail", "alter table customer rename to client");
        pair.awaitTable(
                mirror,
                "public.person",
                table -> assertThat(table.reason()).contains("\"public.person.email\", which names no column"));
        pair.awaitTable(
                mirror, "public.customer", table -> assertThat(table.reason()).contains("is called public.client now"));
        pair.source().run("insert into client values (2, 'canary@real.test')");
        pair.awaitReached(mirror);
        assertThat(tablesWith(pair.target(), RAW)).isEmpty();
        DatabasePair.stop(mirror);

        Mirror corrected = pair.start(
                masked(keepingOthers("person.mail=email", "client.email=email")).capturing(capture));
        pair.awaitTableState(corrected, "public.person", "streaming");
        pair.awaitTableState(corrected, "public.client", "streaming");
        pair.awaitReached(corrected);
        if (capture == Capture.PGOUTPUT) { // Debezium does not tell which table it is that has another name now.
            assertThat(pair.target().count("select count(*) from client where email like '%@example.invalid'"))
                    .isEqualTo(2);
        }
        assertThat(tablesWith(pair.target(), RAW)).isEmpty();
    }

    @Test
    void aCanaryIsKeptBackWhateverTheRulesSay() {
        pair.both("create table person (id int primary key, notes text)", "create table item (id int primary key)")
                .adopt();
        pair.source().run("insert into person values (1, 'the canary sings')", "insert into item values (1)");
        Mirror mirror = pair.start(masked(withCanaries(keepingOthers("person.id=keep"), "canary sings")));
        pair.awaitTable(
                mirror,
                "public.person",
                table -> assertThat(table.reason()).contains("number 1 of understudy.masking.canaries"));
        assertThat(pair.target().count("select count(*) from person")).isZero();
        pair.source().run("insert into person values (2, 'it is a canary sings thing')");
        assertThat(tablesWith(pair.target(), "canary sings")).isEmpty();
    }
}
