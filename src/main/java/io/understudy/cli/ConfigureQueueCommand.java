package io.understudy.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.understudy.mirror.Settings;
import io.understudy.mirror.SettingsReader;
import io.understudy.outbound.Operation;
import io.understudy.outbound.SyncConfig;
import io.understudy.outbound.SyncConfigs;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.NameText;
import io.understudy.preflight.Preflight;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.Config;
import picocli.CommandLine;

@CommandLine.Command(
        name = "configure",
        mixinStandardHelpOptions = true,
        description = {
            "Has changes of a table delivered to a destination, or says anew which.",
            "The service finds it within seconds; what was changed before is not delivered."
        })
final class ConfigureQueueCommand implements Callable<Integer> {

    /** The service looks every few seconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final long LOOK_MILLIS = 250;

    private final Vertx vertx;
    private final Config config;
    private final ObjectMapper json;

    @CommandLine.Option(
            names = "--table",
            required = true,
            paramLabel = "TABLE",
            description = "schema.table; without a schema, public.")
    private String table;

    @CommandLine.Option(
            names = "--destination",
            required = true,
            paramLabel = "NAME",
            description = "As in understudy.outbound.destinations.NAME.")
    private String destination;

    @CommandLine.Option(
            names = "--on",
            split = ",",
            paramLabel = "CHANGE",
            defaultValue = "insert,update,delete",
            description = "insert, update, delete, comma-separated; all three if not given.")
    private List<String> on;

    @CommandLine.Option(
            names = "--columns",
            paramLabel = "COLUMN,…",
            description =
                    "Only these, and only updates that change one of them; all if not given. In double quotes where a name has"
                            + " a comma.")
    private String columns;

    @CommandLine.Option(
            names = "--condition",
            paramLabel = "SQL",
            description =
                    "Only changes of rows that keep it, as they are at staging afterwards (deleted ones: before).")
    private String condition;

    @CommandLine.Option(
            names = "--order-by",
            paramLabel = "WHAT",
            defaultValue = SyncConfig.RECORD,
            description =
                    "What arrives in order: record (changes of one row), table (all), or a column (rows with the same value).")
    private String orderBy;

    @CommandLine.Option(names = "--workflow", paramLabel = "TEXT", description = "Told to the receiver as it is.")
    private String workflow;

    @CommandLine.Option(names = "--object-type", paramLabel = "TEXT", description = "Likewise.")
    private String objectType;

    @CommandLine.Option(names = "--disable", description = "Keep it, and deliver nothing new.")
    private boolean disable;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    ConfigureQueueCommand(Vertx vertx, Config config, ObjectMapper json) {
        this.vertx = vertx;
        this.config = config;
        this.json = json;
    }

    @Override
    public Integer call() throws InterruptedException {
        SyncConfigChecks.Asked asked = QueueAtTarget.understood(spec.commandLine(), this::asked);
        Settings settings = SettingsReader.read(config);
        try (Databases databases = Databases.open(vertx, settings);
                QueueAtTarget queue = QueueAtTarget.open(vertx, config, spec.commandLine())) {
            Preflight seen = Preflight.of(databases.source(), databases.target(), settings.intent());
            SyncConfigChecks checks = new SyncConfigChecks(
                    seen, databases.target(), settings.outbound().destinations().keySet());
            SyncConfig wanted = checks.require(asked);
            boolean existed = queue.configs().find(wanted.table(), destination).isPresent();
            queue.configs().put(wanted, QueueAtTarget.by());
            PrintWriter out = spec.commandLine().getOut();
            out.println(wanted.table() + " -> " + destination + ": " + (existed ? "changed" : "configured") + ", "
                    + (disable
                            ? "disabled"
                            : wanted.on().stream().map(Operation::word).collect(Collectors.joining(", "))));
            checks.note(wanted).ifPresent(out::println);
            if (disable) {
                out.println("Nothing new is delivered within seconds; what waits already is.");
            } else {
                tellSince(queue, wanted, out);
            }
            out.flush();
            return ExitCode.FINE;
        }
    }

    private SyncConfigChecks.Asked asked() {
        return new SyncConfigChecks.Asked(
                NameText.table(table),
                destination,
                Optional.ofNullable(workflow),
                Optional.ofNullable(objectType),
                !disable,
                on,
                Optional.ofNullable(columns).map(NameText::columns),
                Optional.ofNullable(condition),
                NameText.column(orderBy));
    }

    private void tellSince(QueueAtTarget queue, SyncConfig wanted, PrintWriter out) throws InterruptedException {
        boolean running = TableRequests.running(
                        queue.target(), json, queue.settings().name())
                .getAsBoolean();
        long end = System.nanoTime() + PATIENCE.toNanos();
        boolean seen = queue.configs().isSeen(wanted.table(), wanted.destination());
        while (running && !seen && System.nanoTime() < end) {
            out.flush();
            Thread.sleep(LOOK_MILLIS);
            seen = queue.configs().isSeen(wanted.table(), wanted.destination());
        }
        if (seen) {
            out.println(since(queue.configs(), wanted)
                    .map(lsn -> "Changes after " + lsn + " are delivered.")
                    .orElse("It begins when the service runs: ./understudy run"));
        } else {
            out.println(
                    running
                            ? "The service has not seen it yet; ./understudy queue list says since when changes are"
                                    + " delivered."
                            : "It begins when the service runs: ./understudy run");
        }
    }

    private static Optional<Lsn> since(SyncConfigs configs, SyncConfig wanted) {
        return configs.find(wanted.table(), wanted.destination()).flatMap(SyncConfig::since);
    }
}
