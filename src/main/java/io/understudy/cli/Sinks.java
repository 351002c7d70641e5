package io.understudy.cli;

import io.understudy.outbound.Destination;
import io.understudy.outbound.EgressGuard;
import io.understudy.outbound.HttpSink;
import io.understudy.outbound.OutboundSettings;
import io.understudy.outbound.Sink;
import io.vertx.core.Vertx;
import java.util.function.Function;

/** Opens the sink of a destination. */
final class Sinks implements Function<Destination, Sink> {

    private final Vertx vertx;
    private final EgressGuard guard;

    Sinks(Vertx vertx, OutboundSettings settings) {
        this.vertx = vertx;
        this.guard = new EgressGuard(settings.allowedHosts());
    }

    @Override
    public Sink apply(Destination destination) {
        return new HttpSink(vertx, (Destination.Http) destination, guard);
    }
}
