package io.understudy.status;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.quarkus.runtime.ShutdownEvent;
import io.understudy.mirror.Settings;
import io.understudy.outbound.DestinationQueue;
import io.understudy.outbound.QueueWatch;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.SessionSettings;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** How much waits for each destination, for health and metrics of the mirror that this process runs. */
@ApplicationScoped
public class DeliveryFigures {

    private final Vertx vertx;
    private final MultiGauge depth;
    private final MultiGauge oldestAge;
    private volatile QueueWatch watch;

    DeliveryFigures(Vertx vertx, MeterRegistry registry) {
        this.vertx = vertx;
        this.depth = MultiGauge.builder("understudy.deliveries")
                .description("Deliveries in the queue that were not completed")
                .register(registry);
        this.oldestAge = MultiGauge.builder("understudy.delivery.oldest.age")
                .description("How long the oldest unfinished delivery has waited")
                .baseUnit("seconds")
                .register(registry);
    }

    /** From now on until the process ends. */
    public void watch(Settings settings) {
        SessionSettings session = new SessionSettings("understudy: " + settings.name(), true);
        watch = new QueueWatch(
                PostgresClient.open(vertx, settings.target(), session, 1),
                settings.name(),
                settings.outbound().destinations().keySet(),
                this::measure);
        watch.start();
    }

    Optional<QueueWatch.Seen> seen() {
        return Optional.ofNullable(watch).flatMap(QueueWatch::seen);
    }

    private void measure(List<DestinationQueue> queues) {
        depth.register(
                queues.stream()
                        .flatMap(queue -> Stream.of(
                                row(queue, "pending", queue.pending()),
                                row(queue, "running", queue.running()),
                                row(queue, "retrying", queue.retrying()),
                                row(queue, "discarded", queue.discarded())))
                        .toList(),
                true);
        oldestAge.register(
                queues.stream()
                        .<MultiGauge.Row<?>>map(queue -> MultiGauge.Row.of(
                                Tags.of("destination", queue.destination()),
                                Optional.ofNullable(queue.oldestAgeSeconds()).orElse(0.0)))
                        .toList(),
                true);
    }

    private static MultiGauge.Row<?> row(DestinationQueue queue, String status, long deliveries) {
        return MultiGauge.Row.of(Tags.of("destination", queue.destination(), "status", status), deliveries);
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        if (watch != null) {
            watch.stop();
        }
    }
}
