package io.understudy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.understudy.mirror.MirrorStatus;
import io.understudy.mirror.Settings;
import io.understudy.mirror.SettingsReader;
import io.understudy.outbound.DeliveryCount;
import io.understudy.outbound.DestinationQueue;
import io.understudy.postgres.TargetDatabase;
import io.understudy.status.StatusReport;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.Config;
import picocli.CommandLine;

@CommandLine.Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = {
            "Shows state, progress, lag and position, from any process that reaches the target.",
            "Exit code 0 when the mirror works, 1 when it does not."
        })
final class StatusCommand implements Callable<Integer> {

    private static final Set<String> WORKING = Set.of("copying", "catching up", "streaming");

    private final Vertx vertx;
    private final Config config;
    private final ObjectMapper json;

    @CommandLine.Option(names = "--json", description = "Print it as JSON.")
    private boolean asJson;

    @CommandLine.Option(names = "--watch", description = "Print it again every two seconds, until stopped.")
    private boolean watch;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    StatusCommand(Vertx vertx, Config config, ObjectMapper json) {
        this.vertx = vertx;
        this.config = config;
        this.json = json;
    }

    @Override
    public Integer call() throws JsonProcessingException, InterruptedException {
        Settings settings = SettingsReader.read(config);
        try (TargetDatabase target = TargetDatabase.open(vertx, settings.target(), settings.name())) {
            while (true) {
                int exitCode = show(settings, target);
                if (!watch) {
                    return exitCode;
                }
                Thread.sleep(2000);
            }
        }
    }

    private int show(Settings settings, TargetDatabase target) throws JsonProcessingException {
        PrintWriter out = spec.commandLine().getOut();
        Optional<StatusReport> report = StatusReport.read(target.client(), json, settings.name());
        if (report.isEmpty()) {
            if (asJson) {
                out.println("{\"mirror\":\"" + settings.name() + "\",\"state\":\"never started\"}");
            } else {
                out.println("The mirror \"" + settings.name() + "\" never ran against "
                        + settings.target().place() + ". Start it: ./understudy run");
            }
            out.flush();
            return ExitCode.FOUND;
        }
        MirrorStatus status = report.get()
                .withDeliveries(
                        target.client(), settings.outbound().destinations().keySet())
                .status();
        if (asJson) {
            out.println(json.writerWithDefaultPrettyPrinter().writeValueAsString(status));
        } else {
            print(status, out);
            printDeliveries(status, out);
        }
        out.flush();
        boolean waits = status.tables().stream().anyMatch(table -> table.reason() != null);
        boolean unequal =
                status.tables().stream().anyMatch(table -> table.verified().unequalRows() > 0);
        return WORKING.contains(status.state()) && !waits && !unequal ? ExitCode.FINE : ExitCode.FOUND;
    }

    private static void print(MirrorStatus status, PrintWriter out) {
        out.println("Mirror \"" + status.mirror() + "\": " + status.source() + " -> " + status.target());
        out.println();
        line(out, "state", status.state() + " since " + status.since());
        line(out, "reason", status.reason());
        line(out, "remedy", status.remedy());
        line(out, "tables", tables(status));
        line(out, "lag", lag(status));
        line(out, "applied", status.appliedLsn() == null ? null : status.appliedLsn() + lastApplied(status));
        line(out, "source log", status.sourceLsn());
        line(
                out,
                "held for us",
                status.retainedBytes() == null ? null : Quantity.bytes(status.retainedBytes()) + " of log");
        line(
                out,
                "changes",
                Quantity.count(status.changes()) + " in " + Quantity.count(status.transactions())
                        + " transactions since the snapshot, now " + status.changesPerSecond() + " a second");
        line(
                out,
                "missing",
                status.missingRows() == 0
                        ? null
                        : Quantity.count(status.missingRows())
                                + " rows that the source updated were not at the target: somebody removed them there");
        out.println();
        printTables(status, out);
    }

    private static void line(PrintWriter out, String name, String value) {
        if (value != null) {
            out.printf("  %-12s %s%n", name, value);
        }
    }

    /** {@code 12 streaming, 1 paused}. */
    private static String tables(MirrorStatus status) {
        return status.tables().stream()
                .collect(Collectors.groupingBy(
                        MirrorStatus.TableStatus::state, LinkedHashMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(states -> Quantity.count(states.getValue()) + " " + states.getKey())
                .collect(Collectors.joining(", "));
    }

    private static String lag(MirrorStatus status) {
        if (status.lagBytes() == null) {
            return null;
        }
        String seconds = status.lagSeconds() == null ? "not known yet in seconds" : status.lagSeconds() + " s";
        return Quantity.bytes(status.lagBytes()) + ", " + seconds;
    }

    private static String lastApplied(MirrorStatus status) {
        return status.lastAppliedAt() == null ? "" : " at " + status.lastAppliedAt();
    }

    private static void printTables(MirrorStatus status, PrintWriter out) {
        for (MirrorStatus.TableStatus table : status.tables()) {
            if (table.reason() != null) {
                out.println(table.table() + " is " + table.state() + " since " + table.since());
                line(out, "reason", table.reason());
                line(out, "remedy", table.remedy());
                line(out, "set aside", aside(table));
                out.println();
            }
        }
        for (MirrorStatus.TableStatus table : status.tables()) {
            if (table.reason() == null && !table.staleColumns().isEmpty()) {
                out.println(
                        table.table() + " holds values by former rules in " + String.join(", ", table.staleColumns()));
                line(out, "remedy", "./understudy refresh --columns " + table.table());
                out.println();
            }
        }
        printUnequal(status, out);
        int width = status.tables().stream()
                .mapToInt(table -> table.table().length())
                .max()
                .orElse(5);
        String format = "  %-" + Math.max(width, 5) + "s  %-11s  %15s  %15s  %10s  %s%n";
        out.printf(format, "table", "state", "rows estimated", "rows copied", "bytes", "verified");
        for (MirrorStatus.TableStatus table : status.tables()) {
            out.printf(
                    format,
                    table.table(),
                    table.state(),
                    Quantity.rows(table.rowsEstimated() == null ? -1 : table.rowsEstimated()),
                    Quantity.count(table.rowsCopied()),
                    Quantity.bytes(table.bytesCopied()),
                    verified(table.verified()));
        }
    }

    private static void printUnequal(MirrorStatus status, PrintWriter out) {
        for (MirrorStatus.TableStatus table : status.tables()) {
            long rows = table.verified().unequalRows();
            if (rows > 0) {
                out.println(table.table() + " is not equal to the source: " + Quantity.count(rows)
                        + (rows == 1 ? " row was" : " rows were") + " found at "
                        + table.verified().checkedAt());
                line(out, "remedy", "./understudy reconcile " + table.table());
                out.println();
            }
        }
    }

    /** {@code 2026-11-22T10:00:00.000Z}, {@code never}, or why not now. */
    private static String verified(MirrorStatus.Verified verified) {
        String last = verified.at() == null ? "never" : verified.at();
        return verified.result() == null || verified.result().equals("equal")
                ? last
                : last + (verified.at() == null ? ", " : "; since then ") + verified.result();
    }

    private static void printDeliveries(MirrorStatus status, PrintWriter out) {
        for (DestinationQueue queue : status.deliveries()) {
            out.println();
            out.println("Deliveries to " + queue.destination() + (queue.paused() ? ", paused" : "")
                    + (queue.known() ? "" : ", which is not in the settings"));
            line(out, "waiting", waiting(queue));
            line(out, "last error", queue.lastError());
            line(
                    out,
                    "discarded",
                    queue.discarded() == 0
                            ? null
                            : Quantity.count(queue.discarded())
                                    + "; look at them: ./understudy deliveries list --status discarded --destination "
                                    + queue.destination());
        }
    }

    private static String waiting(DestinationQueue queue) {
        return queue.depth() == 0
                ? "nothing"
                : Quantity.count(queue.depth()) + ", the oldest for " + queue.oldestAgeSeconds() + " s"
                        + (queue.failed() == 0 ? "" : "; " + new DeliveryCount(queue.failed()).haveFailed());
    }

    private static String aside(MirrorStatus.TableStatus table) {
        return table.asideChanges() == 0
                ? null
                : Quantity.count(table.asideChanges()) + " changes, " + Quantity.bytes(table.asideBytes())
                        + ", wait at the target";
    }
}
