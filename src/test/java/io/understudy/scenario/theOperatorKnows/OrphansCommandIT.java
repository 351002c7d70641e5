package io.understudy.scenario.theOperatorKnows;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.understudy.DatabasePair;
import io.understudy.UnderstudyProcess;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What somebody types whose orders belong to users that are gone (field notes C), and what it answers. */
class OrphansCommandIT {

    private record Said(int exitCode, String output, String errors) {}

    private DatabasePair pair;

    @BeforeEach
    void databases() {
        pair = new DatabasePair();
        pair.both(
                        "create table profiles (id int primary key)",
                        "create table orders (id int primary key, user_id int)",
                        "create table conversations (id int primary key, order_id int references orders)",
                        "insert into profiles values (1)",
                        "insert into orders values (1, 1)",
                        "alter table orders add constraint fk_orders_user_id foreign key (user_id) references profiles not valid")
                .adopt();
        pair.target()
                .run("set session_replication_role = replica; insert into orders values (2, 6);"
                        + " insert into conversations values (5, 2)");
    }

    @AfterEach
    void close() throws SQLException {
        pair.close();
    }

    private Said say(String... command) {
        try (UnderstudyProcess process = UnderstudyProcess.of(pair, command)) {
            int exitCode = process.exitCode();
            return new Said(exitCode, process.output(), process.errors());
        }
    }

    private List<String> orders() {
        return pair.target().column("select id from orders order by id");
    }

    @Test
    void diagnosesPlansAppliesAndVerifies() throws IOException {
        Said found = say("orphans");
        assertThat(found.exitCode()).isEqualTo(1);
        assertThat(found.output())
                .contains("public.orders.fk_orders_user_id: (user_id) -> public.profiles (id)")
                .contains("source     0 rows without a parent, not validated")
                .contains("target     1 row without a parent, not validated")
                .contains("keys       (id=2) -> (user_id=6)")
                .contains("--fix public.orders.fk_orders_user_id=quarantine (or null, assign=KEY, delete)")
                .contains("public.conversations.conversations_order_id_fkey -> public.orders")
                .contains("2 foreign keys, 1 with rows without a parent.");

        Said planned = say("orphans", "--fix", "fk_orders_user_id=delete");
        assertThat(planned.exitCode()).isEqualTo(1);
        assertThat(planned.output())
                .contains("public.orders.fk_orders_user_id=delete: 1 row")
                .contains("delete from only \"public\".\"orders\" as t where")
                .contains("alter table \"public\".\"orders\" validate constraint \"fk_orders_user_id\";")
                .contains("public.conversations.conversations_order_id_fkey: 1. To have them mended too")
                .contains("Nothing was changed. To do it: the same command with --apply");

        Said asked = say("orphans", "--fix", "fk_orders_user_id=delete", "--apply");
        assertThat(asked.exitCode()).isEqualTo(2);
        assertThat(asked.output()).contains("Not applied: there is nobody to ask. In a script say --yes.");
        assertThat(orders()).containsExactly("1", "2");

        String[] fix = {
            "orphans",
            "--fix",
            "fk_orders_user_id=delete",
            "--fix",
            "public.conversations.conversations_order_id_fkey=null",
            "--apply",
            "--yes"
        };
        Said applied = say(fix);
        assertThat(applied.errors()).isEmpty();
        assertThat(applied.output())
                .contains("public.orders.fk_orders_user_id=delete: 1 changed, 0 rows without a parent, validated")
                .contains("conversations_order_id_fkey=null: 1 changed")
                .contains("Verified: no row without a parent is left.");
        assertThat(applied.exitCode()).isZero();
        assertThat(orders()).containsExactly("1");

        Said again = say(fix);
        assertThat(again.exitCode()).isZero();
        assertThat(again.output()).contains("Nothing has to be changed.");
        assertThat(pair.target().count("select count(*) from understudy.audit")).isEqualTo(2);

        Said fine = say("orphans", "--json");
        assertThat(fine.exitCode()).isZero();
        JsonNode key =
                new ObjectMapper().readTree(fine.output()).path("foreignKeys").get(1);
        assertThat(key.path("constraint").asText()).isEqualTo("public.orders.fk_orders_user_id");
        assertThat(key.path("atTarget").toString())
                .isEqualTo("{\"declared\":true,\"validated\":true,\"orphans\":0,\"problem\":null}");
    }

    @Test
    void planAndOutcomeAreInTheJson() throws IOException {
        Said applied = say("orphans", "--fix", "fk_orders_user_id=delete", "--apply", "--yes", "--json");
        assertThat(applied.exitCode()).as("the conversation has lost its order").isEqualTo(1);
        JsonNode all = new ObjectMapper().readTree(applied.output());
        assertThat(all.path("foreignKeys").get(0).path("keys").toString())
                .isEqualTo("[{\"key\":{\"id\":\"2\"},\"refersTo\":{\"user_id\":\"6\"}}]");
        assertThat(all.path("plan").path("steps").get(0).path("rows").asLong()).isEqualTo(1);
        assertThat(all.path("plan").path("consequences").toString())
                .isEqualTo("[{\"constraint\":\"public.conversations.conversations_order_id_fkey\",\"rows\":1}]");
        assertThat(all.path("outcome").path("results").get(0).path("validated").asBoolean())
                .isTrue();
        assertThat(all.path("outcome").path("consequences").get(0).path("rows").asLong())
                .isEqualTo(1);
    }

    @Test
    void refusesWhatIsWrongAndWritesNothing() {
        Said wrong = say(
                "orphans",
                "--fix",
                "fk_orders_user_id=assign=77",
                "--fix",
                "fk_orders=null",
                "--fix",
                "x",
                "--apply",
                "--yes");
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.errors())
                .contains("Nothing was changed, and 3 things are wrong")
                .contains("names a row of public.profiles that is not at the target")
                .contains("\"fk_orders\", which names no foreign key")
                .contains("a policy is one of report, null, assign=KEY, quarantine, delete");
        assertThat(say("orphans", "--apply").exitCode()).isEqualTo(2);
        assertThat(say("orphans", "orders", "--fix", "fk_orders_user_id=null").exitCode())
                .isEqualTo(2);
        assertThat(say("orphans", "nothing").errors()).contains("No mirrored table is called nothing");
        pair.target().run("delete from understudy.adoption");
        Said stranger = say("orphans", "--fix", "fk_orders_user_id=delete", "--apply", "--yes");
        assertThat(stranger.exitCode()).isEqualTo(2);
        assertThat(stranger.errors()).contains("was not adopted");
        assertThat(orders()).containsExactly("1", "2");
        assertThat(pair.target().count("select count(*) from understudy.quarantine"))
                .isZero();
    }
}
