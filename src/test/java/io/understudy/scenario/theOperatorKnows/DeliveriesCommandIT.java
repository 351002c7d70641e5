package io.understudy.scenario.theOperatorKnows;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.understudy.DatabasePair;
import io.understudy.UnderstudyProcess;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** What somebody types who looks after deliveries. */
class DeliveriesCommandIT {

    private record Said(int exitCode, String output) {}

    private DatabasePair pair;
    private QueueRows rows;

    @BeforeEach
    void deliveries() {
        pair = QueueRows.pair();
        rows = new QueueRows(pair)
                .config("listing", "crm")
                .config("Odd Name", "crm")
                .config("listing", "gone");
    }

    @AfterEach
    void close() throws SQLException {
        pair.close();
    }

    private Said say(String... command) {
        try (UnderstudyProcess process = UnderstudyProcess.start(rows.environment(), command)) {
            int exitCode = process.exitCode();
            return new Said(exitCode, process.output() + process.errors());
        }
    }

    private static JsonNode json(Said said) throws IOException {
        return new ObjectMapper().readTree(said.output());
    }

    @Test
    void listsShowsRetriesAndDiscardsSingleOnes() throws IOException {
        rows.deliveries("listing", "crm", "completed", 1, 30)
                .deliveries("listing", "crm", "discarded", 101, 2)
                .deliveries("Odd Name", "crm", "retrying", 201, 2)
                .deliveries("listing", "crm", "running", 301, 1);
        JsonNode list = json(say("deliveries", "list", "--json"));
        assertThat(list).hasSize(20);
        assertThat(list.get(0).path("status").asText()).isEqualTo("running");
        assertThat(list.get(0).has("payload")).isFalse();
        assertThat(json(say("deliveries", "list", "--json", "--oldest", "--limit", "1"))
                        .at("/0/recordId")
                        .asText())
                .isEqualTo("1");
        assertThat(json(say("deliveries", "list", "--json", "--status", "retrying", "--table", "Odd Name")))
                .hasSize(2);
        Said discarded = say("deliveries", "list", "--status", "discarded", "--destination", "crm");
        assertThat(discarded.output()).contains("the receiver said 500", "20/20", "public.listing");
        assertThat(say("deliveries", "list", "--destination", "gone").output()).contains("No such deliveries");
        assertThat(say("deliveries", "list", "--destination", "crn").output()).contains("The nearest is crm");
        assertThat(say("deliveries", "list", "--status", "lost").exitCode()).isEqualTo(2);
        assertThat(say("deliveries", "list", "--limit", "0").exitCode()).isEqualTo(2);

        long id = rows.id("status = 'discarded'");
        Said shown = say("deliveries", "show", "" + id);
        assertThat(shown.output())
                .contains("update of public.listing 101 -> crm", "discarded", "0/65", "12345678901234567890.10");
        JsonNode show = json(say("deliveries", "show", "" + id, "--json"));
        assertThat(show.at("/payload/row/id").asInt()).isEqualTo(101);
        assertThat(say("deliveries", "show", "999999").exitCode()).isEqualTo(2);
        assertThat(say("deliveries", "show", "x").output()).contains("is no delivery's id");

        assertThat(say("deliveries", "retry", "" + id).output()).contains("is retried from its first attempt on");
        assertThat(rows.count("id = " + id + " and status = 'retrying' and attempt = 0 and finished_at is null"
                        + " and last_error like '%500' and next_attempt_at <= now() and requeued_at is not null"))
                .isEqualTo(1);
        long waiting = rows.id("table_name = 'Odd Name'");
        assertThat(say("deliveries", "retry", "" + waiting).output()).contains("is due now");
        assertThat(rows.count("id = " + waiting + " and next_attempt_at <= now() and attempt = 20"))
                .isEqualTo(1);
        Said completed = say("deliveries", "retry", "" + rows.id("status = 'completed'"));
        assertThat(completed.exitCode()).isEqualTo(2);
        assertThat(completed.output()).contains("./understudy deliveries replay");
        String running = "" + rows.id("status = 'running'");
        assertThat(say("deliveries", "retry", running).output()).contains("nothing to do");
        Said refused = say("deliveries", "discard", running);
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.output()).contains("under way", "./understudy deliveries pause");
        assertThat(say("deliveries", "discard", "" + waiting).output()).contains("is discarded");
        assertThat(rows.count("id = " + waiting + " and status = 'discarded' and last_error = 'discarded by "
                        + System.getProperty("user.name") + "'"))
                .isEqualTo(1);
        assertThat(rows.database().column("select action from understudy.sync_action order by id"))
                .containsExactly("retry " + id, "retry " + waiting, "discard " + waiting);
        assertThat(say("deliveries", "retry").output()).contains("--all");
        assertThat(say("deliveries", "discard", "--all").output()).contains("--yes");
    }

    @Test
    void listTellsOfPacketsThatItsFilterCouldMatch() {
        rows.packet("listing", "crm").packet("Odd Name", "crm");
        assertThat(say("deliveries", "list").output()).contains("Not in the queue yet: 4.");
        assertThat(say("deliveries", "list", "--status", "pending", "--table", "public.\"Odd Name\"")
                        .output())
                .contains("Not in the queue yet: 2.");
        assertThat(say("deliveries", "list", "--destination", "crm", "--table", "\"listing\"")
                        .output())
                .contains("Not in the queue yet: 2.");
        assertThat(say("deliveries", "list", "--destination", "gone").output()).doesNotContain("Not in the queue");
        assertThat(say("deliveries", "list", "--status", "discarded").output()).doesNotContain("Not in the queue");
        assertThat(say("deliveries", "list", "--table", "\"listing").output()).contains("a quote that does not end");
    }

    @Test
    void changesManyInChunksAndWakesTheWorkers() throws SQLException {
        rows.deliveries("listing", "crm", "completed", 1, 25_000)
                .deliveries("listing", "gone", "discarded", 1, 12_000)
                .deliveries("Odd Name", "crm", "discarded", 1, 3);
        try (Connection listener = pair.target().connect();
                Statement statement = listener.createStatement()) {
            statement.execute("listen understudy_queue");
            assertThat(say("deliveries", "retry", "--all", "--table", "listing").output())
                    .contains("12,000 deliveries are retried");
            assertThat(listener.unwrap(PGConnection.class).getNotifications(5000))
                    .isNotEmpty()
                    .allSatisfy(told -> assertThat(told.getParameter()).isEqualTo(pair.name() + " again"));
        }
        assertThat(rows.count("status = 'discarded'")).isEqualTo(3);

        Said replayed = say("deliveries", "replay", "--table", "listing", "--since", "0/1388", "--destination", "crm");
        assertThat(replayed.output())
                .contains("20,001 deliveries of public.listing")
                .doesNotContain("pruned");
        assertThat(rows.count("destination = 'crm' and status = 'retrying' and commit_lsn >= '0/1388'"))
                .isEqualTo(20_001);
        assertThat(rows.count("status = 'completed'")).isEqualTo(4_999);
        rows.database().run("delete from understudy.sync_queue where commit_lsn < '0/100'");
        assertThat(say("deliveries", "replay", "--table", "listing", "--since", "0/1")
                        .output())
                .contains("from 0/100 on", "pruned");
        assertThat(say("deliveries", "replay", "--table", "listing", "--since", "yesterday")
                        .exitCode())
                .isEqualTo(2);

        rows.database().run("update understudy.sync_queue set status = 'running' where id = 20000");
        Said discarded = say("deliveries", "discard", "--all", "--yes", "--destination", "crm");
        assertThat(discarded.output()).contains("are discarded").contains("1 is under way");
        assertThat(discarded.exitCode()).isEqualTo(1);
        assertThat(rows.count("finished_at is null and destination = 'crm'")).isEqualTo(1);
    }

    @Test
    void pausesResumesAndTellsInStatus() throws IOException {
        rows.deliveries("listing", "gone", "pending", 1, 2)
                .deliveries("listing", "crm", "retrying", 1, 3)
                .deliveries("listing", "crm", "discarded", 11, 4);
        assertThat(say("deliveries", "pause", "crm").output()).contains("crm is paused");
        assertThat(say("deliveries", "pause", "crm").output()).contains("was paused before");
        assertThat(say("deliveries", "pause", "crn").exitCode()).isEqualTo(2);
        // As of a service that ran once.
        rows.database()
                .run("insert into understudy.service (mirror, said_at, status) values ('" + pair.name()
                        + "', now(), '{\"mirror\":\"" + pair.name() + "\",\"state\":\"streaming\"}')");
        JsonNode deliveries = json(say("status", "--json")).path("deliveries");
        assertThat(deliveries.at("/0/destination").asText()).isEqualTo("crm");
        assertThat(deliveries.at("/0/paused").asBoolean()).isTrue();
        assertThat(deliveries.at("/0/depth").asInt()).isEqualTo(3);
        assertThat(deliveries.at("/0/discarded").asInt()).isEqualTo(4);
        assertThat(deliveries.at("/0/lastError").asText()).isEqualTo("the receiver said 500");
        assertThat(deliveries.at("/1/known").asBoolean()).isFalse();
        assertThat(say("status").output())
                .contains("Deliveries to crm, paused")
                .contains("Deliveries to gone, which is not in the settings")
                .contains("./understudy deliveries list --status discarded --destination crm");
        assertThat(say("deliveries", "resume", "crm").output()).contains("is delivered to again");
        assertThat(say("deliveries", "resume", "crm").output()).contains("was not paused");
    }
}
