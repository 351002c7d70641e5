package io.understudy.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.understudy.ledger.TableEntry;
import io.understudy.ledger.TableLedger;
import io.understudy.ledger.TableState;
import io.understudy.mirror.ControlTable;
import io.understudy.mirror.Settings;
import io.understudy.mirror.SettingsReader;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TableSelection;
import io.understudy.postgres.TargetDatabase;
import io.understudy.status.StatusReport;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.eclipse.microprofile.config.Config;
import picocli.CommandLine;

@CommandLine.Command(
        name = "resync",
        mixinStandardHelpOptions = true,
        description = {
            "Has tables copied again while the others are mirrored on.",
            "The service does it: this asks, and waits until it is done."
        })
final class ResyncCommand implements Callable<Integer> {

    private static final long LOOK_MILLIS = 500;
    private static final int LOOKS_PER_WORD = 4;

    private final Vertx vertx;
    private final Config config;
    private final ObjectMapper json;

    @CommandLine.Parameters(
            arity = "1..*",
            paramLabel = "TABLE",
            description = "schema.table, * for any letters; without a schema, public.")
    private List<String> patterns;

    @CommandLine.Option(names = "--no-wait", description = "Only ask.")
    private boolean noWait;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    ResyncCommand(Vertx vertx, Config config, ObjectMapper json) {
        this.vertx = vertx;
        this.config = config;
        this.json = json;
    }

    @Override
    public Integer call() throws InterruptedException {
        Settings settings = SettingsReader.read(config);
        PrintWriter out = spec.commandLine().getOut();
        try (TargetDatabase target = TargetDatabase.open(vertx, settings.target(), settings.name())) {
            Optional<StatusReport> report = StatusReport.read(target.client(), json, settings.name());
            if (report.isEmpty()) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(),
                        "The mirror \"" + settings.name() + "\" never ran against "
                                + settings.target().place() + ". Start it: ./understudy run");
            }
            target.migrate();
            TableLedger ledger = new TableLedger(target.client(), settings.name());
            Map<TableId, TableEntry> before = chosen(ledger);
            new ControlTable(target.client(), settings.name()).askForResync(List.copyOf(before.keySet()));
            before.keySet().forEach(table -> out.println(table + ": asked to be copied again"));
            out.flush();
            if (!report.get().running()) {
                out.println("The mirror does not run; it does this when it is started: ./understudy run");
                return ExitCode.FINE;
            }
            return noWait ? ExitCode.FINE : await(ledger, before, out);
        }
    }

    private Map<TableId, TableEntry> chosen(TableLedger ledger) {
        List<TableEntry> all = ledger.load();
        Map<TableId, TableEntry> chosen = new LinkedHashMap<>();
        List<String> unmatched = new ArrayList<>();
        for (String pattern : patterns) {
            List<TableEntry> matching = all.stream()
                    .filter(entry -> TableSelection.matches(pattern, entry.table()))
                    .toList();
            if (matching.isEmpty()) {
                unmatched.add(pattern);
            }
            matching.forEach(entry -> chosen.put(entry.table(), entry));
        }
        if (!unmatched.isEmpty()) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "No mirrored table is called " + String.join(", ", unmatched)
                            + ". They are listed by: ./understudy status");
        }
        return chosen;
    }

    /** Ends well when every table streams from its new copy. */
    private int await(TableLedger ledger, Map<TableId, TableEntry> before, PrintWriter out)
            throws InterruptedException {
        Map<TableId, TableEntry> open = new LinkedHashMap<>(before);
        int exitCode = ExitCode.FINE;
        for (int looks = 1; !open.isEmpty(); looks++) {
            Thread.sleep(LOOK_MILLIS);
            for (TableEntry now : ledger.load()) {
                TableEntry then = open.get(now.table());
                if (then == null) {
                    continue;
                }
                boolean copied = !now.copiedAt().equals(then.copiedAt());
                boolean stuck = now.state().reason().isPresent() && now.since().isAfter(then.since());
                if (copied && now.state() instanceof TableState.Streaming) {
                    out.println(
                            now.table() + ": copied again, " + Quantity.count(now.rowsCopied()) + " rows; streaming");
                    open.remove(now.table());
                } else if (stuck) {
                    out.println(now.table() + ": " + now.state().word() + ": "
                            + now.state().reason().get());
                    now.state().remedy().ifPresent(remedy -> out.println("  " + remedy));
                    open.remove(now.table());
                    exitCode = ExitCode.FOUND;
                } else if (looks % LOOKS_PER_WORD == 0) {
                    out.println(now.table() + ": " + now.state().word() + ", " + Quantity.count(now.rowsCopied())
                            + " rows"
                            + (now.rowsEstimated() > 0 ? " of about " + Quantity.count(now.rowsEstimated()) : ""));
                }
            }
            out.flush();
        }
        return exitCode;
    }
}
