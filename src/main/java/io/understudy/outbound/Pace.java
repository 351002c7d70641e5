package io.understudy.outbound;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * How much a destination is given at once. One that fails for several keys in a row is taken to be down: it gets single
 * deliveries, after longer and longer pauses, until one arrives; then twice as much each time. Otherwise an hour without
 * a receiver would use up the attempts of everything in the queue.
 */
final class Pace {

    /** Fewer may be records that fail for reasons of their own. */
    private static final int KEYS = 20;

    private static final RetryPolicy PAUSES = new RetryPolicy(Duration.ofSeconds(1), Duration.ofSeconds(10));

    private final int most;
    private final Set<String> failing = new HashSet<>();
    private int allowed;
    private int pauses;
    private long quietUntil = System.nanoTime();

    Pace(int most) {
        this.most = most;
        this.allowed = most;
    }

    void arrived() {
        failing.clear();
        pauses = 0;
        allowed = (int) Math.min(most, allowed * 2L);
    }

    /** @param leaveAlone for how long it asked; zero when it did not */
    void failed(String key, Duration leaveAlone) {
        if (failing.size() < KEYS) {
            failing.add(key);
        }
        if (failing.size() == KEYS && !isQuiet()) {
            allowed = 1;
            pauses++;
            Duration pause = PAUSES.wait(pauses);
            Duration asked = leaveAlone.compareTo(PAUSES.longest()) < 0 ? leaveAlone : PAUSES.longest();
            quietUntil = System.nanoTime() + (asked.compareTo(pause) > 0 ? asked : pause).toNanos();
        }
    }

    boolean isDown() {
        return failing.size() == KEYS;
    }

    private boolean isQuiet() {
        return System.nanoTime() - quietUntil < 0;
    }

    /** How many deliveries may be claimed and unfinished now. */
    int allowed() {
        return isQuiet() ? 0 : allowed;
    }
}
