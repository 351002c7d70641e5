package io.understudy.outbound;

import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.Session;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * A thread with an {@link Unpacker}. While the mirror catches up it works only some of the time: rows come first, and
 * deliveries are late by then anyway.
 */
final class Unpacking {

    private static final Logger LOG = Logger.getLogger(Unpacking.class);

    /** As long as nobody tells that there is a packet. */
    private static final long LOOK_MILLIS = 1000;

    /** How much longer it rests than it works while the mirror catches up. */
    private static final int REST = 15;

    private static final long LONGEST_REST_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final PostgresClient target;
    private final String mirror;
    private final OutboundSettings settings;
    private final BooleanSupplier isCatchingUp;
    private final Semaphore woken = new Semaphore(0);
    private final Thread thread = new Thread(this::run, "understudy-unpacking");
    private volatile boolean stopping;
    private volatile long closeBy;

    Unpacking(PostgresClient target, String mirror, OutboundSettings settings, BooleanSupplier isCatchingUp) {
        this.target = target;
        this.mirror = mirror;
        this.settings = settings;
        this.isCatchingUp = isCatchingUp;
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** From any thread. */
    void wake() {
        woken.release();
    }

    private void run() {
        RepeatedFailure failed = new RepeatedFailure();
        try {
            while (!stopping) {
                try (Session session = target.session()) {
                    Unpacker unpacker = new Unpacker(session, mirror, settings);
                    while (!stopping) {
                        unpackAll(unpacker);
                        failed.over();
                        woken.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                        woken.drainPermits();
                    }
                    unpackAll(unpacker);
                } catch (PostgresFailure failure) {
                    if (failed.isNew(failure.getMessage())) {
                        LOG.warnf("mirror=%s deliveries are not queued: %s", mirror, failure.getMessage());
                    }
                    TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** When it is told to stop, as far as there is time for: the rest stays in packets. */
    private void unpackAll(Unpacker unpacker) throws InterruptedException {
        long began = System.nanoTime();
        while (unpacker.unpack() > 0 && (!stopping || System.nanoTime() < closeBy)) {
            if (!stopping && isCatchingUp.getAsBoolean()) {
                long rest = Math.min((System.nanoTime() - began) * REST, LONGEST_REST_NANOS);
                TimeUnit.NANOSECONDS.sleep(rest);
            }
            began = System.nanoTime();
        }
    }

    /** Waits for its end, but no longer than that. */
    void stop(long millis) throws InterruptedException {
        closeBy = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis / 2);
        stopping = true;
        wake();
        thread.join(millis);
    }
}
