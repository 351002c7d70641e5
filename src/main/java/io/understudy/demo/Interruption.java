package io.understudy.demo;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C or SIGTERM, turned into a wish that the main thread sees at its next wait. The JVM waits for that thread to
 * tidy up: first the mirror, then the servers it is connected to.
 */
final class Interruption implements AutoCloseable {

    /** A mirror drains within 10 s, two small servers stop in one. */
    private static final Duration GRACE = Duration.ofSeconds(20);

    private final CountDownLatch wished = new CountDownLatch(1);
    private final CountDownLatch tidy = new CountDownLatch(1);
    private final Thread hook = new Thread(this::tidyUp, "demo-interruption");
    private volatile Runnable lastResort = () -> {};

    Interruption() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** What is done when the main thread does not come to it. */
    void lastResort(Runnable action) {
        lastResort = action;
    }

    boolean wished() {
        return wished.getCount() == 0;
    }

    /** Waits for as long, or until interrupted; true when interrupted. */
    boolean within(Duration time) {
        try {
            return wished.await(Math.max(0, time.toMillis()), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void tidyUp() {
        wished.countDown();
        try {
            if (!tidy.await(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                lastResort.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        tidy.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The hook is running: it was the reason to close.
        }
    }
}
