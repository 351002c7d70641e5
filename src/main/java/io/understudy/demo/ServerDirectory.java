package io.understudy.demo;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Where the data of one process's servers is. The directory's name says who owns it (process id and start time), so
 * that it is known from the moment it exists whether its servers are in use or were left behind: a postmaster survives
 * the SIGKILL of the JVM that started it.
 */
record ServerDirectory(Path path) {

    private static final Logger LOG = Logger.getLogger(ServerDirectory.class);

    private static final Pattern OWNER = Pattern.compile("([0-9]{1,18})-([0-9]{1,18})-.*");

    /** Linux computes a start time from the time of boot, which moves a little when the clock is set. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(10);

    /** A fast shutdown of these small servers takes 0.1 s. */
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    private static final Duration STOP_TICK = Duration.ofMillis(50);

    static ServerDirectory create() {
        try {
            ProcessHandle owner = ProcessHandle.current();
            Files.createDirectories(base());
            return new ServerDirectory(Files.createTempDirectory(
                    base(), owner.pid() + "-" + startedAt(owner).toEpochMilli() + "-"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path base() {
        return Path.of(System.getProperty("java.io.tmpdir"), "understudy-demo-" + System.getProperty("user.name"));
    }

    private static Instant startedAt(ProcessHandle process) {
        return process.info().startInstant().orElse(Instant.EPOCH);
    }

    /** Stops the servers of owners that are gone, and removes their data. Touches nothing else. */
    static void stopAbandoned() {
        if (Files.isDirectory(base())) {
            for (Path path : list(base())) {
                ServerDirectory directory = new ServerDirectory(path);
                if (directory.isAbandoned()) {
                    List<ProcessHandle> postmasters = list(path).stream()
                            .flatMap(data -> postmaster(data).stream())
                            .toList();
                    // Both first, then wait: one of them may be sending its log to the other.
                    postmasters.forEach(ServerDirectory::interrupt);
                    postmasters.forEach(ServerDirectory::awaitEnd);
                    directory.delete();
                    LOG.infof("demo: removed servers that a killed demo left behind directory=%s", path.getFileName());
                }
            }
        }
    }

    private boolean isAbandoned() {
        Matcher name = OWNER.matcher(path.getFileName().toString());
        return name.matches()
                && !runs(Long.parseLong(name.group(1)), Instant.ofEpochMilli(Long.parseLong(name.group(2))));
    }

    private static boolean runs(long pid, Instant since) {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(process ->
                        Duration.between(since, startedAt(process)).abs().compareTo(CLOCK_TOLERANCE) < 0)
                .isPresent();
    }

    /** SIGINT is the fast shutdown. SIGTERM, which destroy() sends, would wait for an open psql. */
    private static void interrupt(ProcessHandle postmaster) {
        try {
            new ProcessBuilder("kill", "-INT", Long.toString(postmaster.pid())).start();
        } catch (IOException e) {
            // Its data is about to go: there is nothing to keep consistent.
            postmaster.destroyForcibly();
        }
    }

    private static void awaitEnd(ProcessHandle postmaster) {
        long until = System.nanoTime() + STOP_LIMIT.toNanos();
        try {
            // Not onExit(): for a process that is not our child it looks only every few seconds.
            while (postmaster.isAlive() && System.nanoTime() < until) {
                Thread.sleep(STOP_TICK.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        postmaster.destroyForcibly();
    }

    /** The running server of this data directory, if its process is really that one: numbers are given out again. */
    private static Optional<ProcessHandle> postmaster(Path data) {
        try {
            // Process id, data directory, start time in seconds, port, ...
            List<String> lines = Files.readAllLines(data.resolve("postmaster.pid"));
            boolean ours = lines.size() >= 3 && Path.of(lines.get(1)).equals(data.toAbsolutePath());
            return ours
                    ? ProcessHandle.of(Long.parseLong(lines.get(0).strip()))
                            .filter(process -> runs(
                                    process.pid(),
                                    Instant.ofEpochSecond(
                                            Long.parseLong(lines.get(2).strip()))))
                    : Optional.empty();
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static List<Path> list(Path directory) {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.toList();
        } catch (NoSuchFileException | NotDirectoryException e) {
            // Another demo that starts at this moment was faster.
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void delete() {
        delete(path.toFile());
    }

    private static void delete(File file) {
        File[] children = Files.isSymbolicLink(file.toPath()) ? null : file.listFiles();
        for (File child : children == null ? new File[0] : children) {
            delete(child);
        }
        file.delete();
    }
}
