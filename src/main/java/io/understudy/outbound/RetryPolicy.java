package io.understudy.outbound;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * When a delivery is tried again: after twice as long each time, up to a bound, and never at the same moment as all the
 * others that failed together.
 */
record RetryPolicy(Duration first, Duration longest) {

    /** 2^20 seconds are twelve days: beyond it the bound holds anyway. */
    private static final int MOST_DOUBLINGS = 20;

    /** @param attempt the one that failed; the first is 1 */
    Duration wait(int attempt) {
        long full =
                Math.min(longest.toMillis(), first.toMillis() << Math.min(Math.max(attempt - 1, 0), MOST_DOUBLINGS));
        return Duration.ofMillis(full / 2 + ThreadLocalRandom.current().nextLong(full / 2 + 1));
    }
}
