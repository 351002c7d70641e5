package io.understudy.outbound;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads {@code https://host/path} and {@code kafka://host:port,host:port/topic}. */
final class DestinationUrl {

    private static final String KAFKA = "kafka://";
    private static final String SHAPES = "; it takes https://host/path or kafka://host:port,host:port/topic";
    private static final int KAFKA_PORT = 9092;

    private DestinationUrl() {}

    /** @throws IllegalArgumentException with what is wrong, as the end of a sentence that names the setting */
    static Destination parse(
            String name, String url, Optional<SigningSecret> secret, Duration timeout, int concurrency) {
        return url.toLowerCase(Locale.ROOT).startsWith(KAFKA)
                ? kafka(name, url.substring(KAFKA.length()), timeout, concurrency)
                : http(name, url, secret, timeout, concurrency);
    }

    private static Destination http(
            String name, String url, Optional<SigningSecret> secret, Duration timeout, int concurrency) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("is not a URL" + SHAPES);
        }
        boolean tls = "https".equalsIgnoreCase(uri.getScheme());
        if (!tls && !"http".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null) {
            throw new IllegalArgumentException("is not a URL of http, https or kafka" + SHAPES);
        }
        if (uri.getRawUserInfo() != null) {
            throw new IllegalArgumentException("has a user in it, which is not sent; requests are signed instead");
        }
        if (uri.getRawFragment() != null) {
            throw new IllegalArgumentException("has a part after #, which is never sent");
        }
        if (secret.isEmpty()) {
            throw new IllegalArgumentException(
                    "is set without its secret, by which the receiver knows that a request is"
                            + " from here; make one with: openssl rand -base64 32");
        }
        String host = uri.getHost().startsWith("[")
                ? uri.getHost().substring(1, uri.getHost().length() - 1)
                : uri.getHost();
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return new Destination.Http(
                name,
                tls,
                host.toLowerCase(Locale.ROOT),
                uri.getPort() < 0 ? tls ? 443 : 80 : uri.getPort(),
                path + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery()),
                secret.get(),
                timeout,
                concurrency);
    }

    private static Destination kafka(String name, String rest, Duration timeout, int concurrency) {
        int slash = rest.indexOf('/');
        String topic = slash < 0 ? "" : rest.substring(slash + 1);
        if (!topic.matches("[a-zA-Z0-9._-]{1,249}") || topic.equals(".") || topic.equals("..")) {
            throw new IllegalArgumentException(
                    "names no topic that Kafka could have (a-z, 0-9, dot, _ and -)" + SHAPES);
        }
        List<String> brokers = new ArrayList<>();
        for (String broker : rest.substring(0, slash).split(",", -1)) {
            String withPort = broker.matches(".*:[0-9]{1,5}") ? broker : broker + ":" + KAFKA_PORT;
            if (!withPort.matches("(\\[[0-9a-fA-F:.]+\\]|[a-zA-Z0-9._-]+):[0-9]{1,5}")) {
                throw new IllegalArgumentException("has a broker that is no host with a port" + SHAPES);
            }
            brokers.add(withPort.toLowerCase(Locale.ROOT));
        }
        return new Destination.Kafka(name, List.copyOf(brokers), topic, timeout, concurrency);
    }
}
