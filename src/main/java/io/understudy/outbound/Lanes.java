package io.understudy.outbound;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * What a worker has claimed and not finished, in a {@link Lane} for each ordering key, and what is to be written down of
 * it. Of one thread.
 */
final class Lanes {

    private final Map<String, Lane> lanes = new HashMap<>();
    /** Those of which something may be sent. */
    private final Deque<Lane> ready = new ArrayDeque<>();

    private final List<DeliveryResult> results = new ArrayList<>();
    /** Ids of all that is not written down. */
    private final Set<Long> held = new HashSet<>();

    private int underWay;

    Set<Long> held() {
        return held;
    }

    int underWay() {
        return underWay;
    }

    List<DeliveryResult> results() {
        return results;
    }

    void add(Delivery delivery) {
        held.add(delivery.id());
        Lane lane = lanes.get(delivery.orderingKey());
        if (lane == null) {
            lane = new Lane();
            lanes.put(delivery.orderingKey(), lane);
            ready.add(lane);
        }
        lane.add(delivery);
    }

    boolean hasReady() {
        return !ready.isEmpty();
    }

    Lane nextReady() {
        return ready.remove();
    }

    Delivery next(Lane lane) {
        underWay++;
        return lane.next();
    }

    /** Whether an answer is awaited: it may be of a round that was given up. */
    boolean awaits(Delivery delivery) {
        return lanes.containsKey(delivery.orderingKey()) && held.contains(delivery.id());
    }

    /** @param wait before the next attempt, of a delivery that has one */
    void answered(Delivery delivery, Outcome outcome, Function<Delivery, Duration> wait) {
        Lane lane = lanes.get(delivery.orderingKey());
        underWay--;
        lane.answered(delivery, outcome, wait, results);
        if (lane.isDone()) {
            lanes.remove(delivery.orderingKey());
        } else if (!lane.isSending() && lane.maySend()) {
            ready.add(lane);
        }
    }

    void writtenDown() {
        results.forEach(result -> held.remove(result.delivery().id()));
        results.clear();
    }

    /** Nothing more is sent. */
    void giveBackWaiting() {
        ready.clear();
        lanes.values().forEach(lane -> lane.releaseWaiting(Duration.ZERO, results));
    }

    /** All of it is others' by now. */
    void giveUp() {
        lanes.clear();
        ready.clear();
        results.clear();
        held.clear();
        underWay = 0;
    }
}
