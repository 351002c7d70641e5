package io.understudy.scenario.everyChangeIsDelivered;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.DatabasePair;
import io.understudy.KafkaServer;
import io.understudy.Queue;
import io.understudy.UnderstudyProcess;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;

/** Changes reach a topic of a real broker through the service as it is delivered, also when both are killed. */
class TopicIT {

    private static final int PARTITIONS = 2;

    @Test
    void everyChangeIsInTheTopicInTheOrderOfItsRecord() throws Exception {
        try (KafkaServer kafka = new KafkaServer().start();
                DatabasePair pair = new DatabasePair()) {
            kafka.createTopic("changes", PARTITIONS, Map.of());
            Queue queue = new Queue(pair);
            pair.both("create table item (id int primary key, v int)").adopt();
            queue.configure("item", "events");
            Map<String, String> settings = Map.of(
                    "UNDERSTUDY_OUTBOUND_DESTINATIONS_EVENTS_URL",
                    "kafka://" + kafka.bootstrapServers() + "/changes",
                    "UNDERSTUDY_OUTBOUND_DESTINATIONS_EVENTS_TIMEOUT",
                    "3s",
                    "UNDERSTUDY_OUTBOUND_LEASE",
                    "5s",
                    "UNDERSTUDY_OUTBOUND_ALLOWED_HOSTS",
                    "127.0.0.1,localhost");
            try (UnderstudyProcess killed =
                    UnderstudyProcess.of(pair, settings, "run").awaitReady()) {
                queue.awaitInForce();
                pair.source().run("insert into item select i, 0 from generate_series(1, 500) i");
                queue.awaitFinished(500);
                kafka.kill();
                pair.source().run("update item set v = 1");
                queue.awaitCount("status <> 'completed'", 500);
                killed.kill();
            }
            kafka.start();
            try (UnderstudyProcess service =
                    UnderstudyProcess.of(pair, settings, "run").awaitReady()) {
                pair.source().run("update item set v = 2");
                queue.awaitFinished(1500);
                service.assertRunning();
            }
            assertThat(queue.count("status = 'completed'")).isEqualTo(1500);
            Map<String, List<Integer>> values = new TreeMap<>();
            for (ConsumerRecord<String, String> record : records(kafka)) {
                String id = record.key().substring("public.item/".length());
                assertThat(header(record, "ce_type")).startsWith("io.understudy.");
                assertThat(header(record, "ce_subject")).isEqualTo("public.item/" + id);
                assertThat(header(record, "content-type")).isEqualTo("application/json");
                String v = record.value().replaceAll("(?s).*\"v\": (\\d+).*", "$1");
                values.computeIfAbsent(id, none -> new ArrayList<>()).add(Integer.parseInt(v));
            }
            assertThat(values).hasSize(500);
            assertThat(values.values())
                    .allSatisfy(of -> assertThat(of.stream().distinct()).containsExactly(0, 1, 2));
            pair.assertEqual();
        }
    }

    private static String header(ConsumerRecord<String, String> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static List<ConsumerRecord<String, String>> records(KafkaServer kafka) {
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringDeserializer(),
                new StringDeserializer())) {
            List<TopicPartition> partitions = IntStream.range(0, PARTITIONS)
                    .mapToObj(partition -> new TopicPartition("changes", partition))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long end = consumer.endOffsets(partitions).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            List<ConsumerRecord<String, String>> records = new ArrayList<>();
            long until = System.nanoTime() + DatabasePair.PATIENCE.toNanos();
            while (records.size() < end && System.nanoTime() < until) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
            assertThat(records).hasSize((int) end);
            return records;
        }
    }
}
