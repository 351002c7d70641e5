package io.understudy.status;

import io.understudy.mirror.Mirror;
import io.understudy.mirror.RunningMirror;
import io.understudy.outbound.DeliveryCount;
import io.understudy.outbound.DestinationQueue;
import io.understudy.outbound.QueueWatch;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Whether deliveries arrive: none waits longer than it may, and there is a place for each. */
@Readiness
@ApplicationScoped
class DeliveryReadiness implements HealthCheck {

    /** Figures that are older are told with their age. */
    private static final Duration OLD = Duration.ofMinutes(1);

    private final RunningMirror running;
    private final DeliveryFigures figures;

    DeliveryReadiness(RunningMirror running, DeliveryFigures figures) {
        this.running = running;
        this.figures = figures;
    }

    private record Trouble(String reason, String remedy) {}

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response = HealthCheckResponse.named("deliveries");
        Optional<QueueWatch.Seen> seen = figures.seen();
        Optional<Mirror> mirror = running.get();
        if (seen.isEmpty() || mirror.isEmpty()) {
            return response.up().build();
        }
        List<DestinationQueue> queues = seen.get().queues();
        queues.forEach(queue -> describe(queue, response));
        Duration age = Duration.between(seen.get().at(), Instant.now());
        if (!queues.isEmpty() && age.compareTo(OLD) > 0) {
            response.withData("seenSecondsAgo", age.toSeconds());
        }
        List<Trouble> troubles = troubles(queues, mirror.get().settings().maxDeliveryAge());
        if (!troubles.isEmpty()) {
            response.withData(
                            "reason",
                            String.join(
                                    " ", troubles.stream().map(Trouble::reason).toList()))
                    .withData("remedy", troubles.get(0).remedy());
        }
        return response.status(troubles.isEmpty()).build();
    }

    private static void describe(DestinationQueue queue, HealthCheckResponseBuilder response) {
        response.withData(queue.destination() + ".depth", queue.depth());
        response.withData(
                queue.destination() + ".oldestAgeSeconds",
                queue.oldestAgeSeconds() == null ? 0 : Math.round(queue.oldestAgeSeconds()));
        response.withData(queue.destination() + ".paused", queue.paused());
    }

    private static List<Trouble> troubles(List<DestinationQueue> queues, Duration limit) {
        List<Trouble> troubles = new ArrayList<>();
        for (DestinationQueue queue : queues) {
            if (!queue.known() && queue.depth() > 0) {
                DeliveryCount count = new DeliveryCount(queue.depth());
                troubles.add(new Trouble(
                        count + count.verb(" waits", " wait") + " for " + queue.destination()
                                + ", which the settings of this process do not have.",
                        "Set understudy.outbound.destinations." + queue.destination()
                                + ".url and start the service again, or give them up: ./understudy deliveries discard"
                                + " --all --destination " + queue.destination()));
            } else if (!queue.paused()
                    && queue.oldestAgeSeconds() != null
                    && queue.oldestAgeSeconds() > limit.toSeconds()) {
                troubles.add(new Trouble(
                        "The oldest of " + new DeliveryCount(queue.depth()) + " to " + queue.destination()
                                + " has waited for "
                                + queue.oldestAgeSeconds() + " s, more than understudy.health.max-delivery-age="
                                + limit.toSeconds() + "s."
                                + (queue.failed() == 0
                                        ? ""
                                        : " " + new DeliveryCount(queue.failed()).haveFailed() + "; the first error: "
                                                + queue.lastError()),
                        "Look at ./understudy deliveries list --oldest --destination " + queue.destination()
                                + " and mend the receiver, or have it wait: ./understudy deliveries pause "
                                + queue.destination()));
            }
        }
        return troubles;
    }
}
