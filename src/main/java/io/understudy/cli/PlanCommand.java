package io.understudy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.understudy.apply.Checkpoint;
import io.understudy.mirror.Settings;
import io.understudy.mirror.SettingsReader;
import io.understudy.postgres.CopyOrder;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import io.understudy.preflight.Finding;
import io.understudy.preflight.Preflight;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.Config;
import picocli.CommandLine;

@CommandLine.Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        description = "Shows what would be copied, in which order, and what stands against it. Changes nothing.")
final class PlanCommand implements Callable<Integer> {

    /** The shape of {@code plan --json}. {@code rowsEstimated} is null for a table that was never analyzed. */
    @RegisterForReflection
    record PlanJson(
            String source,
            String target,
            List<TableJson> tables,
            List<CycleJson> cycles,
            List<ExcludedJson> excluded,
            List<FindingJson> findings) {}

    @RegisterForReflection
    record TableJson(String table, int layer, List<String> key, Long rowsEstimated, long bytesEstimated) {}

    @RegisterForReflection
    record CycleJson(List<String> tables, List<String> foreignKeys) {}

    @RegisterForReflection
    record ExcludedJson(String table, String reason) {}

    @RegisterForReflection
    record FindingJson(String severity, String what, String remedy) {}

    private final Vertx vertx;
    private final Config config;
    private final ObjectMapper json;

    @CommandLine.Option(names = "--json", description = "Print it as JSON.")
    private boolean asJson;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    PlanCommand(Vertx vertx, Config config, ObjectMapper json) {
        this.vertx = vertx;
        this.config = config;
        this.json = json;
    }

    @Override
    public Integer call() throws JsonProcessingException {
        Settings settings = SettingsReader.read(config);
        try (Databases databases = Databases.open(vertx, settings)) {
            Preflight preflight = Preflight.of(databases.source(), databases.target(), settings.intent())
                    .counted(databases.source(), databases.target());
            List<Finding> refusals = Checkpoint.hasCopied(databases.target(), settings.name())
                    ? preflight.refusals()
                    : preflight.refusalsOfFirstCopy();
            PrintWriter out = spec.commandLine().getOut();
            if (asJson) {
                out.println(
                        json.writerWithDefaultPrettyPrinter().writeValueAsString(json(settings, preflight, refusals)));
            } else {
                print(settings, preflight, refusals, out);
            }
            return refusals.isEmpty() ? ExitCode.FINE : ExitCode.FOUND;
        }
    }

    private static void print(Settings settings, Preflight preflight, List<Finding> refusals, PrintWriter out) {
        out.println("Mirror \"" + settings.name() + "\": " + settings.source().place() + " -> "
                + settings.target().place());
        printTables(preflight, out);
        for (CopyOrder.Cycle cycle : preflight.order().cycles()) {
            out.println();
            out.println((cycle.tables().size() == 1 ? "Refers to itself: " : "Refer to each other: ")
                    + join(cycle.tables()) + " (" + String.join(", ", cycle.foreignKeys()) + ")");
            out.println("  Copied in any order: foreign keys are not checked for mirrored rows.");
        }
        if (!preflight.selection().excluded().isEmpty()) {
            out.println();
            out.println("Not mirrored:");
            preflight
                    .selection()
                    .excluded()
                    .forEach(left -> out.println("  " + left.table() + " " + left.reason() + "."));
        }
        List<Finding> warnings = preflight.findings().stream()
                .filter(finding -> !refusals.contains(finding))
                .toList();
        if (!warnings.isEmpty()) {
            out.println();
            out.println("To know:");
            FindingsText.print(warnings, out);
        }
        out.println();
        if (refusals.isEmpty()) {
            out.println("Nothing stands against it. The first run empties these tables at the target and copies them.");
        } else {
            out.println("Before it can run:");
            FindingsText.print(refusals, out);
        }
        out.flush();
    }

    private static void printTables(Preflight preflight, PrintWriter out) {
        Map<TableId, Table> tables = byId(preflight);
        int width = tables.keySet().stream()
                .mapToInt(id -> id.toString().length())
                .max()
                .orElse(5);
        String format = "  %-" + Math.max(width, 5) + "s  %15s  %10s  %s%n";
        List<List<TableId>> layers = preflight.order().layers();
        for (int layer = 0; layer < layers.size(); layer++) {
            out.println();
            out.println("Layer " + (layer + 1) + (layer == 0 ? " (refers to nothing outside it)" : ""));
            if (layer == 0) {
                out.printf(format, "table", "rows", "size", "key");
            }
            for (TableId id : layers.get(layer)) {
                Table table = tables.get(id);
                out.printf(format, id, Quantity.rows(table.rows()), Quantity.bytes(table.bytes()), key(table));
            }
        }
        long rows = tables.values().stream()
                .mapToLong(table -> Math.max(0, table.rows()))
                .sum();
        long bytes = tables.values().stream().mapToLong(Table::bytes).sum();
        out.println();
        out.println(
                tables.size() + " tables, " + Quantity.rows(rows) + " rows, " + Quantity.bytes(bytes) + " to copy.");
    }

    private static String key(Table table) {
        return switch (table.rowIdentity()) {
            case PRIMARY_KEY, INDEX -> String.join(", ", table.key());
            case WHOLE_ROW -> "the whole row";
            case NONE -> "none";
        };
    }

    private static Map<TableId, Table> byId(Preflight preflight) {
        return preflight.selection().selected().stream().collect(Collectors.toMap(Table::id, Function.identity()));
    }

    private static String join(List<TableId> tables) {
        return tables.stream().map(TableId::toString).collect(Collectors.joining(", "));
    }

    private static PlanJson json(Settings settings, Preflight preflight, List<Finding> refusals) {
        Map<TableId, Table> byId = byId(preflight);
        List<TableJson> tables = new ArrayList<>();
        List<List<TableId>> layers = preflight.order().layers();
        for (int layer = 0; layer < layers.size(); layer++) {
            for (TableId id : layers.get(layer)) {
                Table table = byId.get(id);
                tables.add(new TableJson(
                        id.toString(),
                        layer + 1,
                        table.primaryKey(),
                        table.rows() < 0 ? null : table.rows(),
                        table.bytes()));
            }
        }
        return new PlanJson(
                settings.source().place(),
                settings.target().place(),
                tables,
                preflight.order().cycles().stream()
                        .map(cycle -> new CycleJson(
                                cycle.tables().stream().map(TableId::toString).toList(), cycle.foreignKeys()))
                        .toList(),
                preflight.selection().excluded().stream()
                        .map(left -> new ExcludedJson(left.table().toString(), left.reason()))
                        .toList(),
                preflight.findings().stream()
                        .map(finding -> new FindingJson(
                                refusals.contains(finding) ? "blocking" : "warning", finding.what(), finding.remedy()))
                        .toList());
    }
}
