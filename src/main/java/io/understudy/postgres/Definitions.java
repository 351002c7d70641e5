package io.understudy.postgres;

import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** How to make at the target what the source has: asked of the source's catalog only when something is missing. */
public final class Definitions {

    private static final String TABLES = Sql.file(Definitions.class, "definition.sql");
    private static final String COLUMNS = Sql.file(Definitions.class, "additions.sql");

    private static final String INDEXES = Sql.file(Definitions.class, "indexes.sql");
    private static final String INDEX_COLUMNS = Sql.file(Definitions.class, "index-columns.sql");

    public record ColumnId(TableId table, String name) {}

    /** @param rowsKnown false when rows that were there already got values that no log carries */
    public record Addition(List<String> statements, boolean rowsKnown) {}

    /** @param definition what it is, without its name */
    public record Index(TableId table, String statement, String definition) {}

    private Definitions() {}

    /** All that no constraint brings along. */
    public static List<Index> indexes(PostgresClient database) {
        List<Index> indexes = new ArrayList<>();
        for (Row row : database.query(INDEXES)) {
            indexes.add(new Index(
                    new TableId(row.getString("schema"), row.getString("table_name")),
                    row.getString("statement"),
                    row.getString("definition")));
        }
        return indexes;
    }

    /** The columns of every complete index, those of constraints too, by table. */
    public static Map<TableId, List<List<String>>> indexedColumns(PostgresClient database) {
        Map<TableId, List<List<String>>> indexed = new HashMap<>();
        for (Row row : database.query(INDEX_COLUMNS)) {
            indexed.computeIfAbsent(
                            new TableId(row.getString("schema"), row.getString("table_name")), id -> new ArrayList<>())
                    .add(List.of(row.getArrayOfStrings("columns")));
        }
        return indexed;
    }

    /** Tables with all that belongs to them, in an order in which they can be made. */
    public static List<String> ofTables(PostgresClient source, Collection<TableId> tables) {
        List<String> statements = new ArrayList<>();
        for (Row row : source.query(TABLES, texts(tables, TableId::schema), texts(tables, TableId::name))) {
            statements.add(row.getString("statement"));
        }
        return statements;
    }

    public static Map<ColumnId, Addition> ofColumns(PostgresClient source, Collection<ColumnId> columns) {
        Map<ColumnId, Addition> additions = new LinkedHashMap<>();
        if (columns.isEmpty()) {
            return additions;
        }
        for (Row row : source.query(
                COLUMNS,
                texts(columns, column -> column.table().schema()),
                texts(columns, column -> column.table().name()),
                texts(columns, ColumnId::name))) {
            TableId table = new TableId(row.getString("schema"), row.getString("table_name"));
            additions.put(
                    new ColumnId(table, row.getString("name")),
                    new Addition(List.of(row.getArrayOfStrings("statements")), row.getBoolean("rows_known")));
        }
        return additions;
    }

    private static <T> String[] texts(Collection<T> all, Function<T, String> text) {
        return all.stream().map(text).toArray(String[]::new);
    }
}
