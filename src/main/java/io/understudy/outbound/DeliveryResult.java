package io.understudy.outbound;

import java.time.Duration;

/** What becomes of a claimed delivery. */
sealed interface DeliveryResult {

    Delivery delivery();

    record Completed(Delivery delivery) implements DeliveryResult {}

    record Discarded(Delivery delivery, String error) implements DeliveryResult {}

    /**
     * @param error null for one that was not tried, or has to be sent again only because an earlier one failed: that is no
     *     attempt of its own
     */
    record Again(Delivery delivery, Duration rest, String error) implements DeliveryResult {
        static Again untried(Delivery delivery, Duration rest) {
            return new Again(delivery, rest, null);
        }
    }
}
