package io.understudy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * A Kafka broker, its own controller, as a process of its own that can be killed and started again: at the same place,
 * with what it had. Topics are not made by writing to them.
 */
public final class KafkaServer implements AutoCloseable {

    /** Written by the build. */
    private static final Path CLASS_PATH = Path.of("target/kafka.classpath").toAbsolutePath();

    /** Of a server with one broker; the rest is what makes it small and quick to start. */
    private static final Map<String, String> SETTINGS = Map.of(
            "process.roles", "broker,controller",
            "node.id", "1",
            "controller.listener.names", "CONTROLLER",
            "offsets.topic.num.partitions", "1",
            "offsets.topic.replication.factor", "1",
            "transaction.state.log.num.partitions", "1",
            "transaction.state.log.replication.factor", "1",
            "group.initial.rebalance.delay.ms", "0",
            "log.cleaner.dedupe.buffer.size", "4194304",
            "auto.create.topics.enable", "false");

    private final int port = PostgresServers.freePort();
    private final Path directory;
    private final Path settings;
    private final Path output;
    private Process process;

    /** Not yet running. */
    public KafkaServer() {
        try {
            directory = Files.createTempDirectory("understudy-kafka-");
            settings = directory.resolve("server.properties");
            output = directory.resolve("out");
            write(PostgresServers.freePort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Process format = java(
                "kafka.tools.StorageTool",
                "format",
                "--cluster-id",
                "dW5kZXJzdHVkeS10ZXN0cw",
                "--config",
                settings.toString());
        assertThat(endsWithin(format, DatabasePair.PATIENCE.toSeconds()) && format.exitValue() == 0)
                .as("its storage is formatted; %s", output())
                .isTrue();
    }

    private void write(int controllerPort) throws IOException {
        Properties properties = new Properties();
        properties.putAll(SETTINGS);
        // One that was killed may not come back before its session is over.
        properties.put("broker.session.timeout.ms", "3000");
        String listeners = "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort;
        properties.put("listeners", listeners);
        properties.put("advertised.listeners", listeners);
        properties.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        properties.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        properties.put("log.dirs", directory.resolve("data").toString());
        try (var out = Files.newBufferedWriter(settings)) {
            properties.store(out, null);
        }
    }

    public KafkaServer start() {
        process = java("kafka.Kafka", settings.toString());
        await().atMost(DatabasePair.PATIENCE)
                .failFast(() -> assertThat(process.isAlive())
                        .as("the broker runs; %s", output())
                        .isTrue())
                .untilAsserted(() -> assertThat(isAnswering())
                        .as("the broker answers; %s", output())
                        .isTrue());
        return this;
    }

    private boolean isAnswering() {
        try (Admin admin = admin()) {
            return !admin.describeCluster().nodes().get(5, TimeUnit.SECONDS).isEmpty();
        } catch (Exception e) {
            return false;
        }
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    public void createTopic(String name, int partitions, Map<String, String> configuration) {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(configuration)))
                    .all()
                    .get(DatabasePair.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("topic " + name + " was not made; " + output(), e);
        }
    }

    private Admin admin() {
        return Admin.create(Map.of(
                "bootstrap.servers", bootstrapServers(), "request.timeout.ms", 5000, "default.api.timeout.ms", 10000));
    }

    /** SIGKILL: nothing of it runs any more when this returns. */
    public void kill() {
        process.destroyForcibly();
        assertThat(endsWithin(process, DatabasePair.PATIENCE.toSeconds())).isTrue();
    }

    @Override
    public void close() {
        if (process != null) {
            kill();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process java(String... arguments) {
        try {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m",
                    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                    "-cp",
                    Files.readString(CLASS_PATH).strip()));
            command.addAll(Arrays.asList(arguments));
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean endsWithin(Process process, long seconds) {
        try {
            return process.waitFor(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
