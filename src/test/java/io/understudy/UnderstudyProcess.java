package io.understudy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.understudy.postgres.DatabaseUrl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The packaged service as an operator starts it: another process, with the memory that the launcher gives, that can be killed. */
public final class UnderstudyProcess implements AutoCloseable {

    private static final Path JAR =
            Path.of("target/quarkus-app/quarkus-run.jar").toAbsolutePath();

    /** @param status 0 when nobody answers */
    public record Answer(int status, String body) {}

    private final Process process;
    private final Path output;
    private final Path errors;
    private final int port;
    private final HttpClient http = HttpClient.newHttpClient();

    private UnderstudyProcess(Process process, Path output, Path errors, int port) {
        this.process = process;
        this.output = output;
        this.errors = errors;
        this.port = port;
    }

    public static UnderstudyProcess of(DatabasePair pair, String... arguments) {
        return of(pair, Map.of(), arguments);
    }

    /** What a command has said when it has ended. */
    public record Result(int exitCode, String output, String errors) {}

    public static Result result(DatabasePair pair, String... arguments) {
        try (UnderstudyProcess process = of(pair, arguments)) {
            return new Result(process.exitCode(), process.output(), process.errors());
        }
    }

    /** @param more settings, as environment */
    public static UnderstudyProcess of(DatabasePair pair, Map<String, String> more, String... arguments) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "UNDERSTUDY_NAME", pair.name(),
                "UNDERSTUDY_SOURCE_URL", url(pair.source().url()),
                "UNDERSTUDY_TARGET_URL", url(pair.target().url())));
        environment.putAll(more);
        return start(environment, arguments);
    }

    public static UnderstudyProcess start(Map<String, String> environment, String... arguments) {
        try {
            Path directory = Files.createTempDirectory("understudy-process-");
            Path output = directory.resolve("out");
            Path errors = directory.resolve("err");
            int port = PostgresServers.freePort();
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx512m",
                    "-XX:MaxDirectMemorySize=1g"));
            if (!List.of(arguments).contains("run")) {
                command.add("-XX:TieredStopAtLevel=1");
            }
            command.addAll(List.of("-jar", JAR.toString()));
            command.addAll(List.of(arguments));
            // An empty working directory: no config/application.properties of anybody's.
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile());
            builder.environment().keySet().removeIf(name -> name.startsWith("UNDERSTUDY_"));
            builder.environment().put("UNDERSTUDY_HTTP_PORT", Integer.toString(port));
            builder.environment().putAll(environment);
            return new UnderstudyProcess(builder.start(), output, errors, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String url(DatabaseUrl url) {
        return "postgresql://" + url.user()
                + url.password().map(password -> ":" + password).orElse("") + "@" + url.place() + "?sslmode="
                + url.sslMode().text();
    }

    /** SIGKILL: nothing of it runs any more when this returns. */
    public void kill() {
        process.destroyForcibly();
        exitCode();
    }

    /** SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    public boolean endsWithin(long seconds) {
        try {
            return process.waitFor(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public void assertRunning() {
        assertThat(process.isAlive()).as("it runs; %s", errors()).isTrue();
    }

    public int exitCode() {
        assertThat(endsWithin(DatabasePair.PATIENCE.toSeconds()))
                .as("the process ends; %s", errors())
                .isTrue();
        return process.exitValue();
    }

    public String output() {
        return read(output);
    }

    public String errors() {
        return read(errors);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code ready}, {@code live} or {@code started}. */
    public Answer health(String check) {
        return get("/q/health/" + check);
    }

    public Answer get(String path) {
        return send(HttpRequest.newBuilder(address(path)).build());
    }

    /** @param headers names and values in turn */
    public Answer post(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address(path)).POST(HttpRequest.BodyPublishers.noBody());
        return send((headers.length == 0 ? request : request.headers(headers)).build());
    }

    private URI address(String path) {
        return URI.create("http://localhost:" + port + path);
    }

    private Answer send(HttpRequest request) {
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer.body());
        } catch (IOException e) {
            return new Answer(0, e.toString());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public UnderstudyProcess awaitReady() {
        await().atMost(DatabasePair.PATIENCE)
                .failFast(this::assertRunning)
                .untilAsserted(() ->
                        assertThat(health("ready").status()).as("%s", errors()).isEqualTo(200));
        return this;
    }

    @Override
    public void close() {
        kill();
    }
}
