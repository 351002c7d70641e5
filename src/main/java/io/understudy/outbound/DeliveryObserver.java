package io.understudy.outbound;

import java.time.Duration;

/** Is told of every attempt; for figures. Called by the threads that deliver, and must not keep them. */
public interface DeliveryObserver {

    DeliveryObserver NONE = (destination, outcome, took) -> {};

    void attempted(String destination, Outcome outcome, Duration took);
}
