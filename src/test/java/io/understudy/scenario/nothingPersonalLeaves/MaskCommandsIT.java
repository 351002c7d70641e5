package io.understudy.scenario.nothingPersonalLeaves;

import static io.understudy.Masking.tablesWith;
import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.DatabasePair;
import io.understudy.Masking;
import io.understudy.UnderstudyProcess;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What somebody types who thinks again about masks, and what it answers. */
class MaskCommandsIT {

    private record Said(int exitCode, String output) {}

    private DatabasePair pair;

    @BeforeEach
    void databases() {
        pair = new DatabasePair();
        pair.both(
                        "create table person (id int primary key, email text unique, phone text, note text)",
                        "create table login (id int primary key, email text references person (email), at int)")
                .adopt();
        pair.source()
                .run(
                        "insert into person select i, 'canary' || i || '@real.test', 'canary ' || i, 'note ' || i "
                                + "from generate_series(1, 20) i",
                        "insert into login select id, email, 1 from person");
    }

    @AfterEach
    void close() throws SQLException {
        pair.close();
    }

    private Map<String, String> environment(String rules) {
        Map<String, String> environment = new HashMap<>();
        environment.put("UNDERSTUDY_NAME", pair.name());
        environment.put(
                "UNDERSTUDY_SOURCE_URL", UnderstudyProcess.url(pair.source().url()));
        environment.put(
                "UNDERSTUDY_TARGET_URL", UnderstudyProcess.url(pair.target().url()));
        environment.put("UNDERSTUDY_MASKING_RULES", rules);
        environment.put("UNDERSTUDY_MASKING_SECRET", Masking.SECRET);
        environment.put("UNDERSTUDY_MASKING_UNLISTED", "keep");
        return environment;
    }

    private Said say(String rules, String... command) {
        try (UnderstudyProcess process = UnderstudyProcess.start(environment(rules), command)) {
            int exitCode = process.exitCode();
            return new Said(exitCode, process.output() + process.errors());
        }
    }

    @Test
    void approvesListsPreviewsAndRefreshes() {
        String rules = "person.phone=hash; person.note=keep";
        try (UnderstudyProcess service =
                UnderstudyProcess.start(environment(rules), "run").awaitReady()) {
            Said approved = say(rules, "masks", "approve", "login.email", "email");
            assertThat(approved.output())
                    .contains("public.login.email: email, approved")
                    .contains("public.person: asked to refresh email (keep -> email)")
                    .contains("public.login: refreshed; streaming");
            assertThat(approved.exitCode()).isZero();
            assertThat(tablesWith(pair.target(), "canary")).isEmpty();

            Said preview = say(rules, "masks", "preview", "person", "--rows", "2");
            assertThat(preview.output()).contains("hash").contains("note 1").doesNotContain("canary");
            Said list = say(rules, "masks", "list");
            assertThat(list.output())
                    .contains("approved by")
                    .contains("settings")
                    .doesNotContain("stale");
            assertThat(say(rules, "refresh", "--columns").output()).contains("Nothing to refresh");

            Said inSettings = say(rules, "masks", "approve", "person.phone", "phone");
            assertThat(inSettings.exitCode()).isEqualTo(2);
            assertThat(inSettings.output()).contains("understudy.masking.rules says public.person.phone=hash");
            assertThat(say(rules, "masks", "approve", "person.fone", "phone").output())
                    .contains("has no column fone");
            assertThat(say(rules, "masks", "approve", "login.at", "email").exitCode())
                    .isEqualTo(2);
            assertThat(say(rules, "masks", "approve", "person.email", "shred").exitCode())
                    .isEqualTo(2);
            assertThat(say(rules, "refresh").output()).contains("--all");
            service.assertRunning();
        }
        String changed = "person.phone=phone; person.note=text";
        Said plan = say(changed, "plan");
        assertThat(plan.output())
                .contains("phone (hash -> phone)", "./understudy refresh --columns public.person")
                .doesNotContain("canary");
        Said asked = say(changed, "refresh", "--columns");
        // It was killed: for some seconds nobody can tell.
        assertThat(asked.output()).contains("The mirror does not run");
        assertThat(asked.exitCode()).isIn(0, 3);
        try (UnderstudyProcess service =
                UnderstudyProcess.start(environment(changed), "run").awaitReady()) {
            Said status = say(changed, "refresh", "--columns", "person");
            assertThat(status.exitCode()).as(status.output()).isZero();
            service.assertRunning();
        }
        assertThat(pair.target().count("select count(*) from person where note like 'note%'"))
                .isZero();
    }

    @Test
    void whatTheTargetWouldRefuseIsKnownBeforeTheFirstCopy() {
        pair.target()
                .run(
                        "alter table person add constraint is_mail check (email like '%@%')",
                        "alter table person add constraint any_note check (note <> '')",
                        "create domain dialled as text check (value like '%canary%')",
                        "alter table person alter phone type dialled");
        Said plan = say("person.email=hash; login.email=hash; person.note=text; person.phone=hash", "plan");
        assertThat(plan.exitCode()).isEqualTo(1);
        assertThat(plan.output())
                .contains("the check is_mail: email=hash")
                .contains("the column phone, public.dialled at the target")
                .doesNotContain("any_note")
                .doesNotContain("canary1");
    }
}
