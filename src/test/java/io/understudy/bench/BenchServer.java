package io.understudy.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.Database;
import io.understudy.PostgresServer;
import io.understudy.PostgresServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A server as production has it: durable commits, autovacuum, memory and log enough not to stumble over. */
final class BenchServer implements AutoCloseable {

    /**
     * As many as Understudy copies with at once, so that both copies may use the machine alike; Postgres' default is 2.
     */
    private static final String SYNC_WORKERS = "4";

    private static final Map<String, String> SETTINGS = Map.of(
            "fsync", "on",
            "synchronous_commit", "on",
            "wal_level", "logical",
            "max_wal_size", "4GB",
            "shared_buffers", "256MB",
            "max_worker_processes", "16",
            "max_logical_replication_workers", "8",
            "max_sync_workers_per_subscription", SYNC_WORKERS,
            "track_functions", "none");

    private final PostgresServer server;
    private final Optional<Path> data;

    BenchServer() {
        this.server = PostgresServers.own(SETTINGS);
        // A container's is not ours to see, and a path like it may exist here and belong to another server.
        this.data = Optional.of(Path.of(database("postgres").value("show data_directory")))
                .filter(path -> path.startsWith(System.getProperty("java.io.tmpdir")));
        SETTINGS.forEach((name, value) ->
                assertThat(database("postgres").value("show " + name)).as(name).isEqualTo(value));
    }

    Database database(String name) {
        return server.database(name);
    }

    Database create(String name) {
        database("postgres").run("create database " + name);
        return database(name);
    }

    void drop(String name) {
        database("postgres").run("drop database " + name + " with (force)");
    }

    /** So that nobody pays for what another has written. */
    void checkpoint() {
        database("postgres").run("checkpoint");
    }

    String version() {
        return database("postgres").value("show server_version");
    }

    /** Of all its processes, those that have ended included; NaN where they cannot be seen. */
    double cpuSeconds() {
        return data.map(BenchServer::postmaster).map(Proc::treeSeconds).orElse(Double.NaN);
    }

    private static long postmaster(Path data) {
        try {
            return Long.parseLong(
                    Files.readAllLines(data.resolve("postmaster.pid")).get(0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The data are gigabytes, and of no use to anybody. */
    @Override
    public void close() {
        server.stop();
        data.filter(Files::exists).ifPresent(BenchServer::delete);
    }

    private static void delete(Path data) {
        try (Stream<Path> files = Files.walk(data)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // Only goes when nothing else is in it.
        data.getParent().toFile().delete();
    }
}
