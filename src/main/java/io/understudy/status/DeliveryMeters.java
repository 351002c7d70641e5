package io.understudy.status;

import io.micrometer.core.instrument.MeterRegistry;
import io.understudy.outbound.DeliveryObserver;
import io.understudy.outbound.Outcome;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Attempts, as metrics: {@code understudy_delivery_attempts_total} and {@code understudy_delivery_seconds}. */
@ApplicationScoped
public class DeliveryMeters implements DeliveryObserver {

    private final MeterRegistry registry;

    DeliveryMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void attempted(String destination, Outcome outcome, Duration took) {
        registry.counter("understudy.delivery.attempts", "destination", destination, "outcome", word(outcome))
                .increment();
        registry.timer("understudy.delivery", "destination", destination).record(took);
    }

    private static String word(Outcome outcome) {
        if (outcome instanceof Outcome.Delivered) {
            return "delivered";
        }
        return outcome instanceof Outcome.Retry ? "retry" : "refused";
    }
}
