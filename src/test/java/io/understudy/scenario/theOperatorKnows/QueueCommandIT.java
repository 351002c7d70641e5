package io.understudy.scenario.theOperatorKnows;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.understudy.DatabasePair;
import io.understudy.UnderstudyProcess;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What somebody types who has changes delivered somewhere, and what it answers. */
class QueueCommandIT {

    private record Said(int exitCode, String output) {}

    private DatabasePair pair;
    private QueueRows rows;

    @BeforeEach
    void databases() {
        pair = QueueRows.pair();
        rows = new QueueRows(pair);
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

    private Said configure(String... more) {
        List<String> command = new ArrayList<>(List.of("queue", "configure"));
        command.addAll(List.of(more));
        return say(command.toArray(String[]::new));
    }

    @Test
    void configuresListsAndRemoves() throws IOException {
        Said configured = configure(
                "--table",
                "listing",
                "--destination",
                "crm",
                "--on",
                "insert,update",
                "--columns",
                "id,price",
                "--condition",
                "price > 3 and city <> 'x'",
                "--order-by",
                "city",
                "--workflow",
                "sync",
                "--object-type",
                "flat");
        assertThat(configured.output())
                .contains("public.listing -> crm: configured, insert, update")
                .contains("It begins when the service runs");
        assertThat(configured.exitCode()).isZero();

        JsonNode listed = new ObjectMapper()
                .readTree(say("queue", "list", "--json").output())
                .get(0);
        assertThat(listed.path("table").asText()).isEqualTo("public.listing");
        assertThat(listed.path("place").asText()).isEqualTo("http://127.0.0.1:9/hook");
        assertThat(listed.path("columns").toString()).isEqualTo("[\"id\",\"price\"]");
        assertThat(listed.path("on").toString()).isEqualTo("[\"insert\",\"update\"]");
        assertThat(listed.path("orderBy").asText()).isEqualTo("city");
        assertThat(listed.path("sinceLsn").isNull()).isTrue();

        rows.database().run("update understudy.sync_config set since_lsn = '0/10', seen = true");
        Said changed = configure("--table", "public.listing", "--destination", "crm");
        assertThat(changed.output()).contains("changed, insert, update, delete");
        Said disabled = configure("--table", "listing", "--destination", "crm", "--disable");
        assertThat(disabled.output()).contains("disabled").contains("Nothing new is delivered");
        assertThat(rows.database()
                        .value("select since_lsn || ' ' || enabled || ' ' || order_by || ' ' ||"
                                + " (columns is null) from understudy.sync_config"))
                .isEqualTo("0/10 false record true");
        assertThat(configure("--table", "Odd Name", "--destination", "crm", "--condition", "id = 1")
                        .exitCode())
                .isZero();
        assertThat(say("queue", "list").output())
                .contains("public.Odd Name -> crm (http://127.0.0.1:9/hook)")
                .contains("disabled");

        assertThat(configure(
                                "--table",
                                "\"Odd Name\"",
                                "--destination",
                                "crm",
                                "--columns",
                                "id,\"a,b\"",
                                "--order-by",
                                "a,b")
                        .output())
                .contains("public.Odd Name -> crm: changed");
        assertThat(say("queue", "list").output()).contains("id, a,b");

        rows.deliveries("listing", "crm", "pending", 1, 3).deliveries("listing", "crm", "completed", 100, 20);
        Said refused = say("queue", "remove", "--table", "listing", "--destination", "crm");
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.output())
                .contains("3 deliveries of public.listing to crm are not finished")
                .contains("./understudy deliveries discard --all --table public.listing --destination crm");
        assertThat(say("deliveries", "discard", "--all", "--table", "listing", "--yes")
                        .output())
                .contains("3 deliveries are discarded");
        Said removed = say("queue", "remove", "--table", "listing", "--destination", "crm");
        assertThat(removed.output()).contains("Nothing of public.listing is delivered to crm any more");
        assertThat(rows.count("true")).isZero();
        Said again = say("queue", "remove", "--table", "listing", "--destination", "crm");
        assertThat(again.exitCode()).isEqualTo(2);
        assertThat(again.output()).contains("The nearest is public.Odd Name");
    }

    @Test
    void tellsSinceWhenARunningServiceDelivers() {
        try (UnderstudyProcess service =
                UnderstudyProcess.start(rows.environment(), "run").awaitReady()) {
            Said configured = configure("--table", "listing", "--destination", "crm");
            assertThat(configured.output()).containsPattern("Changes after [0-9A-F]+/[0-9A-F]+ are delivered");
            service.assertRunning();
        }
    }

    @Test
    void refusesEverythingThatIsWrongAtOnce() {
        Said wrong = configure(
                "--table",
                "listing",
                "--destination",
                "crn",
                "--on",
                "insert,upsert",
                "--columns",
                "id,prize,total,scan",
                "--condition",
                "nope > 3",
                "--order-by",
                "town");
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.output())
                .contains("No destination is called crn", "The nearest is crm")
                .contains("--on has \"upsert\"")
                .contains("--columns has prize", "The nearest is price")
                .contains("--columns has total: it is generated")
                .contains("--columns has scan: its values are excluded or withheld")
                .contains("column \"nope\" does not exist")
                .contains("--order-by has town")
                .contains("7 things");
        assertThat(configure("--table", "listing", "--destination", "crm", "--condition", "price + 1")
                        .output())
                .contains("must be type boolean");
        assertThat(configure("--table", "listing", "--destination", "crm", "--condition", "price > (select 1)")
                        .output())
                .contains("has a subquery");
        assertThat(configure("--table", "listing", "--destination", "crm", "--condition", "price > random() * 9")
                        .output())
                .contains("--condition uses random(): it would mean something else later");
        assertThat(configure("--table", "listing", "--destination", "crm", "--condition", "now() > '2026-01-01'")
                        .output())
                .contains("--condition uses now()");
        assertThat(configure("--table", "\"listing", "--destination", "crm").output())
                .contains("has a quote that does not end");
        assertThat(configure("--table", "listing", "--destination", "crm", "--condition", "total > 1")
                        .output())
                .contains("--condition uses total: it is generated");
        assertThat(configure("--table", "listing", "--destination", "crm", "--condition", "price >")
                        .output())
                .contains("syntax error");
        assertThat(configure("--table", "listin", "--destination", "crm").output())
                .contains("Production has no table public.listin.", "The nearest is public.listing");
        assertThat(configure("--table", "log", "--destination", "crm").output()).contains("has no key");
        assertThat(configure("--table", "empty", "--destination", "crm").output())
                .contains("is schema-only");
        assertThat(configure("--table", "scratch", "--destination", "crm").output())
                .contains("is not mirrored: it is unlogged");
        assertThat(rows.database().count("select count(*) from understudy.sync_config"))
                .isZero();
    }
}
