package io.understudy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.understudy.apply.Checkpoint;
import io.understudy.mirror.Settings;
import io.understudy.mirror.SettingsReader;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import io.understudy.preflight.Finding;
import io.understudy.preflight.Preflight;
import io.understudy.reconcile.Discrepancy;
import io.understudy.reconcile.Fence;
import io.understudy.reconcile.Reconciliation;
import io.understudy.reconcile.Repair;
import io.understudy.reconcile.RepairPlan;
import io.understudy.reconcile.TableResult;
import io.understudy.reconcile.TableResult.Verdict;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.eclipse.microprofile.config.Config;
import picocli.CommandLine;

@CommandLine.Command(
        name = "reconcile",
        mixinStandardHelpOptions = true,
        description = {
            "Compares tables of both sides row by row, through the masks, while the mirror goes on.",
            "Without --repair it writes nothing but what it found. Exit code 0 when all are equal, 1 when some are not,",
            "3 when one could not be checked."
        })
final class ReconcileCommand implements Callable<Integer> {

    private static final int LONGEST_KEY = 60;

    /** The shape of {@code reconcile --json}. {@code seconds} is how long it took, {@code reason} why it is unchecked. */
    @RegisterForReflection
    record ReconcileJson(List<TableJson> tables) {}

    @RegisterForReflection
    record TableJson(
            String table,
            String result,
            String reason,
            String asOf,
            String startedAt,
            double seconds,
            long sourceRows,
            long targetRows,
            long missing,
            long different,
            long extra,
            long keptApart,
            List<SampleJson> samples) {}

    @RegisterForReflection
    record SampleJson(String kind, List<String> key, long rows) {}

    private final Vertx vertx;
    private final Config config;
    private final ObjectMapper json;

    @CommandLine.Parameters(
            arity = "0..*",
            paramLabel = "TABLE",
            description = "schema.table, * for any letters; without a schema, public. All when none is given.")
    private List<String> patterns = List.of();

    @CommandLine.Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How long the mirror may take to catch up with the source; ${DEFAULT-VALUE} if not given.")
    private int wait;

    /** What becomes of rows that only the target has. */
    enum Extra {
        keep,
        delete
    }

    @CommandLine.Option(
            names = "--repair",
            description = {
                "Make rows of the target what they are at the source: shows the plan, asks, writes, compares again."
            })
    private boolean repair;

    @CommandLine.Option(
            names = "--extra",
            paramLabel = "keep|delete",
            description = "With --repair: rows that only the target has; ${DEFAULT-VALUE} if not given.",
            defaultValue = "keep")
    private Extra extra;

    @CommandLine.Option(
            names = "--limit",
            paramLabel = "ROWS",
            description = {
                "With --repair: write nothing when it would be more. If not given, nothing when it is more than 1000",
                "rows and a tenth of a table."
            })
    private Long limit;

    @CommandLine.Option(names = "--yes", description = "With --repair: do not ask.")
    private boolean yes;

    @CommandLine.Option(names = "--json", description = "Print it as JSON.")
    private boolean asJson;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    ReconcileCommand(Vertx vertx, Config config, ObjectMapper json) {
        this.vertx = vertx;
        this.config = config;
        this.json = json;
    }

    @Override
    public Integer call() throws JsonProcessingException {
        if (wait < 1) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--wait is " + wait + "; it takes a whole number of seconds from 1 on.");
        }
        requireFitting();
        Settings settings = SettingsReader.read(config);
        PrintWriter out = spec.commandLine().getOut();
        try (Databases databases = Databases.open(vertx, settings)) {
            if (!Checkpoint.hasCopied(databases.target(), settings.name())) {
                out.println("Nothing can be compared: the mirror \"" + settings.name()
                        + "\" has not copied anything to " + settings.target().place()
                        + " yet. Start it: ./understudy run");
                out.flush();
                return ExitCode.NOT_COMPLETED;
            }
            databases.target().migrate();
            Preflight seen = Preflight.again(databases.source(), databases.target(), settings.intent())
                    .requireNothingBlockingTheWhole();
            List<Table> chosen = LookedAt.chosen(seen.selection().selected(), patterns, spec);
            List<TableResult> results = compare(databases, settings, seen, chosen);
            if (repair) {
                print(results, seen.mirrored(), out);
                results = repaired(databases, settings, seen, results);
            } else if (asJson) {
                out.println(json.writerWithDefaultPrettyPrinter().writeValueAsString(json(results)));
            } else {
                print(results, seen.mirrored(), out);
            }
            out.flush();
            return exitCode(results);
        }
    }

    private void requireFitting() {
        if (!repair && (limit != null || yes || extra != Extra.keep)) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--extra, --limit and --yes say how to repair: say --repair as well.");
        }
        if (repair && asJson) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--repair shows a plan and asks, which --json does not: say one of them.");
        }
        if (limit != null && limit < 0) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--limit is " + limit + "; it takes a number of rows.");
        }
    }

    /** @return what was found in the end */
    private List<TableResult> repaired(
            Databases databases, Settings settings, Preflight seen, List<TableResult> found) {
        PrintWriter out = spec.commandLine().getOut();
        boolean delete = extra == Extra.delete;
        RepairPlan plan = RepairPlan.of(seen, found, delete);
        ReconcileRepair repairing = new ReconcileRepair(out, spec.commandLine().getErr(), plan, found);
        repairing.printPlan();
        if (plan.steps().isEmpty() || !repairing.mayWrite(limit, yes)) {
            return found;
        }
        Map<TableId, TableResult> results = new LinkedHashMap<>();
        found.forEach(result -> results.put(result.table(), result));
        List<Table> written = plan.steps().stream()
                .map(step -> step.table().source())
                .distinct()
                .toList();
        try (Repair repair = new Repair(
                databases.source(), databases.target(), settings.name(), seen.masking(), fence(databases, settings))) {
            repairing.apply(repair, () -> {
                compare(databases, settings, seen, written).forEach(result -> results.put(result.table(), result));
                return RepairPlan.of(seen, List.copyOf(results.values()), delete);
            });
        }
        out.println();
        out.println("After the repair:");
        print(List.copyOf(results.values()), seen.mirrored(), out);
        return List.copyOf(results.values());
    }

    private Fence fence(Databases databases, Settings settings) {
        return new Fence(
                databases.source(),
                () -> Fence.reached(databases.target().client(), settings.name()),
                Duration.ofSeconds(wait),
                () -> false);
    }

    private List<TableResult> compare(Databases databases, Settings settings, Preflight seen, List<Table> chosen) {
        Map<TableId, Finding> against = seen.against();
        List<TableResult> results = new ArrayList<>();
        ComparedRows progress = new ComparedRows(spec.commandLine().getErr(), chosen.size());
        try (Reconciliation reconciliation = new Reconciliation(
                databases.source(),
                databases.target(),
                settings.name(),
                seen.masking(),
                fence(databases, settings),
                progress::compared)) {
            for (Table table : chosen) {
                progress.begin(table);
                MirroredTable mirrored = seen.mirrored().get(table.id());
                results.add(
                        against.containsKey(table.id())
                                ? reconciliation.unchecked(
                                        table.id(), against.get(table.id()).what())
                                : mirrored == null
                                        ? reconciliation.unchecked(table.id(), "the target does not have it")
                                        : reconciliation.compare(mirrored));
            }
        }
        return results;
    }

    private static int exitCode(List<TableResult> results) {
        if (results.stream().anyMatch(result -> result.verdict() == Verdict.UNCHECKED)) {
            return ExitCode.NOT_COMPLETED;
        }
        return results.stream().anyMatch(result -> result.verdict() == Verdict.DIFFERENT)
                ? ExitCode.FOUND
                : ExitCode.FINE;
    }

    private static void print(List<TableResult> results, Map<TableId, MirroredTable> tables, PrintWriter out) {
        int width = results.stream()
                .mapToInt(result -> result.table().toString().length())
                .max()
                .orElse(5);
        String format = "%-" + Math.max(width, 5) + "s  %-9s  %15s  %10s  %10s  %10s  %9s%n";
        out.printf(format, "table", "result", "rows", "missing", "different", "extra", "time");
        for (TableResult result : results) {
            boolean read = result.verdict() != Verdict.UNCHECKED || result.sourceRows() > 0;
            out.printf(
                    format,
                    result.table(),
                    result.verdict().word(),
                    read ? Quantity.count(result.sourceRows()) : "",
                    number(result.missing()),
                    number(result.different()),
                    number(result.extra()),
                    read ? String.format(Locale.ROOT, "%.1f s", result.time().toMillis() / 1000.0) : "");
        }
        for (TableResult result : results) {
            printDetails(result, tables.get(result.table()), out);
        }
        out.println();
        out.println(summary(results));
    }

    private static String number(long count) {
        return count == 0 ? "" : Quantity.count(count);
    }

    private static void printDetails(TableResult result, MirroredTable table, PrintWriter out) {
        if (result.reason() != null) {
            out.println();
            out.println(result.table() + " could not be checked"
                    + (result.verdict() == Verdict.UNCHECKED ? "" : " as a whole") + ": " + result.reason());
        }
        if (!result.samples().isEmpty()) {
            out.println();
            out.println(result.table() + " as of " + result.asOf() + ", such as");
            result.samples().forEach(sample -> out.println("  " + sample(sample, table)));
        }
        if (result.keptApart() > 0) {
            out.println();
            out.println(result.table() + ": " + Quantity.count(result.keptApart())
                    + (result.keptApart() == 1 ? " row is" : " rows are")
                    + " not in it as the source has them, because understudy.constraints keeps them apart.");
        }
    }

    private static String sample(Discrepancy sample, MirroredTable table) {
        List<String> names = table.key();
        if (names.isEmpty()) {
            return String.format(
                    "%-9s  %s of a row without a key", sample.kind().word(), sample.rows());
        }
        List<String> pairs = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            pairs.add(names.get(i) + "=" + sample.key().get(i));
        }
        String key = String.join(", ", pairs).replaceAll("\\p{Cntrl}", " ");
        return String.format(
                "%-9s  %s",
                sample.kind().word(), key.length() <= LONGEST_KEY ? key : key.substring(0, LONGEST_KEY - 1) + "…");
    }

    private static String summary(List<TableResult> results) {
        long equal = count(results, Verdict.EQUAL);
        long different = count(results, Verdict.DIFFERENT);
        long unchecked = count(results, Verdict.UNCHECKED);
        List<String> parts = new ArrayList<>();
        parts.add(equal + " equal");
        if (different > 0) {
            parts.add(different + " different");
        }
        if (unchecked > 0) {
            parts.add(unchecked + " unchecked");
        }
        return (results.size() == 1 ? "1 table: " : results.size() + " tables: ") + String.join(", ", parts) + ".";
    }

    private static long count(List<TableResult> results, Verdict verdict) {
        return results.stream().filter(result -> result.verdict() == verdict).count();
    }

    private static ReconcileJson json(List<TableResult> results) {
        return new ReconcileJson(results.stream()
                .map(result -> new TableJson(
                        result.table().toString(),
                        result.verdict().word(),
                        result.reason(),
                        result.asOf().toString(),
                        result.startedAt().toString(),
                        result.time().toMillis() / 1000.0,
                        result.sourceRows(),
                        result.targetRows(),
                        result.missing(),
                        result.different(),
                        result.extra(),
                        result.keptApart(),
                        result.samples().stream()
                                .map(one -> new SampleJson(one.kind().word(), one.key(), one.rows()))
                                .toList()))
                .toList());
    }
}
