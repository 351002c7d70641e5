package io.understudy.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.understudy.ledger.ApprovedRules;
import io.understudy.ledger.TableEntry;
import io.understudy.ledger.TableLedger;
import io.understudy.masking.ColumnRule;
import io.understudy.masking.MaskRule;
import io.understudy.mirror.ControlTable;
import io.understudy.mirror.Settings;
import io.understudy.mirror.SettingsReader;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import io.understudy.preflight.Finding;
import io.understudy.preflight.Preflight;
import io.understudy.preflight.RefusedException;
import io.understudy.preflight.StaleColumns;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.Config;
import picocli.CommandLine;

@CommandLine.Command(
        name = "approve",
        mixinStandardHelpOptions = true,
        description = {
            "Decides on a column of a mirror that has copied. The rule is kept at the target,",
            "where the service finds it within seconds; values of the column that are there,",
            "and of columns that foreign keys tie to it, are written anew."
        })
final class ApproveCommand implements Callable<Integer> {

    private final Vertx vertx;
    private final Config config;
    private final ObjectMapper json;

    @CommandLine.Parameters(
            index = "0",
            paramLabel = "TABLE.COLUMN",
            description = "schema.table.column; without a schema, public.")
    private String path;

    @CommandLine.Parameters(
            index = "1",
            paramLabel = "RULE",
            description = "As in understudy.masking.rules: keep, hash, email, date(30d), …")
    private String rule;

    @CommandLine.Option(names = "--no-wait", description = "Only decide and ask.")
    private boolean noWait;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    private record Place(Table table, String column) {
        String path() {
            return table.id() + "." + column;
        }
    }

    ApproveCommand(Vertx vertx, Config config, ObjectMapper json) {
        this.vertx = vertx;
        this.config = config;
        this.json = json;
    }

    @Override
    public Integer call() throws InterruptedException {
        Settings settings = SettingsReader.read(config);
        MaskRule parsed = parsed();
        try (Databases databases = Databases.open(vertx, settings)) {
            if (!databases.target().hasOurSchema()) {
                throw wrong("The target " + settings.target().place() + " was not adopted. First: ./understudy adopt");
            }
            databases.target().migrate();
            Preflight before = Preflight.of(databases.source(), databases.target(), settings.intent());
            Place place = place(before);
            requireNotInSettings(settings, place);
            Preflight after = Preflight.of(
                    databases.source(),
                    databases.target(),
                    settings.with(settings.masking().and(List.of(new ColumnRule(place.path(), parsed))))
                            .intent());
            requireNothingNewAgainst(before, after, place);
            return approve(databases, settings, place, parsed, before, after);
        }
    }

    private MaskRule parsed() {
        try {
            return MaskRule.parse(rule);
        } catch (IllegalArgumentException e) {
            throw wrong("RULE " + e.getMessage() + ".");
        }
    }

    private CommandLine.ParameterException wrong(String message) {
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }

    /** By the tables that there are: names may have dots. */
    private Place place(Preflight seen) {
        Optional<Table> table = seen.selection().selected().stream()
                .filter(selected -> rest(selected.id()).isPresent())
                .max((a, b) -> Integer.compare(
                        a.id().toString().length(), b.id().toString().length()));
        if (table.isEmpty()) {
            throw wrong("No mirrored table has a column " + path
                    + "; it takes table.column or schema.table.column. Tables are listed by: ./understudy plan");
        }
        String column = rest(table.get().id()).orElseThrow();
        if (!table.get().storedNames().contains(column)) {
            throw wrong(table.get().id() + " has no column " + column + " that is copied. It has: "
                    + String.join(", ", table.get().storedNames()));
        }
        return new Place(table.get(), column);
    }

    private Optional<String> rest(TableId table) {
        String name = table.toString();
        if (path.startsWith(name + ".")) {
            return Optional.of(path.substring(name.length() + 1));
        }
        return table.schema().equals("public") && path.startsWith(table.name() + ".")
                ? Optional.of(path.substring(table.name().length() + 1))
                : Optional.empty();
    }

    private static void requireNotInSettings(Settings settings, Place place) {
        for (ColumnRule ours : settings.masking().rules()) {
            if (ours.pattern().equals(place.path())) {
                throw RefusedException.because(
                        "understudy.masking.rules says " + place.path() + "="
                                + ours.rule().text() + ", and what is written there comes first.",
                        "Change it there and start the service again; then: ./understudy refresh --columns "
                                + place.table().id());
            }
        }
    }

    private static void requireNothingNewAgainst(Preflight before, Preflight after, Place place) {
        List<String> known = before.refusals().stream().map(Finding::what).toList();
        List<Finding> news = after.refusals().stream()
                .filter(finding -> !known.contains(finding.what()))
                // Of several columns without a rule one less is no news.
                .filter(finding -> !finding.remedy().contains("masks approve"))
                .toList();
        if (!news.isEmpty()) {
            throw new RefusedException(news);
        }
    }

    private int approve(
            Databases databases, Settings settings, Place place, MaskRule parsed, Preflight before, Preflight after)
            throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        TableLedger ledger = new TableLedger(databases.target().client(), settings.name());
        Map<TableId, TableEntry> entries = new LinkedHashMap<>();
        ledger.load().forEach(entry -> entries.put(entry.table(), entry));
        Map<TableId, StaleColumns> stale = after.stale(List.copyOf(entries.values()));
        stale.values().removeIf(columns -> !isConcerned(columns, place, before, after));
        // First the rule: a refresh that is taken looks for it afterwards.
        ApprovedRules.approve(
                databases.target().client(), settings.name(), place.table().id(), place.column(), parsed);
        out.println(place.path() + ": " + parsed.text() + ", approved");
        warnings(after, place).forEach(warning -> out.println("  " + warning));
        ControlTable control = new ControlTable(databases.target().client(), settings.name());
        control.askForRefresh(List.copyOf(stale.keySet()));
        stale.values().forEach(columns -> out.println(RefreshCommand.asked(columns)));
        entries.keySet().retainAll(stale.keySet());
        out.flush();
        if (stale.isEmpty()) {
            out.println("No row that is at the target has to be changed for it.");
            out.flush();
            return ExitCode.FINE;
        }
        BooleanSupplier running = TableRequests.running(databases.target(), json, settings.name());
        if (!running.getAsBoolean()) {
            return TableRequests.later(out);
        }
        return noWait ? ExitCode.FINE : new TableRequests(ledger, control, running, out).awaitRefreshed(entries);
    }

    /** Its own table, and those with columns that foreign keys tie to it: they have another rule by this. */
    private static boolean isConcerned(StaleColumns columns, Place place, Preflight before, Preflight after) {
        TableId table = columns.table().id();
        Map<String, String> then = before.masking().signatures(table);
        Map<String, String> now = after.masking().signatures(table);
        return table.equals(place.table().id())
                || columns.names().stream().anyMatch(column -> !Objects.equals(then.get(column), now.get(column)));
    }

    private static List<String> warnings(Preflight after, Place place) {
        return after.findings().stream()
                .filter(finding -> !finding.isBlockingFirstCopy()
                        && finding.tables().contains(place.table().id())
                        && finding.what().contains("." + place.column())
                        && !finding.remedy().contains("./understudy refresh"))
                .map(Finding::what)
                .collect(Collectors.toList());
    }
}
