package io.understudy.discovery;

import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.Sql;
import io.understudy.postgres.Table;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Looks for strings that were planted at the source, in every row of a table and in the server: one statement a table.
 * In JSON and arrays a string is found as it is written there, so that one with quotes or backslashes is not.
 */
final class CanarySearch {

    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final Set<Family> SEARCHED = Set.of(Family.TEXT, Family.JSON, Family.DOCUMENT);

    private final PostgresClient database;
    private final String[] canaries;

    CanarySearch(PostgresClient database, List<String> canaries) {
        if (canaries.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException("a canary is empty, and would be found everywhere; leave it out");
        }
        this.database = database;
        this.canaries = canaries.toArray(String[]::new);
    }

    /** @throws io.understudy.postgres.PostgresFailure when it could not look at all rows */
    List<ScanFinding> search(Table table, List<ColumnFacts> columns) {
        List<ColumnFacts> searched = columns.stream()
                .filter(column -> column.array() || SEARCHED.contains(column.family()))
                .toList();
        if (canaries.length == 0 || searched.isEmpty()) {
            return List.of();
        }
        RowSet<Row> rows = database.with(session -> session.transaction(
                "begin read only; set local lock_timeout = '2s'; set local statement_timeout = '" + LIMIT.toSeconds()
                        + "s'",
                within -> within.await(
                        within.send(statement(table, searched), Tuple.of(canaries), LIMIT),
                        LIMIT.plusSeconds(10),
                        "searching " + table.id() + " for canaries")));
        List<ScanFinding> findings = new ArrayList<>();
        for (Row row : rows) {
            for (int i = 0; i < searched.size(); i++) {
                long found = row.getLong(i + 1);
                if (found > 0) {
                    findings.add(finding(table, searched.get(i), row.getLong(0), found));
                }
            }
        }
        return findings;
    }

    private static ScanFinding finding(Table table, ColumnFacts column, long number, long found) {
        return new ScanFinding(
                table.id(),
                column.name(),
                Optional.empty(),
                found,
                found,
                "rows contain canary number " + number,
                column.family() == Family.JSON
                        ? RuleChoice.json(column, Optional.empty())
                        : RuleChoice.rule(Kind.FREE_TEXT, column));
    }

    private static String statement(Table table, List<ColumnFacts> columns) {
        List<String> hits = columns.stream()
                .map(column -> "position(c.canary in t." + Sql.name(column.name()) + "::text) > 0")
                .toList();
        return "select c.number"
                + hits.stream()
                        .map(hit -> ", count(*) filter (where " + hit + ")")
                        .collect(Collectors.joining())
                + " from " + table.alone() + " as t"
                + " cross join unnest($1::text[]) with ordinality as c(canary, number)"
                + " where " + String.join(" or ", hits) + " group by c.number order by c.number";
    }
}
