package io.understudy.bench;

import io.understudy.Database;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A tool that copies rows between two databases with the same tables, where the machine has it. */
enum CommandLinePeer {
    PG_DUMP("pg_dump | psql", "pg_dump --version", "PostgreSQL\\) ([0-9]+)") {
        @Override
        String script(String source, String target) {
            // A pipe's exit code is its last command's; a dump that broke off shows in the comparison.
            return "pg_dump --data-only '" + source + "' | psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 '" + target
                    + "' > /dev/null";
        }
    },
    PGCOPYDB("pgcopydb, 4 jobs", "pgcopydb --version", "compatible with Postgres .*?([0-9]+)\\s*(?:$|\n)") {
        @Override
        String script(String source, String target) {
            return "pgcopydb copy table-data --table-jobs 4 --not-consistent --dir '" + DIRECTORY + "' --source '"
                    + source + "' --target '" + target + "'";
        }
    };

    private static final Path DIRECTORY = Path.of("target/bench/pgcopydb").toAbsolutePath();

    private final String title;
    private final String versionCommand;
    private final Pattern newestServer;

    CommandLinePeer(String title, String versionCommand, String newestServer) {
        this.title = title;
        this.versionCommand = versionCommand;
        this.newestServer = Pattern.compile(newestServer);
    }

    abstract String script(String source, String target);

    String title() {
        return title;
    }

    /** Why it cannot be a peer here; empty when it can. */
    Optional<String> obstacle(int serverMajor) throws IOException, InterruptedException {
        String name = versionCommand.substring(0, versionCommand.indexOf(' '));
        Process process = new ProcessBuilder("sh", "-c", versionCommand + " 2>&1").start();
        String answer = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            return Optional.of(name + " is not on the PATH");
        }
        Matcher matcher = newestServer.matcher(answer);
        if (matcher.find() && Integer.parseInt(matcher.group(1)) < serverMajor) {
            return Optional.of(name + " on the PATH is of version " + matcher.group(1) + " and refuses a server of "
                    + serverMajor);
        }
        return Optional.empty();
    }

    Process start(Database source, Database target) throws IOException {
        return new ProcessBuilder(List.of("sh", "-c", script(MirrorProcess.url(source), MirrorProcess.url(target))))
                .redirectErrorStream(true)
                .redirectOutput(
                        Path.of("target/bench/" + name().toLowerCase() + ".log").toFile())
                .start();
    }
}
