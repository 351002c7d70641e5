package io.understudy.outbound;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/**
 * Where an answer sends a request.
 *
 * @param place where that is, for people: host and port, and nothing else, because the rest was chosen by the receiver
 * @param samePlace the path and query to ask for instead; empty when it leads to another scheme, host or port
 */
record Redirection(String place, Optional<String> samePlace) {

    /** @param location the header, or null; empty of what leads nowhere that a destination could be */
    static Optional<Redirection> of(Destination.Http from, String path, String location) {
        if (location == null) {
            return Optional.empty();
        }
        try {
            URI to = new URI(from.scheme() + "://" + from.authority() + path).resolve(new URI(location.strip()));
            String url = to.toASCIIString().replaceFirst("#.*", "");
            // Read as a destination is, so that it cannot mean one thing here and another there.
            Destination read =
                    Destination.parse(from.name(), url, Optional.of(from.secret()), from.timeout(), from.concurrency());
            return read instanceof Destination.Http there ? Optional.of(of(from, there)) : Optional.empty();
        } catch (URISyntaxException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Redirection of(Destination.Http from, Destination.Http to) {
        boolean sameScheme = to.tls() == from.tls();
        boolean same = sameScheme && to.host().equals(from.host()) && to.port() == from.port();
        return new Redirection(
                (sameScheme ? "" : to.scheme() + " on ") + to.authority(),
                same ? Optional.of(to.pathAndQuery()) : Optional.empty());
    }
}
