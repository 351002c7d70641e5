package io.understudy.api;

import io.quarkus.runtime.ShutdownEvent;
import io.understudy.mirror.Mirror;
import io.understudy.mirror.RunningMirror;
import io.understudy.mirror.Settings;
import io.understudy.outbound.Deliveries;
import io.understudy.outbound.DeliveryBatches;
import io.understudy.outbound.DestinationQueue;
import io.understudy.outbound.QueueFigures;
import io.understudy.outbound.QueueNames;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.SessionSettings;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.ws.rs.core.Response;
import java.util.List;

/** The delivery queue of the mirror that this process runs, over connections of its own, opened at the first request. */
@ApplicationScoped
class Queue {

    /** Who is noted for what comes over HTTP: the token has no name. */
    static final String BY = "http";

    /** More requests than that wait for each other, and are refused after some seconds. */
    private static final int CONNECTIONS = 2;

    private final Vertx vertx;
    private final RunningMirror running;
    private PostgresClient client;

    Queue(Vertx vertx, RunningMirror running) {
        this.vertx = vertx;
        this.running = running;
    }

    Deliveries deliveries() {
        return new Deliveries(target(), settings().name());
    }

    DeliveryBatches batches() {
        return new DeliveryBatches(target(), settings().name(), BY);
    }

    QueueNames names() {
        return QueueNames.read(
                target(),
                settings().name(),
                settings().outbound().destinations().keySet());
    }

    List<DestinationQueue> figures() {
        return QueueFigures.read(
                target(),
                settings().name(),
                settings().outbound().destinations().keySet());
    }

    private Settings settings() {
        return running.get()
                .map(Mirror::settings)
                .orElseThrow(() -> new ProblemException(
                        Response.Status.SERVICE_UNAVAILABLE, "No mirror runs in this process yet."));
    }

    private PostgresClient target() {
        PostgresClient target = open();
        if (!QueueFigures.areKept(target)) {
            throw new ProblemException(
                    Response.Status.SERVICE_UNAVAILABLE,
                    "The target has no delivery queue yet: the mirror is still looking at it.");
        }
        return target;
    }

    private synchronized PostgresClient open() {
        if (client == null) {
            Settings settings = settings();
            client = PostgresClient.open(
                    vertx,
                    settings.target(),
                    new SessionSettings("understudy: " + settings.name(), false),
                    CONNECTIONS);
        }
        return client;
    }

    synchronized void close(@Observes ShutdownEvent event) {
        if (client != null) {
            client.close();
        }
    }
}
