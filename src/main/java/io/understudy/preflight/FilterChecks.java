package io.understudy.preflight;

import static io.understudy.preflight.Finding.blocking;

import io.understudy.ledger.TableEntry;
import io.understudy.postgres.Column;
import io.understudy.postgres.ConditionText;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TableSelection;
import io.understudy.stream.RowFilter;
import io.understudy.stream.RowFilters;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which rows of which table are mirrored, and whether the source can say so of a row at any time: a condition that
 * means something else tomorrow, or with other rows, would leave the target wrong without any change to follow.
 */
final class FilterChecks {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static final String COLLATIONS = """
            select a.attname::text as name, quote_ident(n.nspname) || '.' || quote_ident(c.collname) as collation
              from pg_attribute a
              join pg_type t on t.oid = a.atttypid
              join pg_collation c on c.oid = a.attcollation
              join pg_namespace n on n.oid = c.collnamespace
             where a.attrelid = $1::bigint::oid and a.attnum > 0 and a.attcollation <> t.typcollation
            """;

    private final SourceDatabase source;
    private final Portion portion;
    private final TableSelection selection;
    private final Map<Long, TableId> formerNames = new HashMap<>();
    private final Map<TableId, RowFilter> filters = new HashMap<>();
    private final List<Finding> findings = new ArrayList<>();

    /** @param ledger what was mirrored so far, by the names that tables had then */
    FilterChecks(SourceDatabase source, Portion portion, TableSelection selection, List<TableEntry> ledger) {
        this.source = source;
        this.portion = portion;
        this.selection = selection;
        ledger.forEach(entry -> formerNames.put(entry.relation(), entry.table()));
        if (portion.filtersRows()) {
            checkNames();
            selection.selected().forEach(this::resolve);
        }
    }

    List<Finding> findings() {
        return findings;
    }

    RowFilters filters() {
        return portion.filtersRows() ? RowFilters.of(selection.selected(), filters) : RowFilters.NONE;
    }

    /** The same, as far as its filter goes. */
    MirroredTable filtered(MirroredTable table) {
        return table.filtered(Optional.ofNullable(filters.get(table.id())).map(RowFilter::condition));
    }

    private void checkNames() {
        for (TableId table : portion.filters().keySet()) {
            boolean mirrored =
                    selection.selected().stream().anyMatch(known -> known.id().equals(table));
            if (!mirrored) {
                findings.add(blocking(
                                RowFilter.setting(table) + " is set, and "
                                        + (selection.excludes(table)
                                                ? "that table is not mirrored."
                                                : "the source has no such table."),
                                "Correct it; the tables are listed by: ./understudy plan")
                        .about(table));
            }
        }
        for (String pattern : portion.schemaOnly()) {
            boolean met = selection.selected().stream().anyMatch(table -> TableSelection.matches(pattern, table.id()));
            if (!met) {
                findings.add(blocking(
                                "understudy.tables.schema-only has " + pattern
                                        + ", which matches no mirrored table of the source.",
                                "Correct it; the tables are listed by: ./understudy plan")
                        .about(TableSelection.meant(pattern)));
            }
        }
    }

    private Optional<String> condition(TableId name) {
        boolean schemaOnly = portion.schemaOnly().stream().anyMatch(pattern -> TableSelection.matches(pattern, name));
        return schemaOnly
                ? Optional.of(MirroredTable.NO_ROWS)
                : Optional.ofNullable(portion.filters().get(name));
    }

    private void resolve(Table table) {
        Optional<String> condition = condition(table.id());
        TableId former = formerNames.getOrDefault(table.relation(), table.id());
        if (condition.isPresent()) {
            add(table, condition.get());
        } else if (condition(former).isPresent()) {
            // Once the ledger has the new name nothing would tell that this table is meant.
            findings.add(blocking(
                            "The table " + former + " is called " + table.id() + " now, and "
                                    + (condition(former).get().equals(MirroredTable.NO_ROWS)
                                            ? "understudy.tables.schema-only names"
                                            : RowFilter.setting(former) + " is set for")
                                    + " the former name.",
                            "Set it for " + table.id() + " and start again.")
                    .about(table.id()));
            add(table, condition(former).get());
        }
    }

    private void add(Table table, String condition) {
        Map<String, String> collations = collations(table);
        Optional<Finding> against = against(table, condition)
                .or(() -> refused(RowFilter.of(table, condition, collations, Optional.empty())));
        against.map(finding -> finding.about(table.id())).ifPresent(findings::add);
        filters.put(table.id(), RowFilter.of(table, condition, collations, against.map(Finding::what)));
    }

    private Map<String, String> collations(Table table) {
        Map<String, String> collations = new HashMap<>();
        for (Row row : source.client().query(COLLATIONS, table.relation())) {
            collations.put(row.getString("name"), row.getString("collation"));
        }
        return collations;
    }

    private Optional<Finding> against(Table table, String condition) {
        ConditionText text = ConditionText.of(condition);
        Optional<String> problem = text.problem(table);
        if (problem.isPresent()) {
            return Optional.of(blocking(
                    RowFilter.setting(table.id()) + " " + problem.get() + ".",
                    "Write a condition on the columns of one row that is the same at any time."));
        }
        List<String> generated = text.names(table.columns().stream()
                .filter(Column::generated)
                .map(Column::name)
                .toList());
        if (!generated.isEmpty()) {
            return Optional.of(blocking(
                    RowFilter.setting(table.id()) + " uses the generated column " + generated.get(0)
                            + ", which the log does not carry.",
                    "Write what it is generated from."));
        }
        List<String> changing = text.changing(source.client());
        return changing.isEmpty()
                ? Optional.empty()
                : Optional.of(blocking(
                        RowFilter.setting(table.id()) + " uses " + String.join(", ", changing)
                                + ": it would mean something else later, without a change.",
                        "Write a condition on the columns of one row that is the same at any time."));
    }

    /** Postgres reads it as it will be asked, of no row. */
    private Optional<Finding> refused(RowFilter filter) {
        Table table = filter.table();
        List<String> nulls = filter.columns().stream().map(name -> "null::text").toList();
        String sql = filter.rowsOf(nulls, "1", "(select) as x") + " limit 0";
        try {
            source.client()
                    .with(session -> session.run(
                            sql,
                            LIMIT,
                            "Reading the condition of " + RowFilter.setting(table.id()) + " at the source"));
            return Optional.empty();
        } catch (PostgresFailure failure) {
            if (failure.passes()) {
                throw failure;
            }
            return Optional.of(
                    blocking(
                            failure.getMessage() + ".",
                            "Correct it: what would stand behind where, on columns of " + table.id()
                                    + " by their bare names; functions, types and operators outside of pg_catalog with their schema."));
        }
    }
}
