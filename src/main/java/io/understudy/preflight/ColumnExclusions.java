package io.understudy.preflight;

import static io.understudy.preflight.Finding.blocking;
import static io.understudy.preflight.Finding.blockingFirstCopy;

import io.understudy.ledger.TableEntry;
import io.understudy.ledger.TableForm;
import io.understudy.postgres.Column;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.Sql;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TableSelection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which columns are left out ({@code understudy.columns.exclude}), and whether both sides can do without them. */
final class ColumnExclusions {

    private final List<String> patterns;
    private final Map<Long, TableEntry> ledger = new HashMap<>();
    private final Map<TableId, Set<String>> excluded = new HashMap<>();
    private final List<Table> unmatched = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();

    ColumnExclusions(
            List<String> patterns, List<Table> tables, Map<TableId, MirroredTable> mirrored, List<TableEntry> ledger) {
        this.patterns = patterns;
        ledger.forEach(entry -> this.ledger.put(entry.relation(), entry));
        for (String pattern : patterns) {
            checkNames(pattern, tables);
        }
        tables.forEach(this::exclude);
        for (Table table : tables) {
            Optional<MirroredTable> both = Optional.ofNullable(mirrored.get(table.id()));
            for (String column : excluded.getOrDefault(table.id(), Set.of())) {
                check(table, both, column);
            }
        }
        unmatched.forEach(this::hideUnknown);
    }

    Map<TableId, Set<String>> excluded() {
        return excluded;
    }

    List<Finding> findings() {
        return findings;
    }

    /** One that names a column that is not there: it may have a new name, under which its values must not leave. */
    private void checkNames(String pattern, List<Table> tables) {
        boolean met = tables.stream()
                .anyMatch(table -> table.storedNames().stream()
                        .anyMatch(column -> TableSelection.matches(pattern, table.id(), column)));
        if (met) {
            return;
        }
        String what = "understudy.columns.exclude has " + pattern + ", which matches no column of a mirrored table.";
        String remedy = "Correct it, and start again.";
        Optional<Table> meant =
                tables.stream().filter(table -> isOf(pattern, table.id())).findFirst();
        if (meant.isEmpty()) {
            findings.add(blockingFirstCopy(what, remedy));
            return;
        }
        findings.add(blocking(what, remedy).about(meant.get().id()));
        unmatched.add(meant.get());
    }

    /** Any column that was not there before may be the one that is meant; of a table that waits for a copy, any at all. */
    private void hideUnknown(Table table) {
        Optional<TableEntry> entry = Optional.ofNullable(ledger.get(table.relation()));
        List<String> known =
                entry.flatMap(TableEntry::form).map(TableForm::everyName).orElse(table.key());
        if (entry.isPresent()) {
            table.storedNames().stream()
                    .filter(column -> !known.contains(column))
                    .forEach(column -> exclude(table, column));
        }
    }

    private static boolean isOf(String pattern, TableId table) {
        return pattern.indexOf('*') < 0 && TableSelection.ofColumn(pattern).startsWith(table + ".");
    }

    private void exclude(Table table) {
        TableId former = Optional.ofNullable(ledger.get(table.relation()))
                .map(TableEntry::table)
                .orElse(table.id());
        for (String column : table.storedNames()) {
            for (String pattern : patterns) {
                boolean now = TableSelection.matches(pattern, table.id(), column);
                if (now || TableSelection.matches(pattern, former, column)) {
                    exclude(table, column);
                }
                if (!now && TableSelection.matches(pattern, former, column)) {
                    // Once the ledger has the new name nothing would tell that this table is meant.
                    findings.add(blocking(
                                    "The table " + former + " is called " + table.id()
                                            + " now, and understudy.columns.exclude has " + pattern + ".",
                                    "Write it for " + table.id() + " and start again.")
                            .about(table.id()));
                }
            }
        }
    }

    private void exclude(Table table, String column) {
        excluded.computeIfAbsent(table.id(), none -> new LinkedHashSet<>()).add(column);
    }

    private void check(Table table, Optional<MirroredTable> both, String name) {
        if (table.key().contains(name)) {
            findings.add(blocking(
                            "understudy.columns.exclude leaves out " + table.id() + "." + name
                                    + ", which is part of the key: rows could not be found again.",
                            "Leave it in; it can be masked: understudy.masking.rules.\"" + table.id() + "." + name
                                    + "\"=hash.")
                    .about(table.id()));
        }
        both.flatMap(pair -> pair.target().column(name))
                .filter(column -> column.notNull() && !column.hasDefault() && !column.generated())
                .map(Column::name)
                .ifPresent(column -> findings.add(blocking(
                                "understudy.columns.exclude leaves out " + table.id() + "." + column
                                        + ", which must not be null at the target and has no default there.",
                                "At the target run: alter table " + table.id().sql() + " alter column "
                                        + Sql.name(column) + " drop not null, or give it a default.")
                        .about(table.id())));
    }
}
