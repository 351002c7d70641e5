package io.understudy.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.smallrye.reactive.messaging.kafka.KafkaConnector;
import io.understudy.DatabasePair;
import io.understudy.KafkaServer;
import io.understudy.postgres.TableId;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.eclipse.microprofile.reactive.messaging.spi.Connector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The sink as the service makes it, with the connector of the application, and a real broker. */
@QuarkusTest
@TestProfile(KafkaSinkIT.Anywhere.class)
class KafkaSinkIT {

    private static final Outcome DELIVERED = new Outcome.Delivered();
    private static final int PARTITIONS = 3;
    private static final int KEYS = 100;

    /** Its health, which nobody asks for, at any free port. */
    public static final class Anywhere implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarkus.http.test-port", "0");
        }
    }

    private static KafkaServer server;
    private static int topics;

    @Inject
    @Connector(KafkaConnector.CONNECTOR_NAME)
    KafkaConnector connector;

    private final List<Sink> sinks = new ArrayList<>();
    private String topic;

    @BeforeAll
    static void startServer() {
        server = new KafkaServer().start();
    }

    @AfterAll
    static void closeServer() {
        server.close();
    }

    @BeforeEach
    void nameTopic() {
        topic = "topic-" + ++topics;
    }

    @AfterEach
    void closeSinks() {
        sinks.forEach(Sink::close);
    }

    @Test
    void recordIsACloudEventInBinaryMode() {
        server.createTopic(topic, PARTITIONS, Map.of());
        Delivery delivery = delivery(1, "häuser/ä", "{\"row\":{\"name\":\"Zoë\"}}");
        assertThat(outcome(sink(Duration.ofSeconds(30)).send(delivery))).isEqualTo(DELIVERED);
        assertThat(records(1)).singleElement().satisfies(record -> {
            assertThat(record.key()).isEqualTo("häuser/ä");
            assertThat(record.value()).isEqualTo("{\"row\":{\"name\":\"Zoë\"}}");
            assertThat(headers(record))
                    .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                            Map.entry("ce_specversion", "1.0"),
                            Map.entry("ce_id", "id-1"),
                            Map.entry("ce_source", "/understudy/shop"),
                            Map.entry("ce_type", "io.understudy.update"),
                            Map.entry("ce_subject", "public.häuser/1"),
                            Map.entry("ce_time", "2026-01-02T03:04:05Z"),
                            Map.entry("ce_partitionkey", "häuser/ä"),
                            Map.entry("ce_workflow", "prices"),
                            Map.entry("ce_objecttype", "House"),
                            Map.entry("content-type", "application/json")));
        });
    }

    @Test
    void keepsTheOrderOfEachKeyWithoutWaiting() {
        server.createTopic(topic, PARTITIONS, Map.of());
        List<Delivery> deliveries = deliveries(1, 20_000);
        assertThat(send(sink(Duration.ofSeconds(60)), deliveries).values()).containsOnly(DELIVERED);
        assertThat(idsByKey(records(deliveries.size()))).isEqualTo(sentByKey(deliveries));
    }

    @Test
    void nothingIsLostOrOvertakenWhenTheBrokerIsKilled() {
        server.createTopic(topic, PARTITIONS, Map.of());
        Sink sink = sink(Duration.ofSeconds(2));
        assertThat(send(sink, deliveries(1, 500)).values()).containsOnly(DELIVERED);

        server.kill();
        List<Delivery> duringOutage = deliveries(501, 1000);
        Map<Delivery, Outcome> answers = send(sink, duringOutage.subList(0, 250));
        assertThat(answers.values()).allSatisfy(KafkaSinkIT::assertToBeTriedAgain);
        answers.putAll(send(sink, duringOutage.subList(250, 500)));
        assertThat(answers.values()).allSatisfy(KafkaSinkIT::assertToBeTriedAgain);

        server.start();
        // As the queue does it: what was not delivered comes again, in order.
        await().atMost(DatabasePair.PATIENCE).until(() -> {
            List<Delivery> again = answers.keySet().stream()
                    .filter(delivery -> !answers.get(delivery).equals(DELIVERED))
                    .toList();
            answers.putAll(send(sink, again));
            return answers.values().stream().allMatch(DELIVERED::equals);
        });
        Map<String, List<String>> arrived = idsByKey(records(1000));
        // Whoever drops what came before, and whoever takes what comes last, is right.
        assertThat(arrived)
                .allSatisfy((key, ids) -> assertThat(ids.stream().distinct().toList())
                        .isEqualTo(sentByKey(deliveries(1, 1000)).get(key)));
        assertThat(arrived)
                .allSatisfy((key, ids) -> assertThat(last(ids))
                        .isEqualTo(last(sentByKey(deliveries(1, 1000)).get(key))));
    }

    @Test
    void topicThatDoesNotExistIsTriedAgainUntilItDoes() {
        Sink sink = sink(Duration.ofSeconds(2));
        Map<Delivery, Outcome> answers = send(sink, deliveries(1, 300));
        assertThat(answers.values())
                .allSatisfy(
                        outcome -> assertThat(reason(outcome)).contains(topic).contains("do not know"));
        server.createTopic(topic, PARTITIONS, Map.of());
        await().atMost(DatabasePair.PATIENCE)
                .until(() -> outcome(sink.send(delivery(1, "k", "{}"))).equals(DELIVERED));
        assertThat(send(sink, deliveries(2, 300)).values()).containsOnly(DELIVERED);
    }

    @Test
    void whatIsTooLargeForTheTopicIsRefusedAndTheNextIsNot() {
        server.createTopic(topic, 1, Map.of("max.message.bytes", "20000"));
        Sink sink = sink(Duration.ofSeconds(30));
        List<CompletionStage<Outcome>> answers = List.of(
                sink.send(delivery(1, "k", "{}")),
                sink.send(delivery(2, "k", "\"" + "x".repeat(30_000) + "\"")),
                sink.send(delivery(3, "k", "{}")));
        assertThat(outcome(answers.get(0))).isEqualTo(DELIVERED);
        assertThat(outcome(answers.get(1)))
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.reason())
                                .contains("max.message.bytes")
                                .doesNotContain("xxx"));
        assertThat(outcome(answers.get(2))).isEqualTo(DELIVERED);
    }

    @Test
    void whatIsTooLargeForTheClientIsRefused() {
        server.createTopic(topic, 1, Map.of());
        Sink sink = sink(Duration.ofSeconds(30));
        assertThat(outcome(sink.send(delivery(1, "k", "x".repeat(KafkaChannel.BUFFER + 1)))))
                .isInstanceOf(Outcome.Refused.class);
        assertThat(outcome(sink.send(delivery(2, "k", "{}")))).isEqualTo(DELIVERED);
    }

    @Test
    void clusterWithoutAnAddressIsTriedAgain() {
        Sink sink = sink(Duration.ofSeconds(30), "nowhere.invalid:9092");
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThat(reason(outcome(sink.send(delivery(1, "k", "{}")))))
                    .contains("nowhere.invalid:9092")
                    .contains("no client");
        }
    }

    @Test
    void answersWhatIsUnderWayWhenItIsClosed() {
        Sink sink = sink(Duration.ofMinutes(5));
        CompletionStage<Outcome> answer = sink.send(delivery(1, "k", "{}"));
        sink.close();
        assertThat(reason(outcome(answer))).contains("stops");
        assertThat(reason(outcome(sink.send(delivery(2, "k", "{}"))))).contains("stops");
    }

    private Sink sink(Duration timeout) {
        return sink(timeout, server.bootstrapServers());
    }

    private Sink sink(Duration timeout, String broker) {
        Sink sink = new KafkaSink(
                connector, new Destination.Kafka("topics", List.of(broker), topic, timeout, 1000), KafkaSettings.NONE);
        sinks.add(sink);
        return sink;
    }

    private static List<Delivery> deliveries(int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(id -> delivery(id, "key-" + id % KEYS, "{\"id\":" + id + "}"))
                .toList();
    }

    private static Delivery delivery(long id, String key, String payload) {
        return new Delivery(
                id,
                "shop",
                "topics",
                new TableId("public", "häuser"),
                "1",
                Operation.UPDATE,
                payload,
                "id-" + id,
                key,
                1,
                20,
                Instant.parse("2026-01-02T03:04:05Z"),
                Optional.of("prices"),
                Optional.of("House"));
    }

    /** All at once, in this order. */
    private static Map<Delivery, Outcome> send(Sink sink, List<Delivery> deliveries) {
        List<CompletionStage<Outcome>> answers =
                deliveries.stream().map(sink::send).toList();
        Map<Delivery, Outcome> outcomes = new LinkedHashMap<>();
        for (int i = 0; i < deliveries.size(); i++) {
            outcomes.put(deliveries.get(i), outcome(answers.get(i)));
        }
        return outcomes;
    }

    private static Outcome outcome(CompletionStage<Outcome> answer) {
        return answer.toCompletableFuture()
                .orTimeout(DatabasePair.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    private static void assertToBeTriedAgain(Outcome outcome) {
        assertThat(reason(outcome)).contains(server.bootstrapServers());
    }

    private static String reason(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Retry.class);
        return ((Outcome.Retry) outcome).reason();
    }

    /** All of the topic, at least so many. */
    private List<ConsumerRecord<String, String>> records(int least) {
        try (var consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", server.bootstrapServers()),
                new StringDeserializer(),
                new StringDeserializer())) {
            List<TopicPartition> partitions = IntStream.range(0, PARTITIONS)
                    .mapToObj(partition -> new TopicPartition(topic, partition))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long end = consumer.endOffsets(partitions).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            assertThat(end).isGreaterThanOrEqualTo(least);
            List<ConsumerRecord<String, String>> records = new ArrayList<>();
            await().atMost(DatabasePair.PATIENCE).pollInSameThread().until(() -> {
                consumer.poll(Duration.ofMillis(500)).forEach(records::add);
                return records.size() == end;
            });
            return records;
        }
    }

    private static Map<String, List<String>> idsByKey(List<ConsumerRecord<String, String>> records) {
        return records.stream()
                .collect(Collectors.groupingBy(
                        ConsumerRecord::key,
                        Collectors.mapping(record -> headers(record).get("ce_id"), Collectors.toList())));
    }

    private static String last(List<String> ids) {
        return ids.get(ids.size() - 1);
    }

    private static Map<String, List<String>> sentByKey(List<Delivery> deliveries) {
        return deliveries.stream()
                .collect(Collectors.groupingBy(
                        Delivery::orderingKey, Collectors.mapping(Delivery::idempotencyKey, Collectors.toList())));
    }

    private static Map<String, String> headers(ConsumerRecord<String, String> record) {
        Map<String, String> headers = new HashMap<>();
        record.headers()
                .forEach(header -> headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        return headers;
    }
}
