package io.understudy.outbound;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads {@code https://host/path} and {@code kafka://host:port,host:port/topic}. By hand: {@code java.net.URI} knows
 * neither hosts with _ in them, as containers have, nor says what is wrong.
 */
final class DestinationUrl {

    private static final String KAFKA = "kafka://";
    private static final String SHAPES = "; it takes https://host/path or kafka://host:port,host:port/topic";
    private static final int KAFKA_PORT = 9092;

    private static final Pattern HTTP =
            Pattern.compile("(https?)://([^/?#]*)([^#]*)(#.*)?", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern AUTHORITY = Pattern.compile("(\\[[^\\]]*\\]|[^:]*)(?::(.*))?", Pattern.DOTALL);
    /** What RFC 3986 lets a path and a query have: no space, no line end, no backslash. */
    private static final Pattern PATH_AND_QUERY =
            Pattern.compile("(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*");

    private DestinationUrl() {}

    /** @throws IllegalArgumentException with what is wrong, as the end of a sentence that names the setting */
    static Destination parse(
            String name,
            String url,
            Optional<SigningSecret> secret,
            Duration timeout,
            int concurrency,
            Optional<CaFile> caFile) {
        boolean kafka = url.toLowerCase(Locale.ROOT).startsWith(KAFKA);
        if (caFile.isPresent() && !url.toLowerCase(Locale.ROOT).startsWith("https://")) {
            throw new IllegalArgumentException(
                    "is not https, so that its ca-file would have no effect; remove that, or use https");
        }
        if (kafka && secret.isPresent()) {
            throw new IllegalArgumentException(
                    "is kafka, where nothing is signed, so that its secret would have no effect; remove that, and log in"
                            + " by understudy.outbound.kafka.sasl.*");
        }
        return kafka
                ? kafka(name, url.substring(KAFKA.length()), timeout, concurrency)
                : http(name, url, secret, timeout, concurrency, caFile);
    }

    private static Destination http(
            String name,
            String url,
            Optional<SigningSecret> secret,
            Duration timeout,
            int concurrency,
            Optional<CaFile> caFile) {
        Matcher parts = HTTP.matcher(url);
        if (!parts.matches()) {
            throw new IllegalArgumentException("is not a URL of http, https or kafka" + SHAPES);
        }
        boolean tls = parts.group(1).equalsIgnoreCase("https");
        String authority = parts.group(2);
        if (authority.contains("@")) {
            throw new IllegalArgumentException("has a user in it, which is not sent; requests are signed instead");
        }
        Matcher place = AUTHORITY.matcher(authority);
        if (!place.matches()) {
            throw new IllegalArgumentException("has more than a host and a port before its path" + SHAPES);
        }
        if (parts.group(4) != null) {
            throw new IllegalArgumentException("has a part after #, which is never sent");
        }
        if (!PATH_AND_QUERY.matcher(parts.group(3)).matches()) {
            throw new IllegalArgumentException("has a letter in its path or query that a URL cannot have; write it as"
                    + " the % and two digits of each of its bytes, such as %20 for a space");
        }
        String host = host(place.group(1));
        int port = place.group(2) == null ? tls ? 443 : 80 : HostName.port(place.group(2));
        if (secret.isEmpty()) {
            throw new IllegalArgumentException(
                    "is set without its secret, by which the receiver knows that a request is"
                            + " from here; make one with: openssl rand -base64 32");
        }
        String path = parts.group(3).startsWith("/") ? parts.group(3) : "/" + parts.group(3);
        return new Destination.Http(name, tls, host, port, path, secret.get(), timeout, concurrency, caFile);
    }

    private static Destination kafka(String name, String rest, Duration timeout, int concurrency) {
        int slash = rest.indexOf('/');
        String topic = slash < 0 ? "" : rest.substring(slash + 1);
        if (!topic.matches("[a-zA-Z0-9._-]{1,249}") || topic.equals(".") || topic.equals("..")) {
            throw new IllegalArgumentException(
                    "names no topic that Kafka could have (a-z, A-Z, 0-9, dot, _ and -)" + SHAPES);
        }
        List<String> brokers = new ArrayList<>();
        for (String broker : rest.substring(0, slash).split(",", -1)) {
            Matcher place = AUTHORITY.matcher(broker.strip());
            if (!place.matches()) {
                throw new IllegalArgumentException("has a broker that is no host with a port" + SHAPES);
            }
            int port = place.group(2) == null ? KAFKA_PORT : HostName.port(place.group(2));
            brokers.add(HostName.withPort(host(place.group(1)), port));
        }
        return new Destination.Kafka(name, List.copyOf(brokers), topic, timeout, concurrency);
    }

    private static String host(String text) {
        try {
            return HostName.of(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(e.getMessage() + SHAPES);
        }
    }
}
