package io.understudy.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.understudy.ledger.TableEntry;
import io.understudy.ledger.TableLedger;
import io.understudy.mirror.ControlTable;
import io.understudy.mirror.Settings;
import io.understudy.mirror.SettingsReader;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TargetDatabase;
import io.understudy.status.StatusReport;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
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
            ControlTable control = new ControlTable(target.client(), settings.name());
            Map<TableId, TableEntry> before = TableRequests.chosen(ledger.load(), patterns, spec.commandLine());
            control.askForResync(List.copyOf(before.keySet()));
            before.keySet().forEach(table -> out.println(table + ": asked to be copied again"));
            out.flush();
            if (!report.get().running()) {
                return TableRequests.later(out);
            }
            return noWait
                    ? ExitCode.FINE
                    : new TableRequests(ledger, control, TableRequests.running(target, json, settings.name()), out)
                            .awaitCopied(before);
        }
    }
}
