package io.understudy.outbound;

import io.understudy.outbound.DeliveryQueue.Claim;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.Session;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
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

    private final DeliveryLog log;
    private final Lanes lanes = new Lanes();
    /** Null until it could be opened; with it the two that depend on whether it keeps order. */
    private Sink sink;

    private Pace pace;
    private int concurrency;
    private UUID worker;
    private boolean look = true;
    private long lookedAt;
    private long lookedAtAllAt;
    private long forgottenAt;
    private long oldestResultAt;
    /** After a failure; both begin anew with a round that worked. */
    private Duration rest = FIRST_REST;

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
        this.log = new DeliveryLog(destination.name());
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
            log.cannotBeOpened(problem);
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
                log.waitsForTarget(failure.getMessage());
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
            log.worked();
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
        return look && mayClaim() ? Duration.ZERO : lanes.results().isEmpty() ? Duration.ofMillis(100) : GATHER;
    }

    private void settle(Answer answer) {
        if (!answer.worker().equals(worker)) {
            return; // Claimed under a lease that is over: others have it by now.
        }
        Delivery delivery = answer.delivery();
        if (!lanes.awaits(delivery)) {
            return;
        }
        if (answer.outcome() instanceof Outcome.Retry retry) {
            pace.failed(delivery.orderingKey(), retry.notBefore().orElse(Duration.ZERO));
        } else {
            pace.arrived();
        }
        log.outcome(answer.outcome(), pace.isDown());
        if (lanes.results().isEmpty()) {
            oldestResultAt = System.nanoTime();
        }
        lanes.answered(delivery, answer.outcome(), failed -> retries.wait(failed.attempt()));
    }

    /** What was claimed by a worker whose lease is over belongs to others: nothing of it is sent or written down. */
    private void goOnAsSameWorker() {
        UUID now = lease.worker(Duration.ZERO);
        if (worker != null && !worker.equals(now)) {
            if (!lanes.held().isEmpty()) {
                LOG.warnf(
                        "destination=%s lease lost, deliveries given up=%d",
                        destination.name(), lanes.held().size());
                // What it still holds must not arrive behind what others send.
                sink.close();
                sink = null;
            }
            lanes.giveUp();
        }
        worker = now;
    }

    private void writeDown(DeliveryQueue queue) {
        List<DeliveryResult> results = lanes.results();
        // Of a single key one at a time is under way: a statement for each would be slower than its receiver.
        boolean nothingElseComes = lanes.underWay() == 0 && !lanes.hasReady();
        boolean due = results.size() >= ENOUGH_RESULTS
                || nothingElseComes
                || System.nanoTime() - oldestResultAt > GATHER.toNanos();
        if (!results.isEmpty() && due) {
            queue.finish(worker, results);
            log.writtenDown(results);
            lanes.writtenDown();
            // What waited behind these may go now.
            look = true;
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
            queue.giveBackForgotten(worker, lanes.held());
            forgottenAt = now;
        }
        look |= now - lookedAt > LOOK.toNanos();
        if (!look || !mayClaim()) {
            return;
        }
        lookedAt = now;
        int held = lanes.held().size();
        Claim claim = queue.claim(worker, pace.allowed() - held, held);
        look = claim.more();
        claim.deliveries().forEach(lanes::add);
    }

    /** In portions: a search costs about as much for one as for many. */
    private boolean mayClaim() {
        int allowed = pace.allowed();
        return allowed > 0 && lanes.held().size() <= allowed / 2 && isSafe();
    }

    /** Whether an attempt that begins now is over before the right to it is. */
    private boolean isSafe() {
        return worker != null && worker.equals(lease.worker(destination.timeout()));
    }

    private void send() {
        while (lanes.underWay() < concurrency && lanes.hasReady()) {
            if (!isSafe()) {
                return;
            }
            Lane lane = lanes.nextReady();
            do {
                send(lanes.next(lane));
            } while (sink.keepsOrder() && lane.maySend());
        }
    }

    private void send(Delivery delivery) {
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
        lanes.giveBackWaiting();
        long until = System.nanoTime() + LAST_ANSWERS.toNanos();
        while (lanes.underWay() > 0 && System.nanoTime() - until < 0) {
            Answer answer = answers.poll(50, TimeUnit.MILLISECONDS);
            if (answer != null && answer != WAKE) {
                settle(answer);
            }
        }
        if (!lanes.results().isEmpty() && worker != null) {
            queue.finish(worker, lanes.results());
        }
    }
}
