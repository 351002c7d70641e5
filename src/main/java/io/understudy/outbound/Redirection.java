package io.understudy.outbound;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/**
 * Where an answer sends a request.
 *
 * @param place where that is, for people: host and port, and nothing else, because the rest was chosen by the receiver
 * @param samePlace the path to ask for instead; empty when it leads to another scheme, host or port
 */
record Redirection(String place, Optional<String> samePlace) {

    /** @param location the header, or null; empty of what leads nowhere */
    static Optional<Redirection> of(Destination.Http from, String path, String location) {
        try {
            URI base = new URI(from.scheme() + "://" + from.authority() + path);
            URI to = base.resolve(new URI(location == null ? "" : location.strip()));
            if (location == null || to.getHost() == null || to.getScheme() == null) {
                return Optional.empty();
            }
            String scheme = to.getScheme().toLowerCase(Locale.ROOT);
            String host = HostName.of(to.getHost());
            int port = to.getPort() >= 0 ? to.getPort() : scheme.equals("https") ? 443 : 80;
            boolean same = scheme.equals(from.scheme())
                    && host.equals(from.host())
                    && port == from.port()
                    && to.getRawUserInfo() == null;
            String pathAndQuery = (to.getRawPath().isEmpty() ? "/" : to.getRawPath())
                    + (to.getRawQuery() == null ? "" : "?" + to.getRawQuery());
            return Optional.of(new Redirection(
                    (scheme.equals(from.scheme()) ? "" : scheme + " on ") + HostName.withPort(host, port),
                    same ? Optional.of(pathAndQuery) : Optional.empty()));
        } catch (URISyntaxException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
