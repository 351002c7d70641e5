package io.understudy.outbound;

import io.smallrye.reactive.messaging.kafka.KafkaConnector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * A topic. A record is a CloudEvent in binary mode; its key is the ordering key, so that what must stay in order is in
 * one partition.
 *
 * <p>What keeps order when something goes wrong:
 *
 * <pre>
 *   one by one  -- a record is acknowledged -->  all at once
 *       ^                                            |
 *       +---- one is to be tried again: so are all --+
 *             that were sent and have no answer
 * </pre>
 *
 * A record that went to Kafka's client is not taken back: when the brokers return, the client delivers what it holds in
 * order, long after the answer was given. Only when nothing of that is left, the next record is sent. So the topic has A,
 * B, and then again A, B, but never B, A.
 */
public final class KafkaSink implements Sink {

    /** In bytes, of payloads that the client holds. A quarter of its buffer, of which a started batch takes more than it has. */
    private static final long MOST_UNDERWAY = KafkaChannel.BUFFER / 4;

    private final Destination.Kafka destination;
    private final KafkaChannel channel;

    private final Object lock = new Object();
    /** Not yet given to the client, in the order in which they came. */
    private final Deque<Attempt> waiting = new ArrayDeque<>();
    /** Given to the client, without an answer, likewise. */
    private final Set<Attempt> unanswered = new LinkedHashSet<>();
    /** Given to the client, which has not finished with them; answered or not. */
    private int underway;

    private long underwayBytes;
    private boolean allAtOnce;
    /** Whether somebody will look for one that is late: one timer for all, since those that came first are late first. */
    private boolean watched;

    private boolean closed;

    public KafkaSink(KafkaConnector connector, Destination.Kafka destination, KafkaSettings settings) {
        this.destination = destination;
        this.channel = new KafkaChannel(connector, destination, settings);
    }

    private static final class Attempt {
        final Delivery delivery;
        final CompletableFuture<Outcome> answer = new CompletableFuture<>();
        final long deadline;

        Attempt(Delivery delivery, Duration timeout) {
            this.delivery = delivery;
            this.deadline = System.nanoTime() + timeout.toNanos();
        }

        long bytes() {
            return delivery.payload().length();
        }
    }

    @Override
    public CompletionStage<Outcome> send(Delivery delivery) {
        Attempt attempt = new Attempt(delivery, destination.timeout());
        synchronized (lock) {
            if (closed) {
                return CompletableFuture.completedFuture(stopping());
            }
            waiting.add(attempt);
            giveToClient();
            if (!watched) {
                watch(attempt);
            }
        }
        return attempt.answer;
    }

    private void giveToClient() {
        while (!waiting.isEmpty() && mayGive(waiting.peek())) {
            Attempt attempt = waiting.poll();
            underway++;
            underwayBytes += attempt.bytes();
            unanswered.add(attempt);
            channel.emit(attempt.delivery, () -> finished(attempt, Optional.empty()), failure -> {
                finished(attempt, Optional.of(failure));
            });
        }
    }

    private boolean mayGive(Attempt next) {
        return underway == 0 || allAtOnce && underwayBytes + next.bytes() <= MOST_UNDERWAY;
    }

    private void finished(Attempt attempt, Optional<Throwable> failure) {
        Outcome outcome = failure.map(this::outcome).orElseGet(Outcome.Delivered::new);
        List<Attempt> answered = List.of(attempt);
        synchronized (lock) {
            underway--;
            underwayBytes -= attempt.bytes();
            if (!unanswered.remove(attempt)) {
                answered = List.of();
            } else if (outcome instanceof Outcome.Retry) {
                answered = new ArrayList<>(answered);
                answered.addAll(giveUp());
            } else if (outcome instanceof Outcome.Delivered) {
                allAtOnce = true;
            }
            giveToClient();
        }
        answered.forEach(one -> one.answer.complete(outcome));
    }

    private void watch(Attempt oldest) {
        watched = true;
        CompletableFuture.delayedExecutor(oldest.deadline - System.nanoTime(), TimeUnit.NANOSECONDS)
                .execute(this::lookForLate);
    }

    private void lookForLate() {
        List<Attempt> late = List.of();
        synchronized (lock) {
            watched = false;
            Attempt oldest = unanswered.isEmpty()
                    ? waiting.peek()
                    : unanswered.iterator().next();
            if (oldest != null && System.nanoTime() - oldest.deadline >= 0) {
                late = giveUp();
            } else if (oldest != null) {
                watch(oldest);
            }
        }
        if (!late.isEmpty()) {
            Outcome outcome = unacknowledged();
            late.forEach(one -> one.answer.complete(outcome));
        }
    }

    /** All that have no answer, in the order in which they came. Sent later than the one that failed, they must not arrive before it. */
    private List<Attempt> giveUp() {
        List<Attempt> all = new ArrayList<>(unanswered);
        all.addAll(waiting);
        unanswered.clear();
        waiting.clear();
        allAtOnce = false;
        return all;
    }

    private Outcome outcome(Throwable failure) {
        return KafkaFailure.outcome(failure, destination).orElseGet(this::unacknowledged);
    }

    private Outcome.Retry unacknowledged() {
        return new Outcome.Retry(destination.place() + " " + channel.trouble() + " within "
                + destination.timeout().toSeconds() + " s");
    }

    private static Outcome.Retry stopping() {
        return new Outcome.Retry("the service stops delivering");
    }

    @Override
    public boolean keepsOrder() {
        return true;
    }

    @Override
    public void close() {
        List<Attempt> answered;
        synchronized (lock) {
            closed = true;
            answered = giveUp();
        }
        channel.close();
        answered.forEach(one -> one.answer.complete(stopping()));
    }
}
