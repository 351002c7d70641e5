package io.understudy.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.Receiver;
import io.understudy.Receiver.Answer;
import io.understudy.Receiver.Request;
import io.understudy.postgres.TableId;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Over real HTTP on the loopback. */
class HttpSinkIT {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration SHORT = Duration.ofMillis(500);
    private static final EgressGuard LOCAL = new EgressGuard(List.of("127.0.0.1", "hooks.example"));
    /** What must never be repeated: it is a value of the row. */
    private static final String CANARY = "Jörg Müller";

    private static Vertx vertx;

    private final List<Sink> sinks = new ArrayList<>();
    private Receiver receiver;

    @BeforeAll
    static void startVertx() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void closeVertx() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @BeforeEach
    void open() {
        receiver = Receiver.open();
    }

    @AfterEach
    void close() {
        sinks.forEach(Sink::close);
        receiver.close();
    }

    @Test
    void sendsASignedEvent() {
        Outcome outcome = send(sink("/in?tenant=7"));
        assertThat(outcome).isEqualTo(new Outcome.Delivered());
        Request request = receiver.requests().get(0);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.path()).isEqualTo("/in?tenant=7");
        assertThat(request.body())
                .isEqualTo(CloudEvent.structured(delivery("1")))
                .contains(CANARY);
        assertThat(request.id()).isEqualTo("1");
        assertThat(request.signed()).isTrue();
        assertThat(request.headers())
                .containsEntry("content-type", "application/cloudevents+json; charset=utf-8")
                .containsEntry("host", "127.0.0.1:" + receiver.port())
                .hasEntrySatisfying("user-agent", agent -> assertThat(agent).startsWith("Understudy/"))
                .hasEntrySatisfying(
                        "webhook-timestamp",
                        at -> assertThat(Long.parseLong(at))
                                .isBetween(
                                        Instant.now().getEpochSecond() - 5,
                                        Instant.now().getEpochSecond()));
    }

    @Test
    void anotherSecretDoesNotFit() {
        receiver.close();
        receiver = Receiver.open("c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0");
        send(sink("/"));
        assertThat(receiver.requests().get(0).signed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 204, 206})
    void twoHundredsAreDelivered(int status) {
        receiver.answers(request -> Answer.of(status));
        assertThat(send(sink("/"))).isEqualTo(new Outcome.Delivered());
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 425, 429, 500, 502, 503, 504, 599, 600})
    void whatMayPassIsTriedAgain(int status) {
        receiver.answers(request -> new Answer.Status(status, Map.of(), CANARY));
        assertThat(send(sink("/?token=hunter2")))
                .isEqualTo(new Outcome.Retry("127.0.0.1:" + receiver.port() + " answered " + status));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 410, 413, 422, 451})
    void whatIsRefusedIsRefused(int status) {
        receiver.answers(request -> new Answer.Status(status, Map.of(), CANARY));
        assertThat(send(sink("/?token=hunter2")))
                .isEqualTo(new Outcome.Refused("127.0.0.1:" + receiver.port() + " answered " + status));
    }

    @Test
    void waitsAsLongAsItIsAskedTo() {
        receiver.answers(request -> Answer.of(503, "Retry-After", "120"));
        assertThat(retry(send(sink("/"))).notBefore()).contains(Duration.ofMinutes(2));
        String inAnHour = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                Instant.now().plusSeconds(3600).atOffset(ZoneOffset.UTC));
        receiver.answers(request -> Answer.of(429, "retry-after", inAnHour));
        assertThat(retry(send(sink("/"))).notBefore())
                .hasValueSatisfying(wait -> assertThat(wait).isBetween(Duration.ofMinutes(59), Duration.ofHours(1)));
        receiver.answers(request -> Answer.of(500, "Retry-After", "99999999"));
        assertThat(retry(send(sink("/"))).notBefore()).contains(Duration.ofDays(1));
    }

    @Test
    void anAnswerThatDoesNotComeIsNotWaitedFor() {
        receiver.answers(request -> new Answer.Hang());
        assertThat(within(SHORT, sink("/", SHORT)))
                .isEqualTo(new Outcome.Retry("127.0.0.1:" + receiver.port() + " did not answer within 500 ms"));
        // Its connection is of no use any more, the destination is.
        receiver.answers(request -> Answer.of(204));
        assertThat(send(sinks.get(0))).isEqualTo(new Outcome.Delivered());
    }

    @Test
    void anAnswerThatDoesNotEndIsNotWaitedFor() {
        receiver.answers(request -> new Answer.Endless(200, 1, Duration.ofMillis(20)));
        assertThat(within(SHORT, sink("/", SHORT)))
                .isEqualTo(new Outcome.Retry("127.0.0.1:" + receiver.port() + " did not end its answer within 500 ms"));
    }

    @Test
    void ofALongAnswerOnlyTheStatusCounts() {
        receiver.answers(request -> new Answer.Endless(200, 32 << 10, Duration.ofMillis(1)));
        assertThat(send(sink("/"))).isEqualTo(new Outcome.Delivered());
        receiver.answers(request -> new Answer.Endless(404, 32 << 10, Duration.ofMillis(1)));
        assertThat(send(sinks.get(0))).isInstanceOf(Outcome.Refused.class);
    }

    @Test
    void halfAnAnswerIsNone() {
        receiver.answers(request -> new Answer.Half(200));
        assertThat(send(sink("/")))
                .isEqualTo(
                        new Outcome.Retry("127.0.0.1:" + receiver.port() + " broke off before the end of its answer"));
    }

    @Test
    void aClosedConnectionIsTriedAgain() {
        receiver.answers(request -> new Answer.Close());
        assertThat(send(sink("/")))
                .isEqualTo(new Outcome.Retry(
                        "127.0.0.1:" + receiver.port() + " closed the connection before it answered"));
    }

    @Test
    void aReceiverMayGoAndComeBack() {
        Sink sink = sink("/");
        assertThat(send(sink)).isEqualTo(new Outcome.Delivered());
        receiver.stop();
        await().untilAsserted(() -> assertThat(send(sink))
                .isEqualTo(new Outcome.Retry("127.0.0.1:" + receiver.port() + " refused the connection")));
        receiver.start();
        assertThat(send(sink)).isEqualTo(new Outcome.Delivered());
    }

    @Test
    void oneThatAcceptsAndSaysNothingInAnotherLanguageIsNotHttp() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> {
                try (var socket = other.accept()) {
                    socket.getOutputStream().write("220 mail.example ESMTP\r\n\r\n".getBytes());
                    socket.getInputStream().readAllBytes();
                } catch (IOException closed) {
                    // By the sink
                }
            });
            thread.start();
            Sink sink =
                    open("http://127.0.0.1:" + other.getLocalPort() + "/", TIMEOUT, InetAddress::getAllByName, LOCAL);
            assertThat(retry(send(sink)).reason()).endsWith("answered with what is not HTTP");
            thread.join();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {307, 308})
    void followsRedirectsWithinThePlace(int status) {
        receiver.answers(request -> switch (request.path()) {
            case "/a" -> Answer.of(status, "Location", "b?c=1");
            case "/b?c=1" -> Answer.of(status, "Location", receiver.url("/d#part"));
            case "/d" -> Answer.of(status, "Location", "//127.0.0.1:" + receiver.port() + "/e");
            default -> Answer.of(204);
        });
        assertThat(send(sink("/a"))).isEqualTo(new Outcome.Delivered());
        assertThat(receiver.requests()).extracting(Request::path).containsExactly("/a", "/b?c=1", "/d", "/e");
        assertThat(receiver.requests())
                .allMatch(Request::signed)
                .allMatch(request -> request.body().contains(CANARY));
    }

    @Test
    void followsThemOnHostsThatOnlyContainersHave() {
        receiver.answers(request -> request.path().equals("/a") ? Answer.of(307, "Location", "/b") : Answer.of(204));
        Sink sink = open(
                "http://crm_receiver:" + receiver.port() + "/a",
                TIMEOUT,
                host -> new InetAddress[] {address("127.0.0.1")},
                LOCAL);
        assertThat(send(sink)).isEqualTo(new Outcome.Delivered());
        assertThat(receiver.requests()).extracting(Request::path).containsExactly("/a", "/b");
    }

    @Test
    void doesNotRunInCircles() {
        receiver.answers(request -> Answer.of(307, "Location", request.path()));
        assertThat(retry(send(sink("/a?token=hunter2"))).reason())
                .isEqualTo("127.0.0.1:" + receiver.port() + " answered 307 more than 3 times in a row; set the URL of"
                        + " the destination crm to where it is to go");
        assertThat(receiver.requests()).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://evil.example/in?x=hunter2",
                "//evil.example/",
                "http://localhost:PORT/",
                "https://127.0.0.1:PORT/",
                "http://127.0.0.1:1/",
                "http://127.0.0.1/",
            })
    void leavesOtherPlacesAlone(String location) {
        String there = location.replace("PORT", Integer.toString(receiver.port()));
        receiver.answers(request -> Answer.of(307, "Location", there));
        String reason = retry(send(sink("/"))).reason();
        assertThat(reason)
                .startsWith("127.0.0.1:" + receiver.port() + " answered 307, which leads to ")
                .contains("was not followed; set the URL of the destination crm to where it is to go")
                .doesNotContain("hunter2");
        assertThat(receiver.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 301, 302, 303, 304, 305})
    void followsNoRedirectThatMayChangeTheMethod(int status) {
        receiver.answers(request -> Answer.of(status, "Location", receiver.url("/b")));
        assertThat(retry(send(sink("/a"))).reason())
                .isEqualTo("127.0.0.1:" + receiver.port() + " answered " + status + ", which leads to 127.0.0.1:"
                        + receiver.port()
                        + " and was not followed; set the URL of the destination crm to where it is to go");
        assertThat(receiver.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://",
                "http://a b/",
                "mailto:x@y",
                "kafka://127.0.0.1/t",
                "http://0x7f.1:PORT/",
                "http://user@127.0.0.1:PORT/",
                "http://127.0.0.1:PORT@evil.example/",
                "http://evil.example\\@127.0.0.1:PORT/",
            })
    void aRedirectToNowhereIsTriedAgain(String location) {
        String there = location.replace("PORT", Integer.toString(receiver.port()));
        receiver.answers(request -> Answer.of(307, "Location", there));
        assertThat(retry(send(sink("/"))).reason())
                .isEqualTo("127.0.0.1:" + receiver.port()
                        + " answered 307; set the URL of the destination crm to where it is to go");
        assertThat(receiver.requests()).hasSize(1);
    }

    @Test
    void privateAddressesAreNotConnectedTo() {
        Sink sink = open(receiver.url("/"), TIMEOUT, InetAddress::getAllByName, new EgressGuard(List.of()));
        assertThat(retry(send(sink)).reason())
                .isEqualTo("nothing was sent: the destination leads to 127.0.0.1:" + receiver.port()
                        + ", a loopback address, where nothing is delivered unless it is listed; add 127.0.0.1 to"
                        + " understudy.outbound.allowed-hosts if it may go there");
        assertThat(receiver.arrivals()).isZero();
    }

    @Test
    void onePrivateAddressAmongPublicOnesIsEnoughToRefuse() {
        Sink sink = open(
                "http://hooks.example:" + receiver.port() + "/",
                TIMEOUT,
                host -> new InetAddress[] {address("1.1.1.1"), address("127.0.0.1")},
                new EgressGuard(List.of()));
        assertThat(retry(send(sink)).reason()).contains("whose address 127.0.0.1 is a loopback address");
        assertThat(receiver.arrivals()).isZero();
    }

    /** A name that is public when it is checked and private when it is connected to. */
    @Test
    void connectsToWhatWasCheckedAndAsksOnlyOnce() {
        AtomicInteger asked = new AtomicInteger();
        Sink sink = open(
                "http://hooks.example:" + receiver.port() + "/",
                TIMEOUT,
                host -> new InetAddress[] {address(asked.getAndIncrement() == 0 ? "127.0.0.1" : "127.0.0.2")},
                new EgressGuard(List.of("127.0.0.1")));
        for (int i = 0; i < 3; i++) {
            assertThat(send(sink)).isEqualTo(new Outcome.Delivered());
        }
        assertThat(asked).hasValue(1);
        assertThat(receiver.requests().get(0).headers()).containsEntry("host", "hooks.example:" + receiver.port());
    }

    @Test
    void triesTheOtherAddresses() {
        Sink sink = open(
                "http://hooks.example:" + receiver.port() + "/",
                TIMEOUT,
                host -> new InetAddress[] {address("127.0.0.2"), address("127.0.0.3"), address("127.0.0.1")},
                LOCAL);
        assertThat(send(sink)).isEqualTo(new Outcome.Delivered());
        assertThat(send(sink)).isEqualTo(new Outcome.Delivered());
        receiver.stop();
        await().untilAsserted(() -> assertThat(retry(send(sink)).reason())
                .isEqualTo("hooks.example:" + receiver.port() + " refused the connection"));
    }

    @Test
    void aNameThatIsNotKnownIsTriedAgain() {
        AtomicInteger asked = new AtomicInteger();
        Sink sink = open(
                "http://hooks.example:" + receiver.port() + "/",
                TIMEOUT,
                host -> {
                    if (asked.getAndIncrement() == 0) {
                        throw new UnknownHostException(host);
                    }
                    return new InetAddress[] {address("127.0.0.1")};
                },
                LOCAL);
        assertThat(send(sink)).isEqualTo(new Outcome.Retry("hooks.example could not be resolved to an address"));
        assertThat(send(sink)).isEqualTo(new Outcome.Delivered());
    }

    @Test
    void aResolverThatHangsIsNotWaitedFor() {
        CountDownLatch answer = new CountDownLatch(1);
        Sink sink = open(
                "http://hooks.example:" + receiver.port() + "/",
                SHORT,
                host -> {
                    try {
                        answer.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return new InetAddress[] {address("127.0.0.1")};
                },
                LOCAL);
        assertThat(within(SHORT, sink))
                .isEqualTo(new Outcome.Retry("hooks.example was not resolved to an address within 500 ms"));
        answer.countDown();
        assertThat(send(sink)).isEqualTo(new Outcome.Delivered());
        assertThat(receiver.arrivals()).isOne();
    }

    @Test
    void usesNoMoreConnectionsThanItMay() {
        receiver.answers(request -> new Answer.Hang());
        Sink sink = sink("/");
        for (int i = 0; i < 20; i++) {
            sink.send(delivery(Integer.toString(i)));
        }
        await().during(Duration.ofMillis(200))
                .untilAsserted(() -> assertThat(receiver.arrivals()).isEqualTo(4));
    }

    @Test
    void sendsManyAtOnce() {
        Sink sink = sink("/");
        List<CompletableFuture<Outcome>> sent = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            sent.add(sink.send(delivery(Integer.toString(i))).toCompletableFuture());
        }
        assertThat(sent).allSatisfy(outcome -> assertThat(outcome.join()).isEqualTo(new Outcome.Delivered()));
        assertThat(receiver.requests())
                .allMatch(Request::signed)
                .extracting(Request::id)
                .doesNotHaveDuplicates()
                .hasSize(500);
    }

    @Test
    void closingEndsWhatIsUnderWay() {
        receiver.answers(request -> new Answer.Hang());
        Sink sink = sink("/");
        CompletableFuture<Outcome> sent = sink.send(delivery("1")).toCompletableFuture();
        await().until(() -> receiver.arrivals() == 1);
        sink.close();
        assertThat(sent.orTimeout(5, TimeUnit.SECONDS).join()).isInstanceOf(Outcome.Retry.class);
        assertThat(send(sink)).isInstanceOf(Outcome.Retry.class);
    }

    private Sink sink(String path) {
        return sink(path, TIMEOUT);
    }

    private Sink sink(String path, Duration timeout) {
        return open(receiver.url(path), timeout, InetAddress::getAllByName, LOCAL);
    }

    private Sink open(String url, Duration timeout, HostAddresses.Resolver resolver, EgressGuard guard) {
        Destination to = Destination.parse("crm", url, Optional.of(new SigningSecret(Receiver.SECRET)), timeout, 4);
        Sink sink = new HttpSink(vertx, (Destination.Http) to, guard, resolver);
        sinks.add(sink);
        return sink;
    }

    private static Outcome within(Duration timeout, Sink sink) {
        long start = System.nanoTime();
        Outcome outcome = send(sink);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(timeout.multipliedBy(3));
        return outcome;
    }

    private static Outcome send(Sink sink) {
        return sink.send(delivery("1")).toCompletableFuture().join();
    }

    private static Outcome.Retry retry(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Retry.class);
        return (Outcome.Retry) outcome;
    }

    private static InetAddress address(String text) {
        return HostName.literal(text).orElseThrow();
    }

    static Delivery delivery(String id) {
        return new Delivery(
                Long.parseLong(id),
                "shop",
                "crm",
                new TableId("public", "customer"),
                id,
                Operation.UPDATE,
                "{\"row\":{\"name\":\"" + CANARY + "\"}}",
                id,
                id,
                1,
                20,
                Instant.parse("2026-01-01T00:00:00Z"),
                Optional.empty(),
                Optional.empty());
    }
}
