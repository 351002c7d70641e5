package io.understudy.outbound;

import io.understudy.outbound.DeliveryResult.Again;
import io.understudy.outbound.DeliveryResult.Completed;
import io.understudy.outbound.DeliveryResult.Discarded;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The claimed deliveries of one ordering key, in order. Results are taken in order too: when one has to be sent again,
 * those after it are sent again with it, also those that have arrived meanwhile, so that the last to arrive is the last
 * one.
 */
final class Lane {

    private final Deque<Delivery> waiting = new ArrayDeque<>();
    private final Deque<Delivery> sent = new ArrayDeque<>();
    private final Map<Long, Outcome> answers = new HashMap<>();
    /** What has to be sent again, from the one that failed on. */
    private final List<DeliveryResult> again = new ArrayList<>();

    /** For how long the key waits; null while nothing failed. */
    private Duration failed;

    void add(Delivery delivery) {
        waiting.add(delivery);
    }

    boolean isDone() {
        return waiting.isEmpty() && sent.isEmpty();
    }

    boolean maySend() {
        return failed == null && !waiting.isEmpty();
    }

    boolean isSending() {
        return !sent.isEmpty();
    }

    Delivery next() {
        Delivery next = waiting.remove();
        sent.add(next);
        return next;
    }

    /** @param wait before the next attempt, of a delivery that has one */
    void answered(Delivery delivery, Outcome outcome, Function<Delivery, Duration> wait, List<DeliveryResult> results) {
        answers.put(delivery.id(), outcome);
        while (!sent.isEmpty() && answers.containsKey(sent.peek().id())) {
            Delivery first = sent.remove();
            Outcome of = answers.remove(first.id());
            if (failed != null) {
                again.add(Again.untried(first, failed));
            } else if (of instanceof Outcome.Delivered) {
                results.add(new Completed(first));
            } else if (of instanceof Outcome.Refused refused) {
                results.add(new Discarded(first, refused.reason()));
            } else if (of instanceof Outcome.Retry retry) {
                retry(first, retry, wait, results);
            }
        }
        if (failed != null && sent.isEmpty()) {
            // Not before: one that is still under way could arrive after those that follow it.
            results.addAll(again);
            again.clear();
            releaseWaiting(failed, results);
        }
    }

    private void retry(
            Delivery first, Outcome.Retry retry, Function<Delivery, Duration> wait, List<DeliveryResult> results) {
        if (first.attempt() >= first.maxAttempts()) {
            results.add(new Discarded(first, "After " + first.attempt() + " attempts: " + retry.reason()));
            return;
        }
        Duration ours = wait.apply(first);
        Duration asked = retry.notBefore().orElse(Duration.ZERO);
        failed = asked.compareTo(ours) > 0 ? asked : ours;
        again.add(new Again(first, failed, retry.reason()));
    }

    /** Gives back what was not sent yet. */
    void releaseWaiting(Duration until, List<DeliveryResult> results) {
        waiting.forEach(delivery -> results.add(Again.untried(delivery, until)));
        waiting.clear();
    }
}
