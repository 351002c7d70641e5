package io.understudy.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.Receiver;
import io.understudy.Receiver.Answer;
import io.vertx.core.Vertx;
import io.vertx.core.net.JksOptions;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over real TLS on the loopback, with certificates that are made here by the JDK's own tool. */
class HttpSinkTlsIT {

    private static final String PASSWORD = "changeit";

    @TempDir
    private static Path directory;

    private static Vertx vertx;
    private static Receiver receiver;
    private static CaFile trusted;
    private static CaFile another;

    @BeforeAll
    static void makeCertificates() throws Exception {
        vertx = Vertx.vertx();
        make("hooks", "dns:hooks.example,ip:127.0.0.1", "-validity", "2");
        make("another", "dns:hooks.example", "-validity", "2");
        trusted = new CaFile(file("hooks.pem"));
        another = new CaFile(file("another.pem"));
        receiver = serving("hooks");
    }

    @AfterAll
    static void close() {
        receiver.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void deliversToWhomItTrusts() {
        receiver.forget();
        assertThat(send(receiver, "hooks.example", Optional.of(trusted))).isEqualTo(new Outcome.Delivered());
        assertThat(send(receiver, "127.0.0.1", Optional.of(trusted))).isEqualTo(new Outcome.Delivered());
        assertThat(receiver.requests()).hasSize(2).allMatch(Receiver.Request::signed);
    }

    @Test
    void followsARedirectWithinThePlace() {
        receiver.answers(request -> request.path().equals("/in")
                ? Answer.of(308, "Location", "https://HOOKS.example:" + receiver.port() + "/b")
                : Answer.of(204));
        assertThat(send(receiver, "hooks.example", Optional.of(trusted))).isEqualTo(new Outcome.Delivered());
        receiver.answers(request -> Answer.of(204));
    }

    @Test
    void refusesWhomJavaDoesNotKnow() {
        assertThat(send(receiver, "hooks.example", Optional.empty()))
                .isEqualTo(retry("hooks.example", "presented a certificate that is not trusted"));
    }

    @Test
    void refusesWhomAnotherFileDoesNotKnow() {
        assertThat(send(receiver, "hooks.example", Optional.of(another)))
                .isEqualTo(retry("hooks.example", "presented a certificate that is not trusted"));
    }

    @Test
    void refusesACertificateOfAnotherHost() {
        assertThat(send(receiver, "crm.example", Optional.of(trusted)))
                .isEqualTo(retry("crm.example", "presented a certificate that is not of this host"));
        assertThat(send(receiver, "127.0.0.2", Optional.of(trusted)))
                .isEqualTo(retry("127.0.0.2", "presented a certificate that is not of this host"));
    }

    @Test
    void refusesACertificateThatHasExpired() throws Exception {
        // Of an authority: a certificate that is trusted itself is trusted for ever.
        make("authority", "dns:authority.example", "-validity", "2", "-ext", "bc:critical=ca:true");
        make("old", "dns:hooks.example", "-validity", "2");
        String request = file("old.csr");
        String signed = file("old.signed");
        keytool("old", "-certreq", "-alias", "old", "-file", request);
        keytool(
                "authority",
                "-gencert",
                "-alias",
                "authority",
                "-infile",
                request,
                "-outfile",
                signed,
                "-startdate",
                "-10d",
                "-validity",
                "2",
                "-ext",
                "san=dns:hooks.example");
        keytool("old", "-importcert", "-noprompt", "-alias", "authority", "-file", file("authority.pem"));
        keytool("old", "-importcert", "-noprompt", "-alias", "old", "-file", signed);
        try (Receiver expired = serving("old")) {
            assertThat(send(expired, "hooks.example", Optional.of(new CaFile(file("authority.pem")))))
                    .isEqualTo(new Outcome.Retry(
                            "hooks.example:" + expired.port() + " presented a certificate that has expired"));
        }
    }

    @Test
    void saysWhenThereIsNoTls() {
        try (Receiver plain = Receiver.open()) {
            assertThat(send(plain, "hooks.example", Optional.of(trusted)).toString())
                    .contains("does not speak TLS on this port");
        }
    }

    private static Outcome.Retry retry(String host, String what) {
        return new Outcome.Retry(host + ":" + receiver.port() + " " + what);
    }

    private static Outcome send(Receiver to, String host, Optional<CaFile> caFile) {
        Destination destination = Destination.parse(
                "crm",
                "https://" + host + ":" + to.port() + "/in",
                Optional.of(new SigningSecret(Receiver.SECRET)),
                Duration.ofSeconds(10),
                4,
                caFile);
        try (HttpSink sink = new HttpSink(vertx, (Destination.Http) destination, new EgressGuard(List.of(host)), name ->
                new InetAddress[] {HostName.literal("127.0.0.1").orElseThrow()})) {
            return sink.send(HttpSinkIT.delivery("1")).toCompletableFuture().join();
        }
    }

    private static Receiver serving(String name) {
        return Receiver.open(new JksOptions().setPath(file(name + ".p12")).setPassword(PASSWORD));
    }

    /** A key with a certificate of its own as NAME.p12, and the certificate alone as NAME.pem. */
    private static void make(String name, String names, String... more) throws Exception {
        List<String> pair = new ArrayList<>(List.of("-genkeypair", "-keyalg", "EC", "-alias", name));
        pair.addAll(List.of("-dname", "CN=" + name, "-ext", "san=" + names));
        pair.addAll(List.of(more));
        keytool(name, pair.toArray(String[]::new));
        keytool(name, "-exportcert", "-rfc", "-alias", name, "-file", file(name + ".pem"));
    }

    private static String file(String name) {
        return directory.resolve(name).toString();
    }

    private static void keytool(String store, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", file(store + ".p12"), "-storepass", PASSWORD));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(store + ".log").toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(directory.resolve(store + ".log")).content().doesNotContain("error");
        assertThat(process.exitValue()).isZero();
    }
}
