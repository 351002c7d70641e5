package io.understudy.outbound;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Another system, by the name that {@code sync_config} has for it. Prints without its secret.
 *
 * @param timeout of one attempt
 * @param concurrency attempts at once
 */
public sealed interface Destination {

    String name();

    Duration timeout();

    int concurrency();

    /** What it is, without anything secret: for people and messages. */
    String place();

    /** @param host without brackets, as in {@code Host} */
    record Http(
            String name,
            boolean tls,
            String host,
            int port,
            String pathAndQuery,
            SigningSecret secret,
            Duration timeout,
            int concurrency)
            implements Destination {
        @Override
        public String place() {
            String bracketed = host.contains(":") ? "[" + host + "]" : host;
            int query = pathAndQuery.indexOf('?');
            // A token in the query is nobody's business.
            return (tls ? "https://" : "http://") + bracketed + ":" + port
                    + (query < 0 ? pathAndQuery : pathAndQuery.substring(0, query) + "?…");
        }
    }

    /** @param brokers {@code host:port} each */
    record Kafka(String name, List<String> brokers, String topic, Duration timeout, int concurrency)
            implements Destination {
        @Override
        public String place() {
            return "kafka://" + String.join(",", brokers) + "/" + topic;
        }
    }

    /** Reads the address of a destination. */
    static Destination parse(
            String name, String url, Optional<SigningSecret> secret, Duration timeout, int concurrency) {
        return DestinationUrl.parse(name, url, secret, timeout, concurrency);
    }
}
