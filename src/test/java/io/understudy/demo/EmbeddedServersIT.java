package io.understudy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.SessionSettings;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EmbeddedServersIT {

    @Test
    void stopsWhatAKilledDemoLeftRunningAndLeavesItsOwnAlone() throws Exception {
        List<ProcessHandle> abandoned = postmastersOfAKilledDemo();
        assertThat(abandoned).hasSize(2).allMatch(ProcessHandle::isAlive);

        try (DemoServers servers = DemoServers.start()) {
            ServerDirectory.stopAbandoned();

            assertThat(abandoned).noneMatch(ProcessHandle::isAlive);
            assertThat(settings(servers)).containsExactly("production", "logical");
        }
    }

    private static List<String> settings(DemoServers servers) {
        Vertx vertx = Vertx.vertx();
        try (PostgresClient client =
                PostgresClient.open(vertx, servers.production(), new SessionSettings("servers test", false), 1)) {
            var row = client.query("select current_database()::text, current_setting('wal_level')")
                    .iterator()
                    .next();
            return List.of(row.getString(0), row.getString(1));
        } finally {
            vertx.close();
        }
    }

    private static List<ProcessHandle> postmastersOfAKilledDemo() throws Exception {
        Process demo = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        StartAndHang.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(demo.getInputStream(), StandardCharsets.UTF_8))) {
            String line = lines.readLine();
            while (line != null && !line.equals("started")) {
                line = lines.readLine();
            }
            return postmasters(demo.pid());
        } finally {
            demo.destroyForcibly().waitFor();
        }
    }

    private static List<ProcessHandle> postmasters(long owner) throws IOException {
        Path base = Path.of(System.getProperty("java.io.tmpdir"), "understudy-demo-" + System.getProperty("user.name"));
        List<ProcessHandle> postmasters = new ArrayList<>();
        try (DirectoryStream<Path> pids = Files.newDirectoryStream(base, owner + "-*")) {
            for (Path directory : pids) {
                for (String server : List.of("production", "staging")) {
                    String pid = Files.readAllLines(directory.resolve(server).resolve("postmaster.pid"))
                            .get(0);
                    ProcessHandle.of(Long.parseLong(pid.strip())).ifPresent(postmasters::add);
                }
            }
        }
        return postmasters;
    }

    /** A demo that will be killed. */
    static final class StartAndHang {

        private StartAndHang() {}

        public static void main(String[] arguments) throws Exception {
            DemoServers.start();
            System.out.println("started");
            Thread.sleep(60_000);
        }
    }
}
