package io.understudy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.understudy.masking.CanaryException;
import io.understudy.mirror.Settings;
import io.understudy.mirror.SettingsReader;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableSelection;
import io.understudy.preflight.Finding;
import io.understudy.preflight.MaskedRows;
import io.understudy.preflight.Preflight;
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
        name = "preview",
        mixinStandardHelpOptions = true,
        description = {
            "Shows a few rows of a table of the source as the target would hold them.",
            "Columns without a mask are as they are; of masked ones the raw value is never shown."
        })
final class PreviewCommand implements Callable<Integer> {

    /** Beyond this a value is cut: six columns fit beside each other. */
    private static final int WIDTH = 24;

    private static final String CUT = "…";

    /** The shape of {@code masks preview --json}. A row has the columns that are copied; the rule is null where there is none. */
    @RegisterForReflection
    record PreviewJson(String table, List<ColumnJson> columns, List<Map<String, String>> rows) {}

    @RegisterForReflection
    record ColumnJson(String column, String rule, boolean withheld) {}

    private final Vertx vertx;
    private final Config config;
    private final ObjectMapper json;

    @CommandLine.Parameters(paramLabel = "TABLE", description = "schema.table; without a schema, public.")
    private String name;

    @CommandLine.Option(names = "--rows", defaultValue = "5", description = "How many; ${DEFAULT-VALUE} if not given.")
    private int count;

    @CommandLine.Option(names = "--json", description = "Print it as JSON, values whole.")
    private boolean asJson;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    PreviewCommand(Vertx vertx, Config config, ObjectMapper json) {
        this.vertx = vertx;
        this.config = config;
        this.json = json;
    }

    @Override
    public Integer call() throws JsonProcessingException {
        if (count < 1 || count > 1000) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--rows takes a number from 1 to 1000.");
        }
        Settings settings = SettingsReader.read(config);
        PrintWriter out = spec.commandLine().getOut();
        try (Databases databases = Databases.open(vertx, settings)) {
            Preflight seen = Preflight.of(databases.source(), databases.target(), settings.intent());
            Table table = seen.selection().selected().stream()
                    .filter(selected -> TableSelection.matches(name, selected.id()))
                    .findFirst()
                    .orElseThrow(() -> new CommandLine.ParameterException(
                            spec.commandLine(),
                            "No mirrored table is called " + name + ". They are listed by: ./understudy plan"));
            MaskedRows rows = MaskedRows.read(databases.source(), table, where(seen, table), seen.masking(), count);
            if (asJson) {
                out.println(json.writerWithDefaultPrettyPrinter().writeValueAsString(json(seen, rows)));
            } else {
                print(seen, rows, out);
            }
            out.flush();
            return ExitCode.FINE;
        } catch (CanaryException canary) {
            out.println(canary.getMessage() + ".");
            out.println("  " + canary.remedy());
            out.flush();
            return ExitCode.FOUND;
        }
    }

    /** Rows that are not mirrored would say nothing. */
    private static String where(Preflight seen, Table table) {
        return Optional.ofNullable(seen.mirrored().get(table.id()))
                .map(mirrored -> mirrored.filterSql("where"))
                .orElse("");
    }

    private static PreviewJson json(Preflight seen, MaskedRows rows) {
        Map<String, String> words = seen.masking().rules(rows.table().id());
        List<ColumnJson> columns = new ArrayList<>();
        for (String column : rows.columns()) {
            columns.add(new ColumnJson(column, words.get(column), isWithheld(seen, rows, column)));
        }
        List<Map<String, String>> shown = new ArrayList<>();
        for (String[] row : rows.rows()) {
            Map<String, String> values = new LinkedHashMap<>();
            for (int i = 0; i < row.length; i++) {
                if (!isWithheld(seen, rows, rows.columns().get(i))) {
                    values.put(rows.columns().get(i), row[i]);
                }
            }
            shown.add(values);
        }
        return new PreviewJson(rows.table().id().toString(), columns, shown);
    }

    private static boolean isWithheld(Preflight seen, MaskedRows rows, String column) {
        return seen.masking().withheld(rows.table().id()).contains(column);
    }

    private static void print(Preflight seen, MaskedRows rows, PrintWriter out) {
        Map<String, String> words = seen.masking().rules(rows.table().id());
        out.println(rows.table().id() + ": " + rows.rows().size() + (rows.rows().size() == 1 ? " row" : " rows")
                + " of the source, as the target would hold them");
        out.println();
        List<List<String>> lines = new ArrayList<>();
        lines.add(rows.columns());
        lines.add(rows.columns().stream()
                .map(column -> isWithheld(seen, rows, column) ? "withheld" : words.getOrDefault(column, "-"))
                .toList());
        for (String[] row : rows.rows()) {
            List<String> line = new ArrayList<>();
            for (int i = 0; i < row.length; i++) {
                boolean withheld = isWithheld(seen, rows, rows.columns().get(i));
                line.add(withheld ? "" : row[i] == null ? "null" : row[i]);
            }
            lines.add(line);
        }
        table(lines, out);
        out.println();
        out.println("The second line has the rule of each column; - is kept as it is.");
        List<String> withheld = rows.columns().stream()
                .filter(column -> isWithheld(seen, rows, column))
                .toList();
        if (!withheld.isEmpty()) {
            out.println("Nothing of " + String.join(", ", withheld)
                    + " leaves the source: no rule can be applied to it. See: ./understudy masks list "
                    + rows.table().id());
        }
        List<Finding> against = seen.refusals().stream()
                .filter(finding -> finding.tables().contains(rows.table().id()))
                .toList();
        if (!against.isEmpty()) {
            out.println("Against this table stands:");
            FindingsText.print(against, out);
        }
    }

    private static void table(List<List<String>> lines, PrintWriter out) {
        int columns = lines.get(0).size();
        int[] widths = new int[columns];
        List<String[]> cells = new ArrayList<>();
        for (List<String> line : lines) {
            String[] cell = new String[columns];
            for (int i = 0; i < columns; i++) {
                cell[i] = cut(line.get(i));
                widths[i] = Math.max(widths[i], cell[i].codePointCount(0, cell[i].length()));
            }
            cells.add(cell);
        }
        for (String[] cell : cells) {
            StringBuilder line = new StringBuilder(" ");
            for (int i = 0; i < columns; i++) {
                int missing = widths[i] - cell[i].codePointCount(0, cell[i].length());
                line.append(' ').append(cell[i]).append(" ".repeat(missing)).append(' ');
            }
            out.println(line.toString().stripTrailing());
        }
    }

    /** One line, and nothing that a terminal would obey. */
    private static String cut(String value) {
        StringBuilder shown = new StringBuilder();
        int letters = 0;
        for (int i = 0; i < value.length(); i += Character.charCount(value.codePointAt(i))) {
            if (letters++ == WIDTH) {
                shown.setLength(shown.offsetByCodePoints(shown.length(), -1));
                return shown.append(CUT).toString();
            }
            int letter = value.codePointAt(i);
            shown.appendCodePoint(Character.isISOControl(letter) ? ' ' : letter);
        }
        return shown.toString();
    }
}
