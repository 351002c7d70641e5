package io.understudy;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.KeyCertOptions;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Another system, over real HTTP on the loopback: notes what arrives and in which order, looks whether it is signed as
 * Standard Webhooks has it, and fails on purpose. Whatever is not said otherwise is answered with 204.
 */
public final class Receiver implements AutoCloseable {

    /** A secret as {@code .secret} takes it; the one that is used when a test names none. */
    public static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    /**
     * What arrived.
     *
     * @param arrival in which order: 0, 1, 2, …
     * @param path with the query
     * @param headers by their names in lower case
     * @param signed whether {@code webhook-signature} is of this id, timestamp and body, and the timestamp of the last
     *     five minutes
     */
    public record Request(
            long arrival,
            Instant at,
            String method,
            String path,
            Map<String, String> headers,
            String body,
            boolean signed) {

        /** The same at every attempt of one delivery. */
        public String id() {
            return headers.get("webhook-id");
        }
    }

    /** What it does about a request. */
    public sealed interface Answer {

        record Status(int code, Map<String, String> headers, String body) implements Answer {}

        /** The same, later. */
        record Late(Duration delay, Answer then) implements Answer {}

        /** The connection is closed without an answer. */
        record Close() implements Answer {}

        /** The head and half of the body, then the connection is closed. */
        record Half(int code) implements Answer {}

        /** Nothing at all, until it is stopped. */
        record Hang() implements Answer {}

        /** A body that grows by this many bytes at this interval and never ends. */
        record Endless(int code, int bytes, Duration interval) implements Answer {}

        static Answer of(int code) {
            return new Status(code, Map.of(), "");
        }

        static Answer of(int code, String header, String value) {
            return new Status(code, Map.of(header, value), "");
        }

        default Answer after(Duration delay) {
            return new Late(delay, this);
        }
    }

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final byte[] key;
    private final KeyCertOptions certificate;
    private final Queue<Request> requests = new ConcurrentLinkedQueue<>();
    private final AtomicLong arrivals = new AtomicLong();

    private volatile Function<Request, Answer> script = request -> Answer.of(204);
    private volatile boolean keeping = true;
    private volatile HttpServer server;
    private int port;

    private Receiver(String secret, KeyCertOptions certificate) {
        this.key = Base64.getDecoder().decode(secret.replaceFirst("^whsec_", ""));
        this.certificate = certificate;
    }

    public static Receiver open() {
        return open(SECRET);
    }

    public static Receiver open(String secret) {
        return new Receiver(secret, null).start();
    }

    /** Speaks TLS. */
    public static Receiver open(KeyCertOptions certificate) {
        return new Receiver(SECRET, certificate).start();
    }

    /** From now on. Called on the thread that serves: it must not wait. */
    public Receiver answers(Function<Request, Answer> answers) {
        script = answers;
        return this;
    }

    /** For benchmarks: requests are counted and checked, and not kept. */
    public Receiver countingOnly() {
        keeping = false;
        return this;
    }

    /** In the order of their arrival. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    public long arrivals() {
        return arrivals.get();
    }

    public void forget() {
        requests.clear();
    }

    public int port() {
        return port;
    }

    /** @param path from its / on */
    public String url(String path) {
        return (certificate == null ? "http" : "https") + "://127.0.0.1:" + port + path;
    }

    /** Listens again, on the same port as before. */
    public Receiver start() {
        HttpServerOptions options =
                new HttpServerOptions().setHost("127.0.0.1").setPort(port).setAcceptBacklog(4096);
        if (certificate != null) {
            options.setSsl(true).setKeyCertOptions(certificate);
        }
        server = vertx.createHttpServer(options).requestHandler(this::take);
        server.listen().toCompletionStage().toCompletableFuture().join();
        port = server.actualPort();
        return this;
    }

    /** Closes all connections; whoever comes is refused. */
    public void stop() {
        server.close().toCompletionStage().toCompletableFuture().join();
    }

    private void take(HttpServerRequest request) {
        request.body().onSuccess(body -> {
            Request taken = noted(request, body.getBytes());
            if (keeping) {
                requests.add(taken);
            }
            answer(request, script.apply(taken));
        });
    }

    private Request noted(HttpServerRequest request, byte[] body) {
        Map<String, String> headers = new TreeMap<>();
        request.headers().forEach(header -> headers.put(header.getKey().toLowerCase(), header.getValue()));
        return new Request(
                arrivals.getAndIncrement(),
                Instant.now(),
                request.method().name(),
                request.uri(),
                headers,
                new String(body, StandardCharsets.UTF_8),
                isSigned(headers, body));
    }

    private boolean isSigned(Map<String, String> headers, byte[] body) {
        String id = headers.get("webhook-id");
        String timestamp = headers.getOrDefault("webhook-timestamp", "");
        String signature = headers.get("webhook-signature");
        if (id == null || signature == null || !timestamp.matches("[0-9]{1,12}")) {
            return false;
        }
        if (Math.abs(Instant.now().getEpochSecond() - Long.parseLong(timestamp)) > 300) {
            return false;
        }
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
            return List.of(signature.split(" "))
                    .contains("v1," + Base64.getEncoder().encodeToString(mac.doFinal(body)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private void answer(HttpServerRequest request, Answer answer) {
        HttpServerResponse response = request.response();
        if (response.closed()) {
            return;
        }
        if (answer instanceof Answer.Status status) {
            status.headers().forEach(response::putHeader);
            response.setStatusCode(status.code()).end(status.body());
        } else if (answer instanceof Answer.Late late) {
            vertx.setTimer(late.delay().toMillis(), timer -> answer(request, late.then()));
        } else if (answer instanceof Answer.Close) {
            request.connection().close();
        } else if (answer instanceof Answer.Half half) {
            response.setStatusCode(half.code())
                    .putHeader("content-length", "100")
                    .write("half")
                    .onComplete(written -> request.connection().close());
        } else if (answer instanceof Answer.Endless endless) {
            response.setStatusCode(endless.code()).setChunked(true);
            Buffer part = Buffer.buffer(new byte[endless.bytes()]);
            long timer = vertx.setPeriodic(1, Math.max(endless.interval().toMillis(), 1), each -> response.write(part));
            request.connection().closeHandler(closed -> vertx.cancelTimer(timer));
        }
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
