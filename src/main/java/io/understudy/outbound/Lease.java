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
    /** The last one; a worker whose time was over once never comes back. */
    private Held held;

    private boolean over = true;

    Lease(Duration length) {
        this.length = length;
    }

    Duration length() {
        return length;
    }

    /** As whom to give the next sign of life. */
    synchronized UUID next() {
        return isOver() ? UUID.randomUUID() : held.worker();
    }

    /** Whether a sign of this worker is not its first. */
    synchronized boolean holds(UUID worker) {
        return !isOver() && held.worker().equals(worker);
    }

    /**
     * @param sentAt {@link System#nanoTime} before the sign was sent
     * @return false when the worker's time was over before its sign was answered: others have what it claimed
     */
    synchronized boolean renewed(UUID worker, long sentAt) {
        boolean again = held != null && held.worker().equals(worker);
        if (again && isOver()) {
            return false;
        }
        held = new Held(worker, sentAt + length.toNanos());
        over = false;
        return !isOver();
    }

    /** The target does not know the worker any more. */
    synchronized void lost() {
        over = true;
    }

    /** Null when there is none, or not for as long as an attempt may take. */
    synchronized UUID worker(Duration attempt) {
        boolean enough = !isOver() && System.nanoTime() + attempt.toNanos() - held.untilNanos() < 0;
        return enough ? held.worker() : null;
    }

    private boolean isOver() {
        over = over || !held.isValid();
        return over;
    }
}
