package io.understudy.outbound;

import io.understudy.outbound.DeliveryQueue.Claim;
import io.understudy.outbound.DeliveryQueue.Discarded;
import io.understudy.outbound.DeliveryQueue.Result;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.Session;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Delivers to one destination: claims, sends, and writes down what became of it. One thread decides; answers come to it
 * through a queue. At most so many deliveries are claimed and unfinished as the {@link Pace} allows.
 *
 * <p>The crash windows: claimed and not sent, sent and not answered, answered and not written down. In each of them the
 * delivery is {@code running} at the target until the lease of this worker is over, and then is sent again with the same
 * key: at least once.
 */
final class DeliveryWorker {

    private static final Logger LOG = Logger.getLogger(DeliveryWorker.class);

    /** Claimed and unfinished, of a sink that keeps order: enough for one that answers within 100 ms, 20,000 a second. */
    private static final int STREAMED = 2000;

    /** The same for each request that may be under way at once: answers are written down in groups of these. */
    private static final int PER_REQUEST = 16;

    private static final int MOST_REQUESTS = 1000;

    /** A search for what is due, when nobody says that something is. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    /** A search from the start of the queue, for what somebody has brought back without being heard. */
    private static final Duration LOOK_AT_ALL = Duration.ofSeconds(60);

    /** For a claim whose answer was lost; also with every new connection. */
    private static final Duration LOOK_FOR_FORGOTTEN = Duration.ofMinutes(1);

    /** An answer is written down by then, so that those that come with it share a statement. */
    private static final Duration GATHER = Duration.ofMillis(10);

    private static final int ENOUGH_RESULTS = 250;
    private static final Duration TELL_DISCARDED = Duration.ofSeconds(10);
    private static final Duration FIRST_REST = Duration.ofMillis(500);
    private static final Duration LONGEST_REST = Duration.ofSeconds(10);
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(5);

    private record Answer(Delivery delivery, UUID worker, Outcome outcome) {}

    private static final Answer WAKE = new Answer(null, null, null);

    private final Destination destination;
    private final Supplier<Sink> sinks;
    private final PostgresClient target;
    private final String mirror;
    private final OutboundSettings settings;
    private final Lease lease;
    private final DeliveryObserver observer;
    private final RetryPolicy retries;
    private final Thread thread;
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    private volatile boolean stopping;
    private volatile boolean lookAtAll;

    private final Map<String, Lane> lanes = new HashMap<>();
    private final Deque<Lane> ready = new ArrayDeque<>();
    private final List<Result> results = new ArrayList<>();
    /** Null until it could be opened; with it the two that depend on whether it keeps order. */
    private Sink sink;

    private Pace pace;
    private int concurrency;
    private UUID worker;
    /** Ids of what is claimed and unfinished. */
    private final Set<Long> held = new HashSet<>();

    private int underWay;
    private boolean look = true;
    private long lookedAt;
    private long lookedAtAllAt;
    private long forgottenAt;
    private long oldestResultAt;
    private boolean down;
    private long discarded;
    private long discardedToldAt = System.nanoTime() - TELL_DISCARDED.toNanos() - 1;
    /** After a failure; both begin anew with a round that worked. */
    private Duration rest = FIRST_REST;

    private String told;

    DeliveryWorker(
            Destination destination,
            Supplier<Sink> sinks,
            PostgresClient target,
            String mirror,
            OutboundSettings settings,
            Lease lease,
            DeliveryObserver observer) {
        this.destination = destination;
        this.sinks = sinks;
        this.target = target;
        this.mirror = mirror;
        this.settings = settings;
        this.lease = lease;
        this.observer = observer;
        this.retries = new RetryPolicy(settings.firstWait(), settings.longestWait());
        this.thread = new Thread(this::live, "understudy-delivery-" + destination.name());
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** From any thread: there may be something to deliver. */
    void wake() {
        answers.add(WAKE);
    }

    /** The same, and it may lie before everything that is known to be open. */
    void wakeForAll() {
        lookAtAll = true;
        wake();
    }

    void stop() {
        stopping = true;
        wake();
    }

    void awaitEnd(long millis) throws InterruptedException {
        thread.join(millis);
    }

    private void live() {
        try {
            deliver();
        } finally {
            if (sink != null) {
                sink.close();
            }
        }
    }

    /** One that cannot be opened is tried again, and keeps nobody else. */
    private boolean openSink() {
        if (sink != null) {
            return true;
        }
        try {
            sink = sinks.get();
        } catch (RuntimeException failure) {
            String problem = failure.getMessage() == null ? failure.getClass().getName() : failure.getMessage();
            if (!problem.equals(told)) {
                told = problem;
                LOG.errorf(
                        "destination=%s nothing is delivered, since it cannot be opened: %s. It is tried again.",
                        destination.name(), problem);
            }
            restAfterFailure();
            return false;
        }
        concurrency = sink.keepsOrder() ? STREAMED : destination.concurrency();
        pace = new Pace(
                sink.keepsOrder() ? STREAMED : Math.max(64, Math.min(MOST_REQUESTS, concurrency * PER_REQUEST)));
        return true;
    }

    private void restAfterFailure() {
        pause(rest);
        rest = rest.multipliedBy(2).compareTo(LONGEST_REST) < 0 ? rest.multipliedBy(2) : LONGEST_REST;
    }

    private void deliver() {
        while (!stopping) {
            if (!openSink()) {
                continue;
            }
            try (Session session = target.session()) {
                DeliveryQueue queue = DeliveryQueue.of(session, mirror, destination.name());
                forgottenAt = System.nanoTime() - LOOK_FOR_FORGOTTEN.toNanos() - 1;
                work(queue);
            } catch (PostgresFailure failure) {
                if (!failure.getMessage().equals(told)) {
                    told = failure.getMessage();
                    LOG.warnf("destination=%s deliveries wait for the target: %s", destination.name(), told);
                }
                restAfterFailure();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException failure) {
                LOG.errorf(failure, "destination=%s unexpected failure", destination.name());
                pause(LONGEST_REST);
            }
        }
    }

    private void pause(Duration rest) {
        long until = System.nanoTime() + rest.toNanos();
        while (!stopping && System.nanoTime() - until < 0) {
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                stopping = true;
            }
        }
    }

    private void work(DeliveryQueue queue) throws InterruptedException {
        while (!stopping && openSink()) {
            takeAnswers();
            goOnAsSameWorker();
            if (sink == null) {
                continue;
            }
            writeDown(queue);
            claim(queue);
            send();
            told = null;
            rest = FIRST_REST;
        }
        giveBack(queue);
    }

    private void takeAnswers() throws InterruptedException {
        Answer answer = answers.poll(patience().toMillis(), TimeUnit.MILLISECONDS);
        while (answer != null) {
            if (answer == WAKE) {
                look = true;
            } else {
                settle(answer);
            }
            answer = answers.poll();
        }
    }

    private Duration patience() {
        return look && mayClaim() ? Duration.ZERO : results.isEmpty() ? Duration.ofMillis(100) : GATHER;
    }

    private void settle(Answer answer) {
        if (!answer.worker().equals(worker)) {
            return; // Claimed under a lease that is over: others have it by now.
        }
        Delivery delivery = answer.delivery();
        Lane lane = lanes.get(delivery.orderingKey());
        if (lane == null || !held.contains(delivery.id())) {
            return; // Of a round that was given up.
        }
        underWay--;
        if (answer.outcome() instanceof Outcome.Retry retry) {
            pace.failed(delivery.orderingKey(), retry.notBefore().orElse(Duration.ZERO));
        } else {
            pace.arrived();
        }
        tellWhetherDown(answer.outcome());
        if (results.isEmpty()) {
            oldestResultAt = System.nanoTime();
        }
        lane.answered(delivery, answer.outcome(), failed -> retries.wait(failed.attempt()), results);
        if (lane.isDone()) {
            lanes.remove(delivery.orderingKey());
        } else if (!lane.isSending() && lane.maySend()) {
            ready.add(lane);
        }
    }

    private void tellWhetherDown(Outcome outcome) {
        if (pace.isDown() != down) {
            down = pace.isDown();
            if (down) {
                LOG.warnf(
                        "destination=%s state=failing reason=%s: deliveries wait, single ones are tried",
                        destination.name(), ((Outcome.Retry) outcome).reason());
            } else {
                LOG.infof("destination=%s state=delivering", destination.name());
            }
        }
    }

    /** What was claimed by a worker whose lease is over belongs to others: nothing of it is sent or written down. */
    private void goOnAsSameWorker() {
        UUID now = lease.worker(Duration.ZERO);
        if (worker != null && !worker.equals(now)) {
            if (!held.isEmpty()) {
                LOG.warnf("destination=%s lease lost, deliveries given up=%d", destination.name(), held.size());
                // What it still holds must not arrive behind what others send.
                sink.close();
                sink = null;
            }
            lanes.clear();
            ready.clear();
            results.clear();
            held.clear();
            underWay = 0;
        }
        worker = now;
    }

    private void writeDown(DeliveryQueue queue) {
        boolean due = results.size() >= ENOUGH_RESULTS
                || underWay == 0
                || System.nanoTime() - oldestResultAt > GATHER.toNanos();
        if (!results.isEmpty() && due) {
            queue.finish(worker, results);
            tellDiscarded();
            results.forEach(result -> held.remove(result.delivery().id()));
            results.clear();
            // What waited behind these may go now.
            look = true;
        }
    }

    /** One line for many. */
    private void tellDiscarded() {
        List<Discarded> given = results.stream()
                .filter(Discarded.class::isInstance)
                .map(Discarded.class::cast)
                .toList();
        discarded += given.size();
        if (!given.isEmpty() && System.nanoTime() - discardedToldAt > TELL_DISCARDED.toNanos()) {
            LOG.warnf(
                    "destination=%s deliveries discarded=%d the last one is delivery=%d reason=%s",
                    destination.name(),
                    discarded,
                    given.get(given.size() - 1).delivery().id(),
                    given.get(given.size() - 1).error());
            discarded = 0;
            discardedToldAt = System.nanoTime();
        }
    }

    private void claim(DeliveryQueue queue) {
        long now = System.nanoTime();
        if (lookAtAll || now - lookedAtAllAt > LOOK_AT_ALL.toNanos()) {
            lookAtAll = false;
            queue.lookFromTheStart();
            lookedAtAllAt = now;
        }
        if (now - forgottenAt > LOOK_FOR_FORGOTTEN.toNanos() && worker != null) {
            queue.giveBackForgotten(worker, held);
            forgottenAt = now;
        }
        look |= now - lookedAt > LOOK.toNanos();
        if (!look || !mayClaim()) {
            return;
        }
        lookedAt = now;
        Claim claim = queue.claim(worker, pace.allowed() - held.size(), held.size());
        look = claim.more();
        for (Delivery delivery : claim.deliveries()) {
            held.add(delivery.id());
            Lane lane = lanes.get(delivery.orderingKey());
            if (lane == null) {
                lane = new Lane();
                lanes.put(delivery.orderingKey(), lane);
                ready.add(lane);
            }
            lane.add(delivery);
        }
    }

    /** In portions: a search costs about as much for one as for many. */
    private boolean mayClaim() {
        int allowed = pace.allowed();
        return allowed > 0 && held.size() <= allowed / 2 && isSafe();
    }

    /** Whether an attempt that begins now is over before the right to it is. */
    private boolean isSafe() {
        return worker != null && worker.equals(lease.worker(destination.timeout()));
    }

    private void send() {
        while (underWay < concurrency && !ready.isEmpty()) {
            if (!isSafe()) {
                return;
            }
            Lane lane = ready.remove();
            do {
                send(lane.next());
            } while (sink.keepsOrder() && lane.maySend());
        }
    }

    private void send(Delivery delivery) {
        underWay++;
        UUID as = worker;
        long bytes = bytes(delivery);
        if (bytes > settings.payloadLimit()) {
            // One that somebody has brought back.
            answers.add(new Answer(
                    delivery, as, new Outcome.Refused(DeliveryPacket.tooLarge(bytes, settings.payloadLimit()))));
            return;
        }
        long began = System.nanoTime();
        CompletionStage<Outcome> sent;
        try {
            sent = sink.send(delivery);
        } catch (RuntimeException failure) {
            // A fault of ours with this one: the others go on.
            sent = CompletableFuture.failedStage(failure);
        }
        sent.whenComplete((outcome, failure) -> {
            Outcome known = failure == null
                    ? outcome
                    : new Outcome.Retry("failed: " + failure.getClass().getSimpleName());
            observer.attempted(destination.name(), known, Duration.ofNanos(System.nanoTime() - began));
            answers.add(new Answer(delivery, as, known));
        });
    }

    private long bytes(Delivery delivery) {
        int letters = delivery.payload().length();
        // No letter takes more than three bytes.
        return letters <= settings.payloadLimit() / 3
                ? letters
                : delivery.payload().getBytes(StandardCharsets.UTF_8).length;
    }

    /** What is under way is waited for, within a bound; what was not sent goes back at once. */
    private void giveBack(DeliveryQueue queue) throws InterruptedException {
        ready.clear();
        lanes.values().forEach(lane -> lane.releaseWaiting(Duration.ZERO, results));
        long until = System.nanoTime() + LAST_ANSWERS.toNanos();
        while (underWay > 0 && System.nanoTime() - until < 0) {
            Answer answer = answers.poll(50, TimeUnit.MILLISECONDS);
            if (answer != null && answer != WAKE) {
                settle(answer);
            }
        }
        if (!results.isEmpty() && worker != null) {
            queue.finish(worker, results);
        }
    }
}
