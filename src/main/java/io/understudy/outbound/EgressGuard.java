package io.understudy.outbound;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Decides where deliveries may go, by {@code understudy.outbound.allowed-hosts}: without a list to every host whose
 * addresses are all public, with one only to what is listed. What is listed may be private.
 *
 * <p>Asked twice. When a destination is configured, for what can be said without a network; and before every
 * connection, for each address that the host resolves to, because a name may lead elsewhere by then.
 */
public final class EgressGuard {

    private static final String SETTING = "understudy.outbound.allowed-hosts";
    private static final Pattern ENTRY = Pattern.compile("(\\*\\.)?(\\[[^\\]]*\\]|[^:]*)(?::(.*))?");

    /** @param port 0: any */
    private record Entry(String host, boolean below, Optional<InetAddress> address, int port) {

        static Entry of(String text) {
            // An address as it is read elsewhere: without brackets it has no port.
            String bracketed =
                    text.indexOf(':') != text.lastIndexOf(':') && !text.startsWith("[") ? "[" + text + "]" : text;
            Matcher parts = ENTRY.matcher(bracketed);
            if (!parts.matches()) {
                throw new IllegalArgumentException("has more than a host and a port");
            }
            String host = HostName.of(parts.group(2));
            boolean below = parts.group(1) != null;
            Optional<InetAddress> address = HostName.literal(host);
            if (below && address.isPresent()) {
                throw new IllegalArgumentException("has *. before an address");
            }
            return new Entry(host, below, address, parts.group(3) == null ? 0 : HostName.port(parts.group(3)));
        }

        boolean lists(String name, int ofPort) {
            boolean same = below ? name.endsWith("." + host) : name.equals(host);
            return same && isPort(ofPort);
        }

        boolean lists(InetAddress other, int ofPort) {
            return address.isPresent() && address.get().equals(other) && isPort(ofPort);
        }

        private boolean isPort(int other) {
            return port == 0 || port == other;
        }
    }

    private final List<Entry> entries;

    /** @throws IllegalArgumentException with what is wrong, as the end of a sentence that names the setting */
    public EgressGuard(List<String> allowedHosts) {
        this.entries = allowedHosts.stream().map(EgressGuard::entry).toList();
    }

    private static Entry entry(String text) {
        try {
            return Entry.of(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("lists \"" + text + "\", which " + e.getMessage()
                    + "; an entry is a host, host:port, *.domain or an address, such as 10.1.2.3 or [::1]:8080");
        }
    }

    /**
     * Why nothing may go to a destination, as far as that can be said without a network: what, why and what to do, as
     * the end of a sentence that names the destination.
     */
    public Optional<String> problem(Destination destination) {
        if (destination instanceof Destination.Http http) {
            return problem(http.host(), http.port());
        }
        return ((Destination.Kafka) destination)
                .brokers().stream()
                        .map(broker -> {
                            int colon = broker.lastIndexOf(':');
                            return problem(
                                    HostName.of(broker.substring(0, colon)),
                                    HostName.port(broker.substring(colon + 1)));
                        })
                        .flatMap(Optional::stream)
                        .findFirst();
    }

    /** The same of a host, which is without brackets. */
    public Optional<String> problem(String host, int port) {
        Optional<InetAddress> literal = HostName.literal(host);
        if (literal.isPresent()) {
            return problem(host, port, literal.get());
        }
        if (isListed(host, port)) {
            return Optional.empty();
        }
        // These never leave the machine, whatever a resolver says.
        if (host.equals("localhost") || host.endsWith(".localhost")) {
            return problem(host, port, InetAddress.getLoopbackAddress());
        }
        boolean addressMayBeListed =
                entries.stream().anyMatch(entry -> entry.address().isPresent());
        return entries.isEmpty() || addressMayBeListed ? Optional.empty() : Optional.of(notListed(host, port));
    }

    /** The same of one of the addresses that a host resolves to. */
    public Optional<String> problem(String host, int port, InetAddress address) {
        if (isListed(host, port) || entries.stream().anyMatch(entry -> entry.lists(address, port))) {
            return Optional.empty();
        }
        Optional<String> kind = AddressBlock.kind(address);
        if (kind.isPresent()) {
            boolean literal = HostName.literal(host).isPresent();
            return Optional.of("leads to " + HostName.withPort(host, port) + ", "
                    + (literal ? "" : "whose address " + address.getHostAddress() + " is ") + kind.get()
                    + ", where nothing is delivered unless it is listed; add " + host + " to " + SETTING
                    + " if it may go there");
        }
        return entries.isEmpty() ? Optional.empty() : Optional.of(notListed(host, port));
    }

    private boolean isListed(String host, int port) {
        return entries.stream().anyMatch(entry -> entry.lists(host, port))
                || HostName.literal(host)
                        .filter(address -> entries.stream().anyMatch(entry -> entry.lists(address, port)))
                        .isPresent();
    }

    private static String notListed(String host, int port) {
        String place = HostName.withPort(host, port);
        return "leads to " + place + ", which " + SETTING + " does not list; add " + place
                + " to it if it may go there";
    }
}
