package io.understudy.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.understudy.ledger.TableEntry;
import io.understudy.ledger.TableLedger;
import io.understudy.mirror.ControlTable;
import io.understudy.mirror.Settings;
import io.understudy.mirror.SettingsReader;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TargetDatabase;
import io.understudy.preflight.Preflight;
import io.understudy.preflight.StaleColumns;
import io.understudy.status.StatusReport;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.eclipse.microprofile.config.Config;
import picocli.CommandLine;

@CommandLine.Command(
        name = "refresh",
        mixinStandardHelpOptions = true,
        description = {
            "Has values at the target written anew while the mirror goes on.",
            "With --columns only those of columns whose rule changed, where they are;",
            "without it the tables are emptied and copied again, as by resync.",
            "The service does it: this asks, and waits until it is done."
        })
final class RefreshCommand implements Callable<Integer> {

    private final Vertx vertx;
    private final Config config;
    private final ObjectMapper json;

    @CommandLine.Parameters(
            arity = "0..*",
            paramLabel = "TABLE",
            description = "schema.table, * for any letters; without a schema, public.")
    private List<String> patterns = List.of();

    @CommandLine.Option(
            names = "--columns",
            description = "Only columns whose rule changed; without a TABLE, of all tables that have some.")
    private boolean columns;

    @CommandLine.Option(names = "--all", description = "Every table, instead of naming them. Not with --columns.")
    private boolean all;

    @CommandLine.Option(names = "--no-wait", description = "Only ask.")
    private boolean noWait;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    RefreshCommand(Vertx vertx, Config config, ObjectMapper json) {
        this.vertx = vertx;
        this.config = config;
        this.json = json;
    }

    @Override
    public Integer call() throws InterruptedException {
        requireOneChoice();
        Settings settings = SettingsReader.read(config);
        try (Databases databases = Databases.open(vertx, settings)) {
            TargetDatabase target = databases.target();
            boolean running = StatusReport.read(target.client(), json, settings.name())
                    .orElseThrow(() -> new CommandLine.ParameterException(
                            spec.commandLine(),
                            "The mirror \"" + settings.name() + "\" never ran against "
                                    + settings.target().place() + ". Start it: ./understudy run"))
                    .running();
            target.migrate();
            TableLedger ledger = new TableLedger(target.client(), settings.name());
            Map<TableId, TableEntry> chosen = TableRequests.chosen(ledger.load(), patterns, spec.commandLine());
            return columns
                    ? refreshColumns(databases, settings, ledger, chosen, running)
                    : copyAgain(target, settings, ledger, chosen, running);
        }
    }

    /** Every table of a production database is not what somebody means who named none. */
    private void requireOneChoice() {
        if (all && (columns || !patterns.isEmpty())) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--all stands alone: every table is emptied and copied again.");
        }
        if (!all && !columns && patterns.isEmpty()) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "Name the tables. For columns whose rule changed: ./understudy refresh --columns. "
                            + "To have every table emptied and copied again: ./understudy refresh --all");
        }
    }

    private int copyAgain(
            TargetDatabase target,
            Settings settings,
            TableLedger ledger,
            Map<TableId, TableEntry> chosen,
            boolean running)
            throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        ControlTable control = new ControlTable(target.client(), settings.name());
        control.askForResync(List.copyOf(chosen.keySet()));
        chosen.keySet().forEach(table -> out.println(table + ": asked to be copied again"));
        out.flush();
        if (!running) {
            return TableRequests.later(out);
        }
        return noWait
                ? ExitCode.FINE
                : new TableRequests(ledger, control, TableRequests.running(target, json, settings.name()), out)
                        .awaitCopied(chosen);
    }

    private int refreshColumns(
            Databases databases,
            Settings settings,
            TableLedger ledger,
            Map<TableId, TableEntry> chosen,
            boolean running)
            throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        Map<TableId, StaleColumns> stale = stale(databases, settings, ledger, chosen);
        if (stale.isEmpty()) {
            out.println("Nothing to refresh: every value is of the rules of now.");
            out.flush();
            return ExitCode.FINE;
        }
        ControlTable control = new ControlTable(databases.target().client(), settings.name());
        control.askForRefresh(List.copyOf(stale.keySet()));
        stale.values().forEach(columns -> out.println(asked(columns)));
        out.flush();
        if (!running) {
            return TableRequests.later(out);
        }
        if (noWait) {
            return ExitCode.FINE;
        }
        chosen.keySet().retainAll(stale.keySet());
        int exitCode = new TableRequests(
                        ledger, control, TableRequests.running(databases.target(), json, settings.name()), out)
                .awaitRefreshed(chosen);
        Map<TableId, StaleColumns> left = stale(databases, settings, ledger, chosen);
        if (exitCode == ExitCode.FINE && !left.isEmpty()) {
            StaleColumns first = left.values().iterator().next();
            out.println("The service goes by other rules than these settings, such as for "
                    + first.table().id() + ": " + first.changes(first.names())
                    + ". Start it again with these settings; then: ./understudy refresh --columns");
            out.flush();
            return ExitCode.FOUND;
        }
        return exitCode;
    }

    static String asked(StaleColumns columns) {
        return columns.table().id() + ": asked to refresh " + columns.changes(columns.names())
                + columns.onlyByCopy()
                        .map(why -> "; it is copied again for that, because " + why)
                        .orElse("");
    }

    private static Map<TableId, StaleColumns> stale(
            Databases databases, Settings settings, TableLedger ledger, Map<TableId, TableEntry> chosen) {
        Map<TableId, StaleColumns> stale =
                new LinkedHashMap<>(Preflight.of(databases.source(), databases.target(), settings.intent())
                        .stale(ledger.load()));
        stale.keySet().retainAll(chosen.keySet());
        return stale;
    }
}
