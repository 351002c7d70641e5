package io.understudy.outbound;

import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.PostgresFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Reads the figures of the queue every few seconds, so that a health probe or a scrape reads none. Its thread looks every
 * five seconds, and a twentieth of the time at most: with a million that wait a look takes a second.
 */
public final class QueueWatch {

    private static final Logger LOG = Logger.getLogger(QueueWatch.class);

    private static final Duration PERIOD = Duration.ofSeconds(5);
    private static final int SHARE = 20;
    private static final Duration LAST_LOOK = Duration.ofSeconds(3);

    /** What was found, and when. */
    public record Seen(List<DestinationQueue> queues, Instant at) {}

    private final PostgresClient target;
    private final String mirror;
    private final List<String> known;
    private final Consumer<List<DestinationQueue>> told;
    private final Thread thread = new Thread(this::watch, "understudy-queue-watch");
    private final CountDownLatch stopSignal = new CountDownLatch(1);
    private volatile Seen seen;

    /**
     * @param target its own, which it closes
     * @param known the destinations that the settings have
     * @param told by its thread, after every look
     */
    public QueueWatch(
            PostgresClient target, String mirror, Collection<String> known, Consumer<List<DestinationQueue>> told) {
        this.target = target;
        this.mirror = mirror;
        this.known = List.copyOf(known);
        this.told = told;
        this.thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** Nothing before the first look, and as long as the target has no queue. */
    public Optional<Seen> seen() {
        return Optional.ofNullable(seen);
    }

    private void watch() {
        try {
            Duration wait;
            do {
                Instant began = Instant.now();
                lookSafely();
                Duration rest = Duration.between(began, Instant.now()).multipliedBy(SHARE - 1);
                wait = rest.compareTo(PERIOD) > 0 ? rest : PERIOD;
            } while (!stopSignal.await(wait.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lookSafely() {
        try {
            if (QueueFigures.areKept(target)) {
                seen = new Seen(QueueFigures.read(target, mirror, known), Instant.now());
                told.accept(seen.queues());
            }
        } catch (PostgresFailure e) {
            // The mirror meets the same trouble and tells it; the last answer and its age stay.
            LOG.debugf("could not look at the queue: %s", e.getMessage());
        }
    }

    public void stop() throws InterruptedException {
        stopSignal.countDown();
        thread.join(LAST_LOOK.toMillis());
        target.close();
    }
}
