package io.understudy.cli;

import io.smallrye.reactive.messaging.kafka.KafkaConnector;
import io.understudy.outbound.Destination;
import io.understudy.outbound.EgressGuard;
import io.understudy.outbound.HttpSink;
import io.understudy.outbound.KafkaSettings;
import io.understudy.outbound.KafkaSink;
import io.understudy.outbound.OutboundSettings;
import io.understudy.outbound.Sink;
import io.vertx.core.Vertx;
import java.util.function.Function;

/** Opens the sink of a destination. */
final class Sinks implements Function<Destination, Sink> {

    private final Vertx vertx;
    private final KafkaConnector kafka;
    private final KafkaSettings kafkaSettings;
    private final EgressGuard guard;

    /** @param kafka asked for nothing before there is a topic */
    Sinks(Vertx vertx, KafkaConnector kafka, OutboundSettings settings, KafkaSettings kafkaSettings) {
        this.vertx = vertx;
        this.kafka = kafka;
        this.guard = new EgressGuard(settings.allowedHosts());
        this.kafkaSettings = kafkaSettings;
    }

    @Override
    public Sink apply(Destination destination) {
        return destination instanceof Destination.Http http
                ? new HttpSink(vertx, http, guard)
                : new KafkaSink(kafka, (Destination.Kafka) destination, kafkaSettings);
    }
}
