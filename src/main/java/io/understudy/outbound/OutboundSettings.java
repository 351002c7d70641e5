package io.understudy.outbound;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * @param destinations by name
 * @param allowedHosts hosts that may be delivered to, as host, host:port or address; of an empty list all with public
 *     addresses
 * @param maxAttempts after so many a delivery is discarded
 * @param firstWait before the second attempt; doubled before each further one
 * @param longestWait of these
 * @param lease without a sign of life for so long a worker's deliveries are given to others
 * @param payloadLimit in bytes; a larger payload is kept and not sent
 * @param keepCompleted how long what was delivered stays in the queue
 * @param keepDiscarded how long what was discarded stays
 */
public record OutboundSettings(
        Map<String, Destination> destinations,
        List<String> allowedHosts,
        int maxAttempts,
        Duration firstWait,
        Duration longestWait,
        Duration lease,
        long payloadLimit,
        Duration keepCompleted,
        Duration keepDiscarded) {

    /** As by default: nothing goes anywhere. */
    public static final OutboundSettings NONE = new OutboundSettings(
            Map.of(),
            List.of(),
            20,
            Duration.ofSeconds(1),
            Duration.ofHours(1),
            Duration.ofSeconds(30),
            256 << 10,
            Duration.ofDays(1),
            Duration.ofDays(30));

    /** The same, with these destinations. */
    public OutboundSettings to(Map<String, Destination> others, List<String> hosts) {
        return new OutboundSettings(
                others, hosts, maxAttempts, firstWait, longestWait, lease, payloadLimit, keepCompleted, keepDiscarded);
    }
}
