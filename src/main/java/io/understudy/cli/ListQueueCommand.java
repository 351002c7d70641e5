package io.understudy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.understudy.outbound.Destination;
import io.understudy.outbound.Operation;
import io.understudy.outbound.SyncConfig;
import io.understudy.postgres.Lsn;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.Config;
import picocli.CommandLine;

@CommandLine.Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "Shows what of which table is delivered where.")
final class ListQueueCommand implements Callable<Integer> {

    /**
     * The shape of {@code queue list --json}. {@code place} is null when the settings have no such destination, {@code
     * columns} when all are delivered, {@code sinceLsn} until the service has seen the row.
     */
    @RegisterForReflection
    record ConfigJson(
            String table,
            String destination,
            String place,
            String workflow,
            String objectType,
            boolean enabled,
            List<String> on,
            List<String> columns,
            String condition,
            String orderBy,
            String sinceLsn) {}

    private final Vertx vertx;
    private final Config config;
    private final ObjectMapper json;

    @CommandLine.Option(names = "--json", description = "Print it as JSON.")
    private boolean asJson;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    ListQueueCommand(Vertx vertx, Config config, ObjectMapper json) {
        this.vertx = vertx;
        this.config = config;
        this.json = json;
    }

    @Override
    public Integer call() throws JsonProcessingException {
        PrintWriter out = spec.commandLine().getOut();
        try (QueueAtTarget queue = QueueAtTarget.open(vertx, config, spec.commandLine())) {
            Map<String, Destination> destinations = queue.settings().outbound().destinations();
            List<ConfigJson> configs = queue.configs().load().stream()
                    .map(row -> json(row, destinations))
                    .toList();
            if (asJson) {
                out.println(json.writerWithDefaultPrettyPrinter().writeValueAsString(configs));
            } else if (configs.isEmpty()) {
                out.println(
                        "Nothing is delivered. Begin with: ./understudy queue configure --table T --destination NAME");
            } else {
                print(configs, out);
            }
            out.flush();
            return ExitCode.FINE;
        }
    }

    private static ConfigJson json(SyncConfig row, Map<String, Destination> destinations) {
        return new ConfigJson(
                row.table().toString(),
                row.destination(),
                Optional.ofNullable(destinations.get(row.destination()))
                        .map(Destination::place)
                        .orElse(null),
                row.workflow().orElse(null),
                row.objectType().orElse(null),
                row.enabled(),
                row.on().stream().map(Operation::word).toList(),
                row.columns().orElse(null),
                row.condition().orElse(null),
                row.orderBy(),
                row.since().map(Lsn::toString).orElse(null));
    }

    private static void print(List<ConfigJson> configs, PrintWriter out) {
        for (ConfigJson row : configs) {
            out.println(row.table() + " -> " + row.destination()
                    + (row.place() == null ? ", which is not in the settings" : " (" + row.place() + ")"));
            line(out, "state", state(row));
            line(out, "on", String.join(", ", row.on()));
            line(out, "columns", row.columns() == null ? "all" : String.join(", ", row.columns()));
            line(out, "condition", row.condition());
            line(out, "in order by", row.orderBy());
            line(out, "workflow", row.workflow());
            line(out, "object type", row.objectType());
        }
        long unknown = configs.stream().filter(row -> row.place() == null).count();
        if (unknown > 0) {
            out.println(configs.stream()
                            .filter(row -> row.place() == null)
                            .map(ConfigJson::destination)
                            .distinct()
                            .collect(Collectors.joining(", ", "Not in the settings: ", ". What is for it waits; set"))
                    + " understudy.outbound.destinations.NAME.url and start the service again.");
        }
    }

    private static String state(ConfigJson row) {
        if (!row.enabled()) {
            return "disabled";
        }
        return row.sinceLsn() == null
                ? "begins when the service runs"
                : "changes after " + row.sinceLsn() + " are delivered";
    }

    private static void line(PrintWriter out, String name, String value) {
        if (value != null) {
            out.printf("  %-12s %s%n", name, value);
        }
    }
}
