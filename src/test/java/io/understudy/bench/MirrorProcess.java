package io.understudy.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.Database;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Understudy as people run it: the packaged jar in a process of its own, with its default settings but for the capture.
 */
final class MirrorProcess implements AutoCloseable {

    static final String TITLE = "Understudy";
    static final String HEAP = System.getProperty("bench.heap", "512m");

    private static final Path JAR =
            Path.of("target/quarkus-app/quarkus-run.jar").toAbsolutePath();
    private static final Path DIRECTORY = Path.of("target/bench").toAbsolutePath();

    /** It drains within 10 s of being told to stop; the rest is for a busy machine. */
    private static final int STOP_SECONDS = 60;

    private final String name;
    private final String capture;
    private final Database source;
    private final Database target;
    private final Map<String, String> settings;
    private Process process;
    private String epochBefore;

    /** @param name of the mirror, and of the database it fills */
    MirrorProcess(String name, String capture, Database source, Database target) {
        this(name, capture, source, target, Map.of());
    }

    /** @param settings further ones, as environment */
    MirrorProcess(String name, String capture, Database source, Database target, Map<String, String> settings) {
        this.settings = settings;
        this.name = name;
        this.capture = capture;
        this.source = source;
        this.target = target;
    }

    String title() {
        return TITLE + " (" + capture + ")";
    }

    void adopt() throws InterruptedException {
        Process adopting = launch("adopt", "--yes");
        assertThat(adopting.waitFor()).as("exit code of adopt, see %s", log()).isZero();
    }

    /** @return seconds that the comparison took, without the start of its process */
    double reconcile() throws InterruptedException {
        Process comparing = launch("reconcile");
        assertThat(comparing.waitFor())
                .as("exit code of reconcile, see %s", log())
                .isZero();
        return Double.parseDouble(target.value(
                "select sum(extract(epoch from finished_at - started_at)) from understudy.reconciled_table where mirror = '"
                        + name + "'"));
    }

    void start() {
        epochBefore = epoch();
        process = launch("run");
    }

    /** Until it begins with the rows: JVM, connections and preflight are behind it. */
    void awaitBegun(Duration limit) {
        await("Understudy began", limit, () -> !epoch().equals(epochBefore));
    }

    void awaitCopied(Duration limit) {
        await(
                "Understudy copied all tables",
                limit,
                () -> target.column("select phase from understudy.checkpoint where mirror = '" + name + "'")
                        .equals(List.of("streaming")));
    }

    void awaitApplied(String lsn, Duration limit) {
        await(
                "Understudy applied everything",
                limit,
                () -> target.column("select applied_lsn > '" + lsn + "' from understudy.checkpoint where mirror = '"
                                + name + "'")
                        .equals(List.of("t")));
    }

    private void await(String what, Duration limit, BooleanSupplier condition) {
        Meter.await(what + ", see " + log(), limit, () -> {
            assertThat(process.isAlive())
                    .as("Understudy runs; what it said is in %s", log())
                    .isTrue();
            return condition.getAsBoolean();
        });
    }

    /** Each start takes a new one, just before it does anything with rows. */
    private String epoch() {
        return String.join("", target.column("select epoch from understudy.checkpoint where mirror = '" + name + "'"));
    }

    long pid() {
        return process.pid();
    }

    void stop() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(STOP_SECONDS, TimeUnit.SECONDS))
                .as("it stops within %d s", STOP_SECONDS)
                .isTrue();
    }

    private Process launch(String... command) {
        try {
            Files.createDirectories(DIRECTORY);
            List<String> line = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx" + HEAP));
            line.addAll(List.of(System.getProperty("bench.java.options", "").split(" ")));
            line.removeIf(String::isEmpty);
            line.addAll(List.of("-jar", JAR.toString()));
            line.addAll(List.of(command));
            ProcessBuilder builder = new ProcessBuilder(line)
                    .directory(DIRECTORY.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log()));
            builder.environment()
                    .putAll(Map.of(
                            "UNDERSTUDY_NAME", name,
                            "UNDERSTUDY_SOURCE_URL", url(source),
                            "UNDERSTUDY_TARGET_URL", url(target),
                            "UNDERSTUDY_STREAM_CAPTURE", capture,
                            "UNDERSTUDY_HTTP_PORT", freePort()));
            builder.environment().putAll(settings);
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private File log() {
        return DIRECTORY.resolve(name + ".log").toFile();
    }

    /** With its password: the URL's own text leaves it out. */
    static String url(Database database) {
        return "postgresql://" + database.url().user()
                + database.url().password().map(password -> ":" + password).orElse("") + "@"
                + database.url().place()
                + "?sslmode=disable";
    }

    private static String freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return String.valueOf(socket.getLocalPort());
        }
    }

    /** What failed leaves no process behind. */
    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
        }
    }
}
