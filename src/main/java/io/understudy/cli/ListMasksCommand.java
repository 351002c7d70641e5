package io.understudy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.understudy.ledger.ApprovedRules;
import io.understudy.ledger.TableLedger;
import io.understudy.masking.ColumnRule;
import io.understudy.mirror.Settings;
import io.understudy.mirror.SettingsReader;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TableSelection;
import io.understudy.preflight.Preflight;
import io.understudy.preflight.StaleColumns;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.eclipse.microprofile.config.Config;
import picocli.CommandLine;

@CommandLine.Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "Shows by what the columns are masked, who decided it, and where rows still hold former values.")
final class ListMasksCommand implements Callable<Integer> {

    /** The shape of {@code masks list --json}. {@code stale} says how the rule changed, null when every row is of this one. */
    @RegisterForReflection
    record MaskJson(String table, String column, String rule, boolean withheld, String from, String stale) {}

    private final Vertx vertx;
    private final Config config;
    private final ObjectMapper json;

    @CommandLine.Parameters(
            arity = "0..*",
            paramLabel = "TABLE",
            description = "schema.table, * for any letters; without a schema, public. All tables if none is given.")
    private List<String> patterns = List.of();

    @CommandLine.Option(names = "--all", description = "Columns that are kept as they are as well.")
    private boolean all;

    @CommandLine.Option(names = "--json", description = "Print it as JSON.")
    private boolean asJson;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    ListMasksCommand(Vertx vertx, Config config, ObjectMapper json) {
        this.vertx = vertx;
        this.config = config;
        this.json = json;
    }

    @Override
    public Integer call() throws JsonProcessingException {
        Settings settings = SettingsReader.read(config);
        PrintWriter out = spec.commandLine().getOut();
        try (Databases databases = Databases.open(vertx, settings)) {
            Preflight seen = Preflight.of(databases.source(), databases.target(), settings.intent());
            List<MaskJson> masks = masks(databases, settings, seen);
            if (asJson) {
                out.println(json.writerWithDefaultPrettyPrinter().writeValueAsString(masks));
            } else {
                print(masks, out);
            }
            out.flush();
            return ExitCode.FINE;
        }
    }

    private List<MaskJson> masks(Databases databases, Settings settings, Preflight seen) {
        boolean known = ApprovedRules.areKept(databases.target().client());
        List<ApprovedRules.Approved> approved =
                known ? ApprovedRules.all(databases.target().client(), settings.name()) : List.of();
        Map<TableId, StaleColumns> stale =
                known ? seen.stale(new TableLedger(databases.target().client(), settings.name()).load()) : Map.of();
        List<MaskJson> masks = new ArrayList<>();
        for (Table table : chosen(seen)) {
            Map<String, String> words = seen.masking().rules(table.id());
            for (String column : table.storedNames()) {
                boolean withheld = seen.masking().withheld(table.id()).contains(column);
                Optional<String> change = Optional.ofNullable(stale.get(table.id()))
                        .filter(columns -> columns.names().contains(column))
                        .map(columns -> columns.change(column));
                if (all || withheld || words.containsKey(column) || change.isPresent()) {
                    masks.add(new MaskJson(
                            table.id().toString(),
                            column,
                            withheld ? null : words.getOrDefault(column, "keep"),
                            withheld,
                            withheld ? null : from(settings, approved, table.id(), column, words.containsKey(column)),
                            change.orElse(null)));
                }
            }
        }
        return masks;
    }

    private List<Table> chosen(Preflight seen) {
        return seen.selection().selected().stream()
                .filter(table -> patterns.isEmpty()
                        || patterns.stream().anyMatch(pattern -> TableSelection.matches(pattern, table.id())))
                .toList();
    }

    private static String from(
            Settings settings, List<ApprovedRules.Approved> approved, TableId table, String column, boolean masked) {
        List<ColumnRule> ours = settings.masking().rules().stream()
                .filter(rule -> rule.matches(table, column))
                .toList();
        if (ours.stream().anyMatch(ColumnRule::isExact)) {
            return "settings";
        }
        return approved.stream()
                .filter(rule -> rule.rule().matches(table, column))
                .findFirst()
                .map(rule -> "approved by " + rule.by() + " at " + rule.at())
                .orElse(
                        !ours.isEmpty()
                                ? "settings, by the pattern "
                                        + ours.get(ours.size() - 1).pattern()
                                : masked ? "as a column that a foreign key ties to it" : "no rule");
    }

    private static void print(List<MaskJson> masks, PrintWriter out) {
        if (masks.isEmpty()) {
            out.println("No column of these tables is masked: every value leaves as it is.");
            return;
        }
        String table = null;
        int width =
                masks.stream().mapToInt(mask -> mask.column().length()).max().orElse(6);
        for (MaskJson mask : masks) {
            if (!mask.table().equals(table)) {
                out.println((table == null ? "" : System.lineSeparator()) + mask.table());
                table = mask.table();
            }
            out.printf(
                    "  %-" + width + "s  %-16s  %s%n",
                    mask.column(),
                    mask.withheld() ? "withheld" : mask.rule(),
                    mask.withheld() ? "nothing of it leaves the source" : mask.from());
            if (mask.stale() != null) {
                out.println("  " + " ".repeat(width) + "  stale: " + mask.stale()
                        + ". Rows hold former values until: ./understudy refresh --columns " + mask.table());
            }
        }
    }
}
