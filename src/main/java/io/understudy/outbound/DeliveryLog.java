package io.understudy.outbound;

import io.understudy.outbound.DeliveryResult.Discarded;
import java.time.Duration;
import java.util.List;
import org.jboss.logging.Logger;

/** What the log is told of a destination: one line for many, and none twice. Of one thread. */
final class DeliveryLog {

    private static final Logger LOG = Logger.getLogger(DeliveryLog.class);
    private static final Duration TELL_DISCARDED = Duration.ofSeconds(10);

    private final String destination;
    private final RepeatedFailure failed = new RepeatedFailure();
    private boolean down;
    private long discarded;
    private long discardedToldAt = System.nanoTime() - TELL_DISCARDED.toNanos() - 1;

    DeliveryLog(String destination) {
        this.destination = destination;
    }

    void cannotBeOpened(String problem) {
        if (failed.isNew(problem)) {
            LOG.errorf(
                    "destination=%s nothing is delivered, since it cannot be opened: %s. It is tried again.",
                    destination, problem);
        }
    }

    void waitsForTarget(String problem) {
        if (failed.isNew(problem)) {
            LOG.warnf("destination=%s deliveries wait for the target: %s", destination, problem);
        }
    }

    void worked() {
        failed.over();
    }

    void outcome(Outcome outcome, boolean isDown) {
        if (isDown == down) {
            return;
        }
        down = isDown;
        if (down) {
            LOG.warnf(
                    "destination=%s state=failing reason=%s: deliveries wait, single ones are tried",
                    destination, ((Outcome.Retry) outcome).reason());
        } else {
            LOG.infof("destination=%s state=delivering", destination);
        }
    }

    void writtenDown(List<DeliveryResult> results) {
        List<Discarded> given = results.stream()
                .filter(Discarded.class::isInstance)
                .map(Discarded.class::cast)
                .toList();
        discarded += given.size();
        if (!given.isEmpty() && System.nanoTime() - discardedToldAt > TELL_DISCARDED.toNanos()) {
            Discarded last = given.get(given.size() - 1);
            LOG.warnf(
                    "destination=%s deliveries discarded=%d the last one is delivery=%d reason=%s",
                    destination, discarded, last.delivery().id(), last.error());
            discarded = 0;
            discardedToldAt = System.nanoTime();
        }
    }
}
