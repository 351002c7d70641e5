package io.understudy.outbound;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The addresses of one host. Looked up by one at a time, off the event loop, and believed for a short while. */
final class HostAddresses {

    /** A seam: what looks names up. */
    @FunctionalInterface
    interface Resolver {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    /** A host that moved is followed after this; so many lookups a second are not asked for. */
    private static final Duration BELIEVED = Duration.ofSeconds(30);

    private final Vertx vertx;
    private final String host;
    private final Resolver resolver;

    private Future<List<InetAddress>> latest;
    private long believedUntil;
    private volatile InetAddress answering;

    HostAddresses(Vertx vertx, String host, Resolver resolver) {
        this.vertx = vertx;
        this.host = host;
        this.resolver = resolver;
    }

    /** All of them, the one that answered last first. Fails with {@link UnknownHostException}. */
    Future<List<InetAddress>> all() {
        return latest().map(this::ordered);
    }

    private synchronized Future<List<InetAddress>> latest() {
        boolean usable = latest != null && !latest.failed();
        if (usable && (!latest.isComplete() || System.nanoTime() - believedUntil < 0)) {
            return latest;
        }
        latest = vertx.executeBlocking(this::resolved, false);
        return latest;
    }

    private List<InetAddress> resolved() throws UnknownHostException {
        List<InetAddress> addresses = List.of(resolver.resolve(host));
        if (addresses.isEmpty()) {
            throw new UnknownHostException(host);
        }
        synchronized (this) {
            believedUntil = System.nanoTime() + BELIEVED.toNanos();
        }
        return addresses;
    }

    private List<InetAddress> ordered(List<InetAddress> addresses) {
        InetAddress first = answering;
        if (first == null || !addresses.contains(first) || addresses.get(0).equals(first)) {
            return addresses;
        }
        List<InetAddress> ordered = new ArrayList<>(addresses);
        ordered.remove(first);
        ordered.add(0, first);
        return ordered;
    }

    /** Whoever connects next begins with it, and does not wait for those that do not answer. */
    void answers(InetAddress address) {
        answering = address;
    }
}
