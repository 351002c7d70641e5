package io.understudy.demo;

import io.understudy.postgres.DatabaseUrl;
import io.understudy.postgres.Sql;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Two Postgres servers on free ports of this machine, each with one database that is named like its server. Whoever
 * starts them closes them; what a killed process left running is stopped by the next start.
 */
final class EmbeddedServers implements DemoServers {

    /** A start takes 1 to 3 s; a machine that is busy with a build needs several times that. */
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final ServerDirectory directory;
    private final List<EmbeddedPostgres> servers = new ArrayList<>();
    private final DatabaseUrl production;
    private final DatabaseUrl staging;

    /** Starts both at the same time. */
    EmbeddedServers() {
        ServerDirectory.stopAbandoned();
        directory = ServerDirectory.create();
        CompletableFuture<DatabaseUrl> first = starting("production");
        CompletableFuture<DatabaseUrl> second = starting("staging");
        try {
            CompletableFuture.allOf(first, second).join();
        } catch (CompletionException e) {
            close();
            throw new ServersNotStartedException(
                    "The embedded Postgres servers did not start: " + root(e),
                    "In a container, run the demo as an ordinary user: Postgres refuses root, and the way around it (unshare) "
                            + "may be forbidden there. They also need 200 MB free in "
                            + directory.path().getParent() + ".",
                    e);
        }
        production = first.join();
        staging = second.join();
    }

    private CompletableFuture<DatabaseUrl> starting(String name) {
        // A thread each: the common pool has only one on a machine with two cores.
        return CompletableFuture.supplyAsync(() -> start(name), task -> new Thread(task, "demo-" + name).start());
    }

    private DatabaseUrl start(String name) {
        try {
            EmbeddedPostgres server = configured(directory.path().resolve(name)).start();
            synchronized (servers) {
                servers.add(server);
            }
            createDatabase(server, name);
            return DatabaseUrl.parse(
                    "postgresql://postgres@localhost:" + server.getPort() + "/" + name + "?sslmode=disable");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException("creating the database " + name + " failed [" + e.getSQLState() + "]", e);
        }
    }

    private static EmbeddedPostgres.Builder configured(Path data) {
        return EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(true)
                .setPGStartupWait(START_LIMIT)
                // Its hook would stop the servers at the same moment in which the mirror begins to drain.
                .setRegisterShutdownHook(false)
                // The locale of the user may not be installed, and then initdb refuses.
                .setLocaleConfig("locale", "C")
                .setServerConfig("wal_level", "logical")
                .setServerConfig("max_wal_senders", "20")
                .setServerConfig("max_replication_slots", "20")
                // Counts calls of trigger functions: the proof that staging's stayed silent.
                .setServerConfig("track_functions", "pl");
    }

    private static void createDatabase(EmbeddedPostgres server, String name) throws SQLException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + Sql.name(name));
        }
    }

    private static String root(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }

    @Override
    public DatabaseUrl production() {
        return production;
    }

    @Override
    public DatabaseUrl staging() {
        return staging;
    }

    @Override
    public void close() {
        synchronized (servers) {
            servers.parallelStream().forEach(EmbeddedServers::stop);
            servers.clear();
        }
        directory.delete();
    }

    private static void stop(EmbeddedPostgres server) {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
