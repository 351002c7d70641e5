package io.understudy.demo;

import io.understudy.postgres.Catalog;
import io.understudy.postgres.Column;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.Session;
import io.understudy.postgres.Sql;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TableSelection;
import io.vertx.sqlclient.Row;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Every table of both databases, counted and digested over whole rows, generated columns included. Each side is read in
 * one snapshot; writers must have stopped and the last change must have arrived.
 */
record Comparison(List<TableComparison> tables) {

    /** A digest reads about 300,000 rows a second. */
    private static final Duration TABLE_LIMIT = Duration.ofMinutes(10);

    /** A side of one table; {@code problem} says why there are no figures. */
    private record Reading(long rows, BigDecimal digest, Optional<String> problem) {}

    static Comparison of(PostgresClient production, PostgresClient staging) {
        Map<TableId, Table> left = mirrored(production);
        Map<TableId, Table> right = mirrored(staging);
        Set<TableId> onBothSides = new TreeSet<>(left.keySet());
        onBothSides.retainAll(right.keySet());
        Map<TableId, List<String>> columns = onBothSides.stream()
                .collect(Collectors.toMap(id -> id, id -> names(left.get(id)), (a, b) -> a, TreeMap::new));
        Map<TableId, Reading> here = read(production, columns);
        Map<TableId, Reading> there = read(staging, columns);

        Set<TableId> all = new TreeSet<>(left.keySet());
        all.addAll(right.keySet());
        List<TableComparison> compared = new ArrayList<>();
        for (TableId id : all) {
            compared.add(
                    onBothSides.contains(id)
                            ? compare(id, ownColumns(left.get(id), right.get(id)), here.get(id), there.get(id))
                            : TableComparison.notCompared(
                                    id, "only " + (left.containsKey(id) ? "production" : "staging") + " has it"));
        }
        return new Comparison(List.copyOf(compared));
    }

    private static Map<TableId, Table> mirrored(PostgresClient client) {
        return TableSelection.of(Catalog.read(client), List.of(), List.of()).selected().stream()
                .collect(Collectors.toMap(Table::id, table -> table));
    }

    private static List<String> names(Table table) {
        return table.columns().stream().map(Column::name).sorted().toList();
    }

    private static Optional<String> ownColumns(Table production, Table staging) {
        List<String> own = names(staging).stream()
                .filter(name -> production.column(name).isEmpty())
                .toList();
        return own.isEmpty() ? Optional.empty() : Optional.of("only staging has the column " + String.join(", ", own));
    }

    private static Map<TableId, Reading> read(PostgresClient client, Map<TableId, List<String>> columns) {
        return client.with(session ->
                session.transaction("begin isolation level repeatable read read only", snapshot -> {
                    Map<TableId, Reading> readings = new TreeMap<>();
                    columns.forEach((table, names) -> readings.put(table, read(snapshot, table, names)));
                    return readings;
                }));
    }

    private static Reading read(Session session, TableId table, List<String> columns) {
        // The digest is a sum: it does not depend on the order of rows, and counts equal rows as often as they are
        // there.
        String sql = "select count(*) as rows, coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) as digest"
                + " from (select " + Sql.names(columns) + " from " + table.sql() + ") t";
        session.query("savepoint before_table");
        try {
            Row row = session.run(sql, TABLE_LIMIT, "comparing " + table)
                    .iterator()
                    .next();
            return new Reading(row.getLong("rows"), row.getBigDecimal("digest"), Optional.empty());
        } catch (PostgresFailure failure) {
            session.query("rollback to savepoint before_table");
            return new Reading(0, BigDecimal.ZERO, Optional.of(failure.getMessage()));
        }
    }

    private static TableComparison compare(TableId id, Optional<String> ownColumns, Reading here, Reading there) {
        Optional<String> problem = here.problem().or(there::problem).or(() -> ownColumns);
        if (problem.isPresent()) {
            return TableComparison.notCompared(id, problem.get());
        }
        boolean equal = here.rows() == there.rows() && Objects.equals(here.digest(), there.digest());
        return new TableComparison(
                id,
                here.rows(),
                there.rows(),
                equal ? TableComparison.Verdict.EQUAL : TableComparison.Verdict.DIFFERENT,
                Optional.empty());
    }

    long count(TableComparison.Verdict verdict) {
        return tables.stream().filter(table -> table.verdict() == verdict).count();
    }

    /** Nothing compared is nothing proved. */
    boolean equal() {
        return !tables.isEmpty() && count(TableComparison.Verdict.EQUAL) == tables.size();
    }

    String text() {
        return new ComparisonTable(this).text();
    }
}
