package io.understudy;

import io.understudy.outbound.DeliveryObserver;
import io.understudy.outbound.Destination;
import io.understudy.outbound.EgressGuard;
import io.understudy.outbound.HttpSink;
import io.understudy.outbound.Outbound;
import io.understudy.outbound.OutboundSettings;
import io.understudy.outbound.PayloadRules;
import io.understudy.outbound.SigningSecret;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What delivers in a service, without the mirror: the queue of a pair to a receiver, which is the destination crm. */
public final class Delivering implements AutoCloseable {

    /** What a test may want otherwise. */
    public record Choices(Duration keep, int concurrency) {
        public Choices keeping(Duration other) {
            return new Choices(other, concurrency);
        }
    }

    private final Outbound outbound;

    private Delivering(Outbound outbound) {
        this.outbound = outbound;
    }

    public static Delivering to(DatabasePair pair, Receiver receiver, UnaryOperator<Choices> change) {
        return to(pair, receiver, change, PayloadRules.NONE);
    }

    public static Delivering to(
            DatabasePair pair, Receiver receiver, UnaryOperator<Choices> change, PayloadRules rules) {
        Choices choices = change.apply(new Choices(Duration.ofDays(1), 32));
        OutboundSettings settings = new OutboundSettings(
                Map.of("crm", destination(receiver, choices.concurrency())),
                List.of("127.0.0.1"),
                20,
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                256 << 10,
                choices.keep(),
                choices.keep());
        EgressGuard guard = new EgressGuard(settings.allowedHosts());
        Outbound outbound = new Outbound(
                pair.vertx(),
                pair.target().url(),
                pair.name(),
                settings,
                rules,
                () -> false,
                destination -> new HttpSink(pair.vertx(), (Destination.Http) destination, guard),
                DeliveryObserver.NONE);
        outbound.start();
        return new Delivering(outbound);
    }

    private static Destination destination(Receiver receiver, int concurrency) {
        return Destination.parse(
                "crm",
                receiver.url("/hook"),
                Optional.of(new SigningSecret(Receiver.SECRET)),
                Duration.ofSeconds(2),
                concurrency);
    }

    @Override
    public void close() {
        outbound.close();
    }
}
