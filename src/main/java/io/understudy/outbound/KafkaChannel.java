package io.understudy.outbound;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.subscription.BackPressureStrategy;
import io.smallrye.mutiny.subscription.MultiEmitter;
import io.smallrye.reactive.messaging.kafka.KafkaConnector;
import io.smallrye.reactive.messaging.kafka.KafkaProducer;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.StringSerializer;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.Metadata;

/**
 * An outgoing channel to one topic, with a client of its own. Channels that configuration declares are made when the
 * process starts, whatever it was started for, and share their cluster, their limits and the thread that a missing topic
 * blocks; this one is asked of the connector when there is a destination. No broker is contacted before the first record.
 */
final class KafkaChannel implements AutoCloseable {

    /** In bytes, for records that no broker has yet. A record that is larger than this is refused by the client. */
    static final int BUFFER = 32 << 20;

    private static final String NEVER = Integer.toString(Integer.MAX_VALUE);
    private static final Duration LEAST_REQUEST = Duration.ofSeconds(5);
    private static final Duration MOST_REQUEST = Duration.ofSeconds(30);
    /** The connector knows channels by name and forgets none. */
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String topic;
    private final KafkaProducer<String, String> producer;
    private MultiEmitter<? super Message<String>> emitter;

    KafkaChannel(KafkaConnector connector, Destination.Kafka destination, KafkaSettings settings) {
        this.topic = destination.topic();
        String name = "deliveries-" + destination.name() + "-" + COUNT.incrementAndGet();
        subscribe(connector.getSubscriber(config(name, destination, settings)));
        this.producer = connector.getProducer(name);
    }

    @SuppressWarnings("unchecked")
    private void subscribe(Flow.Subscriber<? extends Message<?>> subscriber) {
        // Nothing is kept here: the channel takes without a limit, and the sink bounds what it gives.
        Multi.createFrom()
                .<Message<String>>emitter(given -> this.emitter = given, BackPressureStrategy.BUFFER)
                .subscribe()
                .withSubscriber((Flow.Subscriber<Message<String>>) subscriber);
    }

    private static Config config(String name, Destination.Kafka destination, KafkaSettings settings) {
        Map<String, String> properties = new HashMap<>(Map.of(
                "client.id",
                "understudy-" + destination.name(),
                "linger.ms",
                "5",
                // In bytes; what comes in 5 ms at 20,000 records a second
                "batch.size",
                Integer.toString(64 << 10),
                "reconnect.backoff.max.ms",
                "1000",
                "request.timeout.ms",
                milliseconds(requestTimeout(destination.timeout()))));
        properties.putAll(settings.properties());
        properties.putAll(Map.of(
                "connector", KafkaConnector.CONNECTOR_NAME,
                "channel-name", name,
                "bootstrap.servers", String.join(",", destination.brokers()),
                "topic", destination.topic(),
                "key.serializer", StringSerializer.class.getName(),
                "value.serializer", StringSerializer.class.getName()));
        properties.putAll(Map.of(
                // Until the first record, when a broker may be away without stopping the start
                "lazy-client", "true",
                "max-inflight-messages", "0",
                "retries", "0",
                "close-timeout", "1000",
                "health-enabled", "false",
                "tracing-enabled", "false",
                "cloud-events", "false"));
        properties.putAll(Map.of(
                "acks",
                "all",
                "enable.idempotence",
                "true",
                "max.in.flight.requests.per.connection",
                "5",
                // A record that is given up while a later one stays would be overtaken by it when it is sent again.
                "delivery.timeout.ms",
                NEVER,
                // Known topics stay known, so that only the first record of all waits for what its topic is like. Less
                // than the answer may take: the client knows why it waited.
                "metadata.max.idle.ms",
                NEVER,
                "max.block.ms",
                milliseconds(destination.timeout().multipliedBy(3).dividedBy(4)),
                "buffer.memory",
                Integer.toString(BUFFER),
                // How large a record may be is the topic's decision.
                "max.request.size",
                Integer.toString(BUFFER)));
        return new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(properties, name, 0))
                .build();
    }

    private static Duration requestTimeout(Duration timeout) {
        Duration atLeast = timeout.compareTo(LEAST_REQUEST) < 0 ? LEAST_REQUEST : timeout;
        return atLeast.compareTo(MOST_REQUEST) > 0 ? MOST_REQUEST : atLeast;
    }

    private static String milliseconds(Duration duration) {
        return Long.toString(duration.toMillis());
    }

    /** Gives it to the client. One of the two is called, once, on any thread, however long it takes. */
    void emit(Delivery delivery, Runnable acknowledged, Consumer<Throwable> failed) {
        Metadata metadata = Metadata.of(OutgoingKafkaRecordMetadata.<String>builder()
                .withTopic(topic)
                .withKey(delivery.orderingKey())
                .withHeaders(headers(delivery))
                .build());
        Supplier<CompletionStage<Void>> ack = () -> {
            acknowledged.run();
            return CompletableFuture.completedFuture(null);
        };
        emitter.emit(Message.of(delivery.payload(), metadata, ack, failure -> {
            failed.accept(failure);
            return CompletableFuture.completedFuture(null);
        }));
    }

    /** The binary mode of CloudEvents: Kafka's headers take any UTF-8. */
    private static Headers headers(Delivery delivery) {
        Headers headers = new RecordHeaders();
        CloudEvent.attributes(delivery).forEach((name, value) -> headers.add("ce_" + name, bytes(value)));
        return headers.add("content-type", bytes(CloudEvent.DATA));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Whether there is a connection to some broker at this moment. */
    boolean isConnected() {
        Producer<String, String> client = producer.unwrap();
        return client != null
                && client.metrics().values().stream()
                        .filter(metric -> metric.metricName().name().equals("connection-count"))
                        .anyMatch(metric -> metric.metricValue() instanceof Double count && count > 0);
    }

    /** At once: what no broker has acknowledged may or may not arrive. */
    @Override
    public void close() {
        Producer<String, String> client = producer.unwrap();
        if (client != null) {
            // First, and from here: the channel's own thread may be waiting in it.
            client.close(Duration.ZERO);
        }
        producer.close();
    }
}
