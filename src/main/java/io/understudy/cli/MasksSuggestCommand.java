package io.understudy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.understudy.discovery.RuleKey;
import io.understudy.discovery.Suggester;
import io.understudy.discovery.Suggestion;
import io.understudy.mirror.Settings;
import io.understudy.mirror.SettingsReader;
import io.understudy.postgres.Catalog;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableSelection;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.eclipse.microprofile.config.Config;
import picocli.CommandLine;

@CommandLine.Command(
        name = "suggest",
        mixinStandardHelpOptions = true,
        description = {
            "Suggests a masking rule for every column, as settings.",
            "Looks at names, types, comments and some rows of the mirrored tables at the",
            "source. Changes nothing, and never prints a value.",
            "Exit code 0 when every table was looked at, 3 when some could not be."
        })
final class MasksSuggestCommand implements Callable<Integer> {

    /** The shape of {@code masks suggest --json}. {@code notSampled} is null when rows were looked at. */
    @RegisterForReflection
    record SuggestionsJson(String source, int tables, int columns, long personal, List<TableJson> suggestions) {}

    @RegisterForReflection
    record TableJson(String table, int rowsSampled, String notSampled, List<ColumnJson> columns) {}

    /** {@code key} and {@code rule} are null for a generated column, which needs none. */
    @RegisterForReflection
    record ColumnJson(
            String column, String type, String key, String rule, String confidence, boolean personal, String reason) {}

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
            description = "Rows of each table to look at (default: ${DEFAULT-VALUE}).")
    private int sample = 500;

    @CommandLine.Option(names = "--json", description = "Print it as JSON.")
    private boolean asJson;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    MasksSuggestCommand(Vertx vertx, Config config, ObjectMapper json) {
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
        List<Suggestion.OfTable> suggestions;
        try (SourceDatabase source = SourceDatabase.open(vertx, settings.source(), settings.name())) {
            TableSelection selection = TableSelection.of(
                    Catalog.read(source.client()),
                    settings.tables().include(),
                    settings.tables().exclude());
            List<Table> tables = LookedAt.chosen(selection.selected(), patterns, spec);
            suggestions = new Suggester(source.client(), rows).suggest(tables, progress);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (asJson) {
            out.println(json.writerWithDefaultPrettyPrinter().writeValueAsString(json(settings, suggestions)));
        } else {
            print(settings, suggestions, out);
        }
        out.flush();
        err.println(Quantity.count(suggestions.size()) + " tables, " + Quantity.count(columns(suggestions))
                + " columns looked at, " + Quantity.count(personal(suggestions)) + " to mask, "
                + progress.time() + ".");
        return unseen(suggestions, err) ? ExitCode.NOT_COMPLETED : ExitCode.FINE;
    }

    private static boolean unseen(List<Suggestion.OfTable> suggestions, PrintWriter err) {
        boolean any = false;
        for (Suggestion.OfTable table : suggestions) {
            if (table.notSampled().isPresent()) {
                any = true;
                err.println("Rows of " + table.table()
                        + " could not be looked at, its rules are guessed by names and types: "
                        + table.notSampled().get());
            }
        }
        err.flush();
        return any;
    }

    private static int columns(List<Suggestion.OfTable> suggestions) {
        return suggestions.stream().mapToInt(table -> table.columns().size()).sum();
    }

    private static long personal(List<Suggestion.OfTable> suggestions) {
        return suggestions.stream().mapToLong(Suggestion.OfTable::personal).sum();
    }

    private static void print(Settings settings, List<Suggestion.OfTable> suggestions, PrintWriter out) {
        out.println("# Masking rules suggested for " + settings.source().place()
                + ". Look at every line: names and samples");
        out.println(
                "# do not tell everything. For config/application.properties; the secret belongs into the environment");
        out.println("# (UNDERSTUDY_MASKING_SECRET).");
        for (Suggestion.OfTable table : suggestions) {
            out.println();
            out.println(comment("--- " + table.table() + ": "
                    + (table.notSampled().isPresent()
                            ? "not looked at, guessed by names and types"
                            : Quantity.count(table.rowsSampled()) + " rows looked at")
                    + ", " + table.personal() + " of " + table.columns().size() + " columns to mask"));
            for (Suggestion column : table.columns()) {
                print(column, out);
            }
        }
    }

    private static void print(Suggestion column, PrintWriter out) {
        if (column.generated()) {
            out.println(comment(column.column() + " needs no rule: " + column.reason()));
            return;
        }
        out.println(comment((column.personal() ? column.confidence().word() + ": " : "") + column.reason()));
        out.println(RuleKey.line(column.key(), column.rule()));
    }

    /** One line, whatever names are in it. */
    private static String comment(String text) {
        return "# " + text.replaceAll("\\p{Cntrl}", "?");
    }

    private static SuggestionsJson json(Settings settings, List<Suggestion.OfTable> suggestions) {
        return new SuggestionsJson(
                settings.source().place(),
                suggestions.size(),
                columns(suggestions),
                personal(suggestions),
                suggestions.stream()
                        .map(table -> new TableJson(
                                table.table().toString(),
                                table.rowsSampled(),
                                table.notSampled().orElse(null),
                                table.columns().stream()
                                        .map(MasksSuggestCommand::json)
                                        .toList()))
                        .toList());
    }

    private static ColumnJson json(Suggestion column) {
        return new ColumnJson(
                column.column(),
                column.type(),
                column.generated() ? null : column.key(),
                column.generated() ? null : column.rule(),
                column.confidence().word(),
                column.personal(),
                column.reason());
    }
}
