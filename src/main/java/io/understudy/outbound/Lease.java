package io.understudy.outbound;

import java.time.Duration;
import java.util.UUID;

/**
 * The right of this process to deliver what it has claimed: renewed by a sign of life at the target, and over when there
 * was none for its length. From then on others may deliver it, so nothing more of it is sent; what this process claims
 * afterwards, it claims as another worker.
 *
 * <p>Time is counted from before the sign was sent, by a clock that nobody sets: over here earlier than there.
 */
final class Lease {

    record Held(UUID worker, long untilNanos) {
        boolean isValid() {
            return System.nanoTime() - untilNanos < 0;
        }
    }

    private final Duration length;
    private volatile Held held;

    Lease(Duration length) {
        this.length = length;
    }

    Duration length() {
        return length;
    }

    /** As whom to give the next sign of life. */
    UUID next() {
        Held last = held;
        return last != null && last.isValid() ? last.worker() : UUID.randomUUID();
    }

    /** @param sentAt {@link System#nanoTime} before the sign was sent */
    void renewed(UUID worker, long sentAt) {
        held = new Held(worker, sentAt + length.toNanos());
    }

    /** Null when there is none, or not for as long as an attempt may take. */
    UUID worker(Duration attempt) {
        Held now = held;
        boolean enough = now != null && System.nanoTime() + attempt.toNanos() - now.untilNanos() < 0;
        return enough ? now.worker() : null;
    }
}
