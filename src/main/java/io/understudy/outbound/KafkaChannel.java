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
import java.util.concurrent.TimeUnit;
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
 * blocks; this one is asked of the connector when there is a destination. Its client is made in the background, and when
 * that fails, again with each record: a start does not depend on brokers.
 */
final class KafkaChannel implements AutoCloseable {

    /** In bytes, for records that no broker has yet. A record that is larger than this is refused by the client. */
    static final int BUFFER = 32 << 20;

    private static final String NEVER = Integer.toString(Integer.MAX_VALUE);
    private static final Duration LEAST_REQUEST = Duration.ofSeconds(5);
    private static final Duration MOST_REQUEST = Duration.ofSeconds(30);
    private static final Duration MOST_MAKING = Duration.ofSeconds(5);
    /** The connector knows channels by name and forgets none. */
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String topic;
    private final KafkaProducer<String, String> producer;
    /** When the client was tried to be made for the first time. It is again with each record, until it can be. */
    private final CompletableFuture<Boolean> made;

    private MultiEmitter<? super Message<String>> emitter;

    KafkaChannel(KafkaConnector connector, Destination.Kafka destination, KafkaSettings settings) {
        this.topic = destination.topic();
        String name = "deliveries-" + destination.name() + "-" + COUNT.incrementAndGet();
        subscribe(connector.getSubscriber(config(name, destination, settings)));
        this.producer = connector.getProducer(name);
        this.made = producer.runOnSendingThread(client -> true)
                .onFailure()
                .recoverWithItem(false)
                .subscribeAsCompletionStage();
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
        Map<String, String> properties = new HashMap<>();
        // May be set to something else.
        properties.put("client.id", "understudy-" + destination.name());
        properties.put("linger.ms", "5");
        // In bytes; more than comes to one partition in 5 ms at 20,000 records a second
        properties.put("batch.size", Integer.toString(64 << 10));
        properties.put("reconnect.backoff.max.ms", "1000");
        properties.put("request.timeout.ms", requestMilliseconds(destination.timeout()));
        properties.putAll(settings.properties());
        // Of the channel
        properties.put("connector", KafkaConnector.CONNECTOR_NAME);
        properties.put("channel-name", name);
        properties.put("topic", destination.topic());
        properties.put("lazy-client", "true");
        properties.put("max-inflight-messages", "0");
        properties.put("retries", "0");
        properties.put("close-timeout", "1000");
        properties.put("health-enabled", "false");
        properties.put("tracing-enabled", "false");
        properties.put("cloud-events", "false");
        // Of Kafka's client
        properties.put("bootstrap.servers", String.join(",", destination.brokers()));
        properties.put("key.serializer", StringSerializer.class.getName());
        properties.put("value.serializer", StringSerializer.class.getName());
        properties.put("acks", "all");
        properties.put("enable.idempotence", "true");
        properties.put("max.in.flight.requests.per.connection", "5");
        // A record that is given up while a later one stays would be overtaken by it when it is sent again: with its
        // brokers away, and while it is not known, or not any more, what the topic is like.
        properties.put("delivery.timeout.ms", NEVER);
        properties.put("max.block.ms", NEVER);
        properties.put("buffer.memory", Integer.toString(BUFFER));
        // How large a record may be is the topic's decision.
        properties.put("max.request.size", Integer.toString(BUFFER));
        return new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(properties, name, 0))
                .build();
    }

    private static String requestMilliseconds(Duration timeout) {
        return Long.toString(Math.max(LEAST_REQUEST.toMillis(), Math.min(timeout.toMillis(), MOST_REQUEST.toMillis())));
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

    /** What keeps a record from being acknowledged, as far as can be seen. Its subject is the topic. */
    String trouble() {
        if (figure("connection-count") == 0) {
            return "has no broker that could be reached";
        }
        // What a topic is like is asked before a record has a place in the buffer.
        return figure("buffer-available-bytes") == BUFFER
                ? "is a topic that its brokers do not know"
                : "did not acknowledge it";
    }

    /** Of the client; 0 when there is none. */
    private double figure(String name) {
        Producer<String, String> client = producer.unwrap();
        return client == null
                ? 0
                : client.metrics().values().stream()
                        .filter(metric -> metric.metricName().name().equals(name))
                        .filter(metric -> metric.metricName().group().equals("producer-metrics"))
                        .mapToDouble(metric -> metric.metricValue() instanceof Double value ? value : 0)
                        .sum();
    }

    /** At once: what no broker has acknowledged may or may not arrive. */
    @Override
    public void close() {
        made.completeOnTimeout(false, MOST_MAKING.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        Producer<String, String> client = producer.unwrap();
        if (client != null) {
            // From here, and first: the channel's own thread may be waiting in it.
            client.close(Duration.ZERO);
        }
        producer.close();
    }
}
