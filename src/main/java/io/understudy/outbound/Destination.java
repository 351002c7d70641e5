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

    /**
     * @param host in lower case, without brackets
     * @param caFile by which it is trusted instead of by Java's certificates
     */
    record Http(
            String name,
            boolean tls,
            String host,
            int port,
            String pathAndQuery,
            SigningSecret secret,
            Duration timeout,
            int concurrency,
            Optional<CaFile> caFile)
            implements Destination {

        String scheme() {
            return tls ? "https" : "http";
        }

        /** Host and port, as in a URL. */
        String authority() {
            return HostName.withPort(host, port);
        }

        /** The same as {@code Host} has it: without the port that the scheme implies. */
        String hostHeader() {
            String withPort = authority();
            boolean implied = port == (tls ? 443 : 80);
            return implied ? withPort.substring(0, withPort.lastIndexOf(':')) : withPort;
        }

        @Override
        public String place() {
            int query = pathAndQuery.indexOf('?');
            // A token in the query is nobody's business.
            return scheme() + "://" + authority()
                    + (query < 0 ? pathAndQuery : pathAndQuery.substring(0, query) + "?…");
        }

        @Override
        public String toString() {
            return name + " (" + place() + ")";
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

    /**
     * Reads the address of a destination.
     *
     * @throws IllegalArgumentException with what is wrong, as the end of a sentence that names the setting
     */
    static Destination parse(
            String name,
            String url,
            Optional<SigningSecret> secret,
            Duration timeout,
            int concurrency,
            Optional<CaFile> caFile) {
        return DestinationUrl.parse(name, url, secret, timeout, concurrency, caFile);
    }

    /** The same, trusted by Java's certificates. */
    static Destination parse(
            String name, String url, Optional<SigningSecret> secret, Duration timeout, int concurrency) {
        return parse(name, url, secret, timeout, concurrency, Optional.empty());
    }
}
