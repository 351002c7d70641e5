package io.understudy.scenario.theOperatorKnows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.understudy.DatabasePair;
import io.understudy.UnderstudyProcess;
import io.understudy.UnderstudyProcess.Answer;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Deliveries as scripts, probes and scrapers see them. Nothing is delivered here: the destination is paused. */
class DeliveriesOverHttpIT {

    private DatabasePair pair;
    private QueueRows rows;

    @BeforeEach
    void deliveries() {
        pair = QueueRows.pair();
        rows = new QueueRows(pair).config("listing", "crm");
        rows.database()
                .run("insert into understudy.sync_pause (mirror, destination) values ('" + pair.name() + "', 'crm')");
        rows.deliveries("listing", "crm", "completed", 1, 3).deliveries("listing", "crm", "discarded", 11, 2);
    }

    @AfterEach
    void close() throws SQLException {
        pair.close();
    }

    @Test
    void readsWithoutATokenAndChangesWithOne() {
        Map<String, String> environment = rows.environment();
        environment.put("UNDERSTUDY_HTTP_TOKEN", QueueRows.TOKEN);
        String[] token = {"Authorization", "Bearer " + QueueRows.TOKEN};
        try (UnderstudyProcess service =
                UnderstudyProcess.start(environment, "run").awaitReady()) {
            assertThat(json(service.get("/api/deliveries"))).hasSize(5);
            assertThat(json(service.get("/api/deliveries?status=discarded&limit=1&order=oldest"))
                            .at("/0/recordId")
                            .asText())
                    .isEqualTo("11");
            long id = rows.id("status = 'discarded'");
            assertThat(json(service.get("/api/deliveries/" + id))
                            .at("/payload/row/id")
                            .asInt())
                    .isEqualTo(11);
            assertThat(json(service.get("/api/deliveries/destinations"))
                            .at("/0/discarded")
                            .asInt())
                    .isEqualTo(2);
            assertThat(json(service.get("/api/deliveries/destinations"))
                            .at("/0/depth")
                            .isNumber())
                    .isTrue();

            problem(service.get("/api/deliveries/999"), 404, "There is no delivery 999");
            problem(service.get("/api/deliveries/x"), 400, "is no delivery's id");
            problem(service.get("/api/deliveries?status=lost"), 400, "No status is called lost");
            problem(service.get("/api/deliveries?destination=crn"), 400, "The nearest is crm");
            problem(service.get("/api/deliveries?table=listin"), 400, "The nearest is public.listing");
            problem(service.get("/api/deliveries?limit=many"), 400, "limit");
            problem(service.get("/api/nothing"), 404, "");
            problem(service.post("/api/deliveries/" + id + "/retry"), 401, "understudy.http.token");
            problem(service.post("/api/deliveries/" + id + "/retry", "Authorization", "Bearer wrong"), 401, "token");
            problem(service.post("/api/deliveries/replay?table=listing&since=1", token), 400, "no position");
            problem(service.post("/api/deliveries/replay?table=listing", token), 400, "since is missing");
            problem(service.post("/api/deliveries/destinations/crn/pause", token), 404, "The nearest is crm");
            problem(
                    service.post("/api/deliveries/" + rows.id("status = 'completed'") + "/retry", token),
                    409,
                    "replay");

            assertThat(json(service.post("/api/deliveries/" + id + "/retry", token))
                            .path("deliveries")
                            .asInt())
                    .isEqualTo(1);
            assertThat(json(service.post("/api/deliveries/" + id + "/discard", token))
                            .path("detail")
                            .asText())
                    .contains("is discarded");
            assertThat(rows.count("last_error = 'discarded by http'")).isEqualTo(1);
            assertThat(json(service.post("/api/deliveries/retry?destination=crm", token))
                            .path("deliveries")
                            .asInt())
                    .isEqualTo(2);
            assertThat(json(service.post("/api/deliveries/replay?table=listing&since=0/2", token))
                            .path("deliveries")
                            .asInt())
                    .isEqualTo(2);
            assertThat(json(service.post("/api/deliveries/destinations/crm/pause", token))
                            .path("detail")
                            .asText())
                    .contains("was paused before");
            assertThat(json(service.post("/api/deliveries/discard?destination=crm", token))
                            .path("deliveries")
                            .asInt())
                    .isEqualTo(4);

            Answer description = service.get("/q/openapi");
            assertThat(description.body())
                    .contains("/api/deliveries/{id}/retry", "bearer", "Lists deliveries without their payloads");
            await().atMost(DatabasePair.PATIENCE)
                    .untilAsserted(() -> assertThat(service.get("/q/metrics").body())
                            .contains("understudy_deliveries{destination=\"crm\",status=\"discarded\"} 4.0")
                            .contains("understudy_delivery_oldest_age_seconds{destination=\"crm\"} 0.0")
                            .contains("jvm_memory_used_bytes", "process_cpu")
                            .doesNotContain("http_server", "netty_", "kafka_"));
        }
    }

    @Test
    void changesNothingWithoutATokenInTheSettings() {
        try (UnderstudyProcess service =
                UnderstudyProcess.start(rows.environment(), "run").awaitReady()) {
            problem(
                    service.post("/api/deliveries/retry", "Authorization", "Bearer " + QueueRows.TOKEN),
                    403,
                    "Set understudy.http.token");
            assertThat(rows.count("status = 'discarded'")).isEqualTo(2);
        }
    }

    @Test
    void isNotReadyWhenADeliveryWaitsTooLongUnlessItsDestinationIsPaused() {
        Map<String, String> environment = rows.environment();
        environment.put("UNDERSTUDY_HEALTH_MAX_DELIVERY_AGE", "1m");
        rows.deliveries("listing", "crm", "retrying", 21, 2);
        rows.database().run("update understudy.sync_queue set created_at = now() - interval '2 h'");
        try (UnderstudyProcess service =
                UnderstudyProcess.start(environment, "run").awaitReady()) {
            await().atMost(DatabasePair.PATIENCE).untilAsserted(() -> {
                JsonNode check = check(service);
                assertThat(check.path("status").asText()).isEqualTo("UP");
                assertThat(check.at("/data/crm.depth").asInt()).isEqualTo(2);
                assertThat(check.at("/data/crm.paused").asBoolean()).isTrue();
            });
            rows.database().run("delete from understudy.sync_pause");
            await().atMost(DatabasePair.PATIENCE).untilAsserted(() -> {
                assertThat(service.health("ready").status()).isEqualTo(503);
                assertThat(check(service).at("/data/reason").asText())
                        .contains("deliveries to crm", "understudy.health.max-delivery-age=60s", "2 have failed before")
                        .contains("the receiver said 500");
                assertThat(check(service).at("/data/remedy").asText()).contains("./understudy deliveries pause crm");
            });
            rows.database().run("update understudy.sync_queue set status = 'discarded', finished_at = now()");
            service.awaitReady();
            JsonNode data = check(service).path("data");
            assertThat(data.path("crm.depth")).hasToString("0");
            assertThat(data.path("crm.oldestAgeSeconds")).hasToString("0");
            assertThat(data.path("crm.paused")).hasToString("false");
            rows.config("listing", "gone").deliveries("listing", "gone", "pending", 1, 1);
            await().atMost(DatabasePair.PATIENCE)
                    .untilAsserted(() -> assertThat(
                                    check(service).at("/data/reason").asText())
                            .contains("1 delivery waits for gone, which the settings of this process do not have"));
        }
    }

    private static JsonNode check(UnderstudyProcess service) {
        for (JsonNode check :
                json(new Answer(200, service.health("ready").body())).path("checks")) {
            if (check.path("name").asText().equals("deliveries")) {
                return check;
            }
        }
        throw new AssertionError("there is no check of deliveries");
    }

    private static void problem(Answer answer, int status, String detail) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        JsonNode problem = json(new Answer(200, answer.body()));
        assertThat(problem.path("status").asInt()).isEqualTo(status);
        assertThat(problem.path("title").asText()).isNotBlank();
        assertThat(problem.path("type").asText()).isEqualTo("about:blank");
        assertThat(problem.path("detail").asText()).contains(detail);
    }

    private static JsonNode json(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        try {
            return new ObjectMapper().readTree(answer.body());
        } catch (IOException e) {
            throw new IllegalStateException(answer.body(), e);
        }
    }
}
