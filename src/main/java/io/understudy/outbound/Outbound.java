package io.understudy.outbound;

import io.understudy.postgres.DatabaseUrl;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.SessionSettings;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Everything that delivers, for one mirror in this process: what fills the queue, a {@link DeliveryWorker} for each
 * destination, and a thread that gives signs of life for them, rescues what workers left behind that give none any more,
 * and removes what is finished long enough. Several processes may do this for one mirror at once, a standby too.
 */
public final class Outbound implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Outbound.class);

    /** Behind the mirror's name in a notification: deliveries were brought back that may lie before what workers know. */
    static final String AGAIN = " again";

    /** The same: there is a packet. */
    static final String PACKED = " packed";

    /** The same: what is claimed may hold values of a former masking rule. */
    static final String MASKS = " masks";

    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration RESCUE = Duration.ofSeconds(5);
    private static final Duration RESCUE_UNKNOWN = Duration.ofMinutes(1);
    /** For everything at the end together: orchestrators wait for ten seconds. */
    private static final Duration CLOSE = Duration.ofSeconds(8);

    private static final Duration TIDY = Duration.ofSeconds(10);
    /** An attempt must be over before its lease is. */
    private static final int LEASE_PER_TIMEOUT = 2;

    private static final int SIGNS_PER_LEASE = 3;

    private final Vertx vertx;
    private final DatabaseUrl url;
    private final String mirror;
    private final OutboundSettings settings;
    private final PayloadRules rules;
    private final BooleanSupplier isCatchingUp;
    private final Function<Destination, Sink> sinks;
    private final DeliveryObserver observer;
    private final Lease lease;
    private final Thread thread = new Thread(this::live, "understudy-deliveries");
    /** Apart from the other: removing and tidying takes as long as it takes, and signs of life must not wait for it. */
    private final Thread tidying = new Thread(this::tidy, "understudy-queue");

    private final CountDownLatch stopSignal = new CountDownLatch(1);
    private volatile List<DeliveryWorker> workers = List.of();
    private volatile PostgresClient target;
    private volatile Unpacking unpacking;
    private volatile long closeBy;
    /** Until all that waits is known to be masked by the rules of this process. */
    private volatile boolean waitsForMasks;

    private final AtomicLong timesMasksChanged = new AtomicLong();
    // Of the one thread.
    private final Duration sign;
    private AutoCloseable listening;
    private long rescuedAt = System.nanoTime();
    private long rescuedUnknownAt = rescuedAt - RESCUE_UNKNOWN.toNanos();
    private long signedAt;

    /**
     * @param rules by which the mirror of this process masks: nothing that is masked otherwise is delivered
     * @param isCatchingUp whether the mirror is busy with a backlog: deliveries give way to it
     * @param sinks opens one, which its worker closes
     */
    public Outbound(
            Vertx vertx,
            DatabaseUrl target,
            String mirror,
            OutboundSettings settings,
            PayloadRules rules,
            BooleanSupplier isCatchingUp,
            Function<Destination, Sink> sinks,
            DeliveryObserver observer) {
        this.vertx = vertx;
        this.url = target;
        this.mirror = mirror;
        this.settings = settings;
        this.rules = rules;
        this.isCatchingUp = isCatchingUp;
        this.sinks = sinks;
        this.observer = observer;
        this.lease = new Lease(leaseLength(settings));
        this.sign = lease.length().dividedBy(SIGNS_PER_LEASE);
        this.signedAt = System.nanoTime() - sign.toNanos();
        this.thread.setDaemon(true);
        this.tidying.setDaemon(true);
    }

    private static Duration leaseLength(OutboundSettings settings) {
        return settings.destinations().values().stream()
                .map(destination -> destination.timeout().multipliedBy(LEASE_PER_TIMEOUT))
                .reduce(settings.lease(), (a, b) -> a.compareTo(b) > 0 ? a : b);
    }

    public void start() {
        // One for each worker, one for each of the threads.
        int connections = settings.destinations().size() + 3;
        target = PostgresClient.open(
                vertx, url, new SessionSettings("understudy deliveries: " + mirror, false), connections);
        thread.start();
    }

    private void live() {
        Housekeeping housekeeping = new Housekeeping(target, mirror, settings, lease.length());
        RepeatedFailure failed = new RepeatedFailure();
        try {
            do {
                try {
                    look(housekeeping);
                    failed.over();
                } catch (PostgresFailure failure) {
                    if (failed.isNew(failure.getMessage())) {
                        LOG.warnf("mirror=%s deliveries are not looked after: %s", mirror, failure.getMessage());
                    }
                } catch (RuntimeException failure) {
                    if (stopSignal.getCount() > 0) {
                        LOG.errorf(failure, "mirror=%s unexpected failure", mirror);
                    }
                }
            } while (!stopSignal.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
            end(housekeeping);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look(Housekeeping housekeeping) {
        long now = System.nanoTime();
        if (unpacking == null && !housekeeping.isReady()) {
            return;
        }
        // A process that delivers nothing has nothing that somebody might have to rescue.
        long masksChanged = timesMasksChanged.get();
        boolean isDue = now - signedAt >= sign.toNanos() || lease.worker(Duration.ZERO) == null;
        if (mayDeliver() && !settings.destinations().isEmpty() && isDue) {
            if (!giveSign(housekeeping, now)) {
                return;
            }
            signedAt = now;
        }
        if (timesMasksChanged.get() != masksChanged) {
            lease.lost(); // It was heard while the lease was renewed.
        }
        if (unpacking == null) {
            unpacking = new Unpacking(target, mirror, settings, isCatchingUp);
            unpacking.start();
            startWorkers();
            tidying.start();
        }
        if (listening == null) {
            listening = target.listen(Enqueuer.CHANNEL, this::woken);
        }
        if (now - rescuedUnknownAt >= RESCUE_UNKNOWN.toNanos()) {
            housekeeping.rescueUnknown();
            rescuedUnknownAt = now;
        }
        if (now - rescuedAt >= RESCUE.toNanos()) {
            housekeeping.rescue();
            rescuedAt = now;
        }
    }

    /**
     * Workers send nothing without a lease, and drop what they have claimed. That is rescued when the lease would have
     * ended: attempts that are under way are over by then, so that nothing arrives behind what comes after it.
     */
    private boolean mayDeliver() {
        boolean may = new PayloadMasks(target, mirror, rules).mayDeliver();
        if (!may) {
            lease.lost();
        }
        if (may == waitsForMasks) {
            waitsForMasks = !may;
            LOG.infof(
                    may
                            ? "mirror=%s deliveries go on: they hold no values of former masking rules"
                            : "mirror=%s deliveries wait: masking rules changed, and what waits may hold values of former"
                                    + " ones. They are removed as soon as the mirror has looked at both databases.",
                    mirror);
        }
        return may;
    }

    private void tidy() {
        Housekeeping housekeeping = new Housekeeping(target, mirror, settings, lease.length());
        FormerValues former = new FormerValues(target, mirror, settings, () -> stopSignal.getCount() == 0);
        long prunedAt = System.nanoTime();
        RepeatedFailure failed = new RepeatedFailure();
        try {
            while (!stopSignal.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    if (waitsForMasks) {
                        former.remove();
                    }
                    if (System.nanoTime() - prunedAt >= TIDY.toNanos()) {
                        housekeeping.prune();
                        prunedAt = System.nanoTime();
                    }
                    failed.over();
                } catch (PostgresFailure failure) {
                    if (failed.isNew(failure.getMessage())) {
                        LOG.warnf("mirror=%s the queue is not tidied: %s", mirror, failure.getMessage());
                    }
                }
            }
        } catch (InterruptedException | IllegalStateException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return false when it came too late: the next one is of another worker */
    private boolean giveSign(Housekeeping housekeeping, long now) {
        UUID worker = lease.next();
        if (!lease.holds(worker)) {
            housekeeping.enroll(worker);
        } else if (!housekeeping.renew(worker)) {
            lease.lost();
            return false;
        }
        return lease.renewed(worker, now);
    }

    private void startWorkers() {
        List<DeliveryWorker> started = new ArrayList<>();
        for (Destination destination : settings.destinations().values()) {
            started.add(new DeliveryWorker(
                    destination, () -> sinks.apply(destination), target, mirror, settings, lease, observer));
            LOG.infof("destination=%s place=%s state=delivering", destination.name(), destination.place());
        }
        workers = List.copyOf(started);
        workers.forEach(DeliveryWorker::start);
    }

    /** @param of the mirror into whose queue something was put */
    private void woken(String of) {
        if (of.equals(mirror)) {
            workers.forEach(DeliveryWorker::wake);
        } else if (of.equals(mirror + AGAIN)) {
            workers.forEach(DeliveryWorker::wakeForAll);
        } else if (of.equals(mirror + PACKED)) {
            unpacking.wake();
        } else if (of.equals(mirror + MASKS)) {
            timesMasksChanged.incrementAndGet();
            lease.lost();
        }
    }

    private void end(Housekeeping housekeeping) throws InterruptedException {
        workers.forEach(DeliveryWorker::stop);
        if (unpacking != null) {
            unpacking.stop(left());
        }
        tidying.interrupt();
        for (DeliveryWorker worker : workers) {
            worker.awaitEnd(left());
        }
        tidying.join(left());
        try {
            if (listening != null) {
                listening.close();
            }
            UUID worker = lease.worker(Duration.ZERO);
            if (worker != null) {
                housekeeping.takeLeave(worker);
            }
        } catch (Exception e) {
            LOG.debugf("the end of deliveries: %s", e.getMessage());
        }
    }

    /** Milliseconds, at least one, since none would be taken for no bound. */
    private long left() {
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(closeBy - System.nanoTime()));
    }

    /** What is under way is finished, within a bound; the rest stays in the queue. */
    @Override
    public void close() {
        closeBy = System.nanoTime() + CLOSE.toNanos();
        stopSignal.countDown();
        try {
            thread.join(left());
            if (thread.isAlive()) {
                // It waits for a target that does not answer. What it holds is rescued when its lease is over.
                thread.interrupt();
                workers.forEach(DeliveryWorker::stop);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (target != null) {
            target.close();
        }
    }
}
