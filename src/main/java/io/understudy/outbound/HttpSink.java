package io.understudy.outbound;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.PemTrustOptions;
import java.net.InetAddress;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Delivers over HTTP/1.1: one signed POST for each delivery, over at most as many connections as the destination has
 * concurrency. Connects to addresses that were checked, never to a name, so that a name cannot lead elsewhere between
 * the check and the connection; certificates are still compared with the name.
 */
public final class HttpSink implements Sink {

    /** Below the 5 s after which common servers close an idle connection: a request must not meet that moment. */
    private static final int IDLE_SECONDS = 4;

    private final HttpClient client;
    private final HttpAttempt.Course course;
    private final Destination.Http to;
    private final WebhookSignature signature;
    private final CharSequence userAgent;

    public HttpSink(Vertx vertx, Destination.Http to, EgressGuard guard) {
        this(vertx, to, guard, InetAddress::getAllByName);
    }

    HttpSink(Vertx vertx, Destination.Http to, EgressGuard guard, HostAddresses.Resolver resolver) {
        this.to = to;
        this.client = vertx.httpClientBuilder()
                .with(options(to))
                .with(new PoolOptions().setHttp1MaxSize(to.concurrency()))
                // Without a handler Vert.x logs what it could not read, which may be an echo of the row.
                .withConnectHandler(connection -> connection.exceptionHandler(error -> {}))
                .build();
        this.course = new HttpAttempt.Course(vertx, client, to, new HostAddresses(vertx, to.host(), resolver), guard);
        this.signature = new WebhookSignature(to.secret());
        this.userAgent = HttpHeaders.createOptimized("Understudy/"
                + ConfigProvider.getConfig()
                        .getOptionalValue("quarkus.application.version", String.class)
                        .orElse("unknown"));
    }

    private static HttpClientOptions options(Destination.Http to) {
        int timeoutMillis = Math.toIntExact(to.timeout().toMillis());
        HttpClientOptions options = new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_1_1)
                .setKeepAliveTimeout(IDLE_SECONDS)
                .setConnectTimeout(timeoutMillis)
                .setSsl(to.tls())
                .setVerifyHost(true)
                .setTrustAll(false);
        options.setSslHandshakeTimeout(timeoutMillis).setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
        to.caFile()
                .ifPresent(file -> options.setTrustOptions(
                        new PemTrustOptions().addCertValue(Buffer.buffer(file.certificates()))));
        return options;
    }

    @Override
    public CompletionStage<Outcome> send(Delivery delivery) {
        try {
            return HttpAttempt.start(course, WebhookMessage.of(delivery, to, signature, userAgent, Instant.now()));
        } catch (RuntimeException e) {
            // Without its message, which may quote what was to be sent.
            return CompletableFuture.completedFuture(new Outcome.Retry(
                    "the request could not be made (" + e.getClass().getSimpleName() + ")"));
        }
    }

    /** Answers to several connections come in any order. */
    @Override
    public boolean keepsOrder() {
        return false;
    }

    @Override
    public void close() {
        client.close();
    }
}
