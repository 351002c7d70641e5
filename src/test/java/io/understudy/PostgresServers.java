package io.understudy;

import io.understudy.postgres.DatabaseUrl;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * The servers on which the integration tests run, and the one place that chooses what they are: {@code
 * -Dpostgres=embedded} (the default) or {@code -Dpostgres=testcontainers}, the image then being {@code
 * -Dpostgres.image}. Embedded ones may be of two versions, {@code -Dpostgres.source.version} and {@code
 * -Dpostgres.target.version}, whose binaries the build puts under {@code target/postgres}. One pair serves the whole JVM; every test makes databases of its own in it.
 */
public final class PostgresServers {

    private static final boolean CONTAINERS = "testcontainers".equals(System.getProperty("postgres"));
    private static final String IMAGE = System.getProperty("postgres.image", "postgres:18");
    private static final Duration START_LIMIT = Duration.ofSeconds(90);

    private static final Map<String, String> SETTINGS = Map.of(
            "wal_level", "logical",
            "max_wal_senders", "60",
            "max_replication_slots", "60",
            "synchronous_commit", "on",
            // Proof that trigger functions stayed silent, where rows alone do not show it.
            "track_functions", "pl");

    private static final AtomicInteger NAMES = new AtomicInteger();

    private PostgresServers() {}

    public static PostgresServer source() {
        return Shared.SOURCE;
    }

    public static PostgresServer target() {
        return Shared.TARGET;
    }

    private static final class Shared {
        static final PostgresServer SOURCE = started(Map.of(), System.getProperty("postgres.source.version"));
        static final PostgresServer TARGET = started(Map.of(), System.getProperty("postgres.target.version"));
    }

    /**
     * A server for one test, which may stop it and start it again, or set it up wrongly. Whoever asks for it closes it.
     */
    public static PostgresServer own(Map<String, String> settings) {
        return started(settings, null);
    }

    /** Unique among all tests on these servers: a database's and a mirror's name, so a slot's as well. */
    static String uniqueName() {
        return "test_" + NAMES.incrementAndGet();
    }

    /** @param version null for the one that is on the class path */
    private static PostgresServer started(Map<String, String> settings, String version) {
        Map<String, String> all = new TreeMap<>(SETTINGS);
        all.putAll(settings);
        PostgresServer server = CONTAINERS ? new Contained(freePort(), all) : new Embedded(freePort(), all, version);
        server.start();
        return server;
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Embedded implements PostgresServer {

        private final int port;
        private final Map<String, String> settings;
        private final String version;
        private final Path data;
        private EmbeddedPostgres running;

        Embedded(int port, Map<String, String> settings, String version) {
            this.port = port;
            this.version = version;
            this.settings = settings;
            try {
                this.data = Files.createTempDirectory("understudy-test-");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void start() {
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                    .setPort(port)
                    .setDataDirectory(data.resolve("data"))
                    .setCleanDataDirectory(false)
                    .setPGStartupWait(START_LIMIT)
                    .setLocaleConfig("locale", "C");
            settings.forEach(builder::setServerConfig);
            if (version != null) {
                builder.setPgBinaryResolver((system, machine) -> binaries(version));
            }
            try {
                running = builder.start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void stop() {
            try {
                running.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public DatabaseUrl url(String database) {
            return DatabaseUrl.parse("postgresql://postgres@localhost:" + port + "/" + database + "?sslmode=disable");
        }
    }

    private static InputStream binaries(String version) throws IOException {
        try (ZipFile jar =
                new ZipFile(Path.of("target", "postgres", version + ".jar").toFile())) {
            ZipEntry archive = jar.stream()
                    .filter(entry -> entry.getName().endsWith(".txz"))
                    .findFirst()
                    .orElseThrow();
            return new ByteArrayInputStream(jar.getInputStream(archive).readAllBytes());
        }
    }

    private static final class Contained implements PostgresServer {

        private final int port;
        private final PostgreSQLContainer container;

        Contained(int port, Map<String, String> settings) {
            this.port = port;
            List<String> command = new ArrayList<>(List.of("postgres"));
            settings.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
            this.container = new PostgreSQLContainer(IMAGE)
                    .withUsername("postgres")
                    .withPassword("postgres")
                    .withCommand(command.toArray(String[]::new));
            // A fixed port: a server that is stopped and started again must be found where it was.
            container.setPortBindings(List.of(port + ":5432"));
        }

        @Override
        public void start() {
            if (container.getContainerId() == null) {
                container.start();
            } else {
                container
                        .getDockerClient()
                        .startContainerCmd(container.getContainerId())
                        .exec();
            }
        }

        @Override
        public void stop() {
            container
                    .getDockerClient()
                    .stopContainerCmd(container.getContainerId())
                    .exec();
        }

        @Override
        public DatabaseUrl url(String database) {
            return DatabaseUrl.parse(
                    "postgresql://postgres:postgres@localhost:" + port + "/" + database + "?sslmode=disable");
        }
    }
}
