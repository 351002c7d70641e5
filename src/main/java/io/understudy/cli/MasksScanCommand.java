package io.understudy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.understudy.discovery.RuleKey;
import io.understudy.discovery.Scan;
import io.understudy.discovery.ScanFinding;
import io.understudy.ledger.ApprovedRules;
import io.understudy.ledger.TableEntry;
import io.understudy.ledger.TableLedger;
import io.understudy.masking.ColumnRule;
import io.understudy.masking.MaskRule;
import io.understudy.mirror.Settings;
import io.understudy.mirror.SettingsReader;
import io.understudy.postgres.Catalog;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TableSelection;
import io.understudy.postgres.TargetDatabase;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.Config;
import picocli.CommandLine;

@CommandLine.Command(
        name = "scan",
        mixinStandardHelpOptions = true,
        description = {
            "Looks for what is not masked at the target.",
            "That is: addresses at which somebody can be reached, numbers whose check digits",
            "hold, tokens and keys in mirrored tables. Changes nothing, never prints a value.",
            "Exit code 0 when nothing was found, 1 when something was, 3 when a table could",
            "not be looked at."
        })
final class MasksScanCommand implements Callable<Integer> {

    /** The shape of {@code masks scan --json}. */
    @RegisterForReflection
    record ScanJson(String target, int tables, int columns, List<FindingJson> findings, List<UnseenJson> unseen) {}

    /** {@code place} is null outside of JSON. */
    @RegisterForReflection
    record FindingJson(
            String table, String column, String place, long found, long of, String what, String key, String rule) {}

    @RegisterForReflection
    record UnseenJson(String table, String reason) {}

    private final Vertx vertx;
    private final Config config;
    private final ObjectMapper json;

    @CommandLine.Parameters(
            arity = "0..*",
            paramLabel = "TABLE",
            description = "Only these: schema.table, * for any letters; without a schema, public.")
    private List<String> patterns = new ArrayList<>();

    @CommandLine.Option(
            names = "--sample",
            paramLabel = "N",
            description = "Rows of each table to look at, small tables as a whole (default: ${DEFAULT-VALUE}).")
    private int sample = 500;

    @CommandLine.Option(names = "--json", description = "Print it as JSON.")
    private boolean asJson;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    MasksScanCommand(Vertx vertx, Config config, ObjectMapper json) {
        this.vertx = vertx;
        this.config = config;
        this.json = json;
    }

    @Override
    public Integer call() throws JsonProcessingException {
        int rows = LookedAt.rows(sample, spec);
        Settings settings = SettingsReader.read(config);
        PrintWriter err = spec.commandLine().getErr();
        LookedAt progress = new LookedAt(err);
        Scan.Result result;
        try (TargetDatabase target = TargetDatabase.open(vertx, settings.target(), settings.name())) {
            List<Scan.Unseen> missing = new ArrayList<>();
            List<TableEntry> ledger = ApprovedRules.areKept(target.client())
                    ? new TableLedger(target.client(), settings.name()).load()
                    : List.of();
            List<Table> tables = LookedAt.chosen(mirrored(settings, target, ledger, missing), patterns, spec);
            Scan scan = new Scan(
                    target.client(),
                    new Scan.Request(
                            rows,
                            sinks(settings),
                            ledger.stream().collect(Collectors.toMap(TableEntry::table, TableEntry::masks)),
                            settings.masking().canaries().texts()));
            result = scan.look(tables, progress).with(patterns.isEmpty() ? missing : List.of());
        }
        PrintWriter out = spec.commandLine().getOut();
        if (asJson) {
            out.println(json.writerWithDefaultPrettyPrinter().writeValueAsString(json(settings, result)));
        } else {
            print(result, out);
        }
        out.flush();
        err.println(Quantity.count(result.tables()) + " tables, " + Quantity.count(result.columns())
                + " columns looked at, " + Quantity.count(result.findings().size()) + " findings, " + progress.time()
                + ".");
        return exitCode(result, err);
    }

    /** Not everything that is there is fine when something was not looked at. */
    private static int exitCode(Scan.Result result, PrintWriter err) {
        for (Scan.Unseen unseen : result.unseen()) {
            err.println("Not looked at: " + unseen.table() + ": " + unseen.reason());
        }
        err.flush();
        if (!result.unseen().isEmpty()) {
            return ExitCode.NOT_COMPLETED;
        }
        return result.findings().isEmpty() ? ExitCode.FINE : ExitCode.FOUND;
    }

    /** To these domains mail was sent on purpose: nobody is reached there. */
    private static Set<String> sinks(Settings settings) {
        return settings.masking().rules().stream()
                .map(ColumnRule::rule)
                .filter(rule -> rule.kind() == MaskRule.Kind.EMAIL)
                .flatMap(rule -> rule.arguments().stream())
                .collect(Collectors.toSet());
    }

    /** What a mirror has written; before it ever ran, what it would. */
    private static List<Table> mirrored(
            Settings settings, TargetDatabase target, List<TableEntry> ledger, List<Scan.Unseen> missing) {
        Catalog catalog = Catalog.read(target.client());
        if (ledger.isEmpty()) {
            return TableSelection.of(
                            catalog,
                            settings.tables().include(),
                            settings.tables().exclude())
                    .selected();
        }
        List<Table> tables = new ArrayList<>();
        for (TableId id : ledger.stream().map(TableEntry::table).sorted().toList()) {
            Optional<Table> table = catalog.table(id);
            table.ifPresentOrElse(
                    tables::add,
                    () -> missing.add(
                            new Scan.Unseen(id, "it is mirrored, but not at the target; see ./understudy status")));
        }
        return tables;
    }

    private static void print(Scan.Result result, PrintWriter out) {
        String last = "";
        for (ScanFinding finding : result.findings()) {
            String column = finding.table() + "." + finding.column();
            if (!column.equals(last)) {
                out.println((last.isEmpty() ? "" : System.lineSeparator()) + column.replaceAll("\\p{Cntrl}", "?"));
                last = column;
            }
            out.println("  "
                    + finding.place().map(place -> "at " + place + ": ").orElse("") + Quantity.count(finding.found())
                    + " of " + Quantity.count(finding.of()) + " " + finding.what());
            out.println("    would be masked by " + RuleKey.line(finding.key(), finding.remedy()));
        }
        if (result.findings().isEmpty() && result.unseen().isEmpty()) {
            out.println("Nothing that looks unmasked was found in the rows looked at.");
        }
    }

    private static ScanJson json(Settings settings, Scan.Result result) {
        return new ScanJson(
                settings.target().place(),
                result.tables(),
                result.columns(),
                result.findings().stream()
                        .map(finding -> new FindingJson(
                                finding.table().toString(),
                                finding.column(),
                                finding.place().orElse(null),
                                finding.found(),
                                finding.of(),
                                finding.what(),
                                finding.key(),
                                finding.remedy()))
                        .toList(),
                result.unseen().stream()
                        .map(unseen -> new UnseenJson(unseen.table().toString(), unseen.reason()))
                        .toList());
    }
}
