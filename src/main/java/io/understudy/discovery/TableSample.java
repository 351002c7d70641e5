package io.understudy.discovery;

import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.Session;
import io.understudy.postgres.Sql;
import io.understudy.postgres.Table;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Looks at some rows of one table, in a transaction that reads only and is cut off by the server when it takes too long.
 * The rows are forgotten as soon as they were looked at.
 *
 * @param rows how many were looked at
 * @param columns what each of the asked columns looks like
 */
record TableSample(int rows, Map<String, ColumnSample> columns) {

    /** What the beginning of a value is cut to: enough to see what it is, little enough for any number of columns. */
    private static final int LETTERS = 400;
    /** Of a document, in which the interesting value may come late. */
    private static final int DOCUMENT_LETTERS = 8000;
    /** A table of this many samples is small: its first rows are as good as any. */
    private static final int SMALL = 10;

    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** @throws io.understudy.postgres.PostgresFailure when it could not be looked at */
    static TableSample read(
            PostgresClient database,
            Table table,
            List<ColumnFacts> columns,
            int rows,
            Function<ColumnFacts, List<Detector>> detectors) {
        List<ColumnFacts> asked =
                columns.stream().filter(column -> column.family().isSampled()).toList();
        Map<String, ColumnSample> samples = new LinkedHashMap<>();
        asked.forEach(column -> samples.put(column.name(), new ColumnSample(column, detectors.apply(column))));
        if (asked.isEmpty()) {
            return new TableSample(0, samples);
        }
        RowSet<Row> found = database.with(session -> session.transaction(
                "begin read only; set local lock_timeout = '2s'; set local statement_timeout = '" + LIMIT.toSeconds()
                        + "s'",
                within -> rows(within, table, asked, rows)));
        int seen = 0;
        for (Row row : found) {
            seen++;
            for (int i = 0; i < asked.size(); i++) {
                String value = row.getString(i);
                if (value != null) {
                    samples.get(asked.get(i).name()).see(value);
                }
            }
        }
        return new TableSample(seen, samples);
    }

    private static RowSet<Row> rows(Session session, Table table, List<ColumnFacts> columns, int rows) {
        boolean large = table.rows() > (long) rows * SMALL;
        if (large) {
            RowSet<Row> sampled = query(session, table, columns, rows, block(table, rows));
            // Whole pages are drawn: of a table that was emptied since it was counted they may hold next to nothing.
            if (sampled.size() * 4 >= rows) {
                return sampled;
            }
        }
        return query(session, table, columns, rows, "");
    }

    /** Half as much again as is needed, so that the limit seldom cuts off the end of the table. */
    private static String block(Table table, int rows) {
        double percent = Math.min(100, 150.0 * rows / table.rows());
        return " tablesample system (" + String.format(Locale.ROOT, "%.6f", Math.max(percent, 0.000001)) + ")";
    }

    private static RowSet<Row> query(
            Session session, Table table, List<ColumnFacts> columns, int rows, String tablesample) {
        String texts = columns.stream().map(TableSample::text).collect(Collectors.joining(", "));
        return session.run(
                "select " + texts + " from (select * from " + table.alone() + tablesample + " limit " + rows + ") as t",
                LIMIT.plusSeconds(10),
                "sampling " + table.id());
    }

    private static String text(ColumnFacts column) {
        int letters = column.family() == Family.JSON || column.array() ? DOCUMENT_LETTERS : LETTERS;
        return "left(t." + Sql.name(column.name()) + "::text, " + letters + ")";
    }
}
