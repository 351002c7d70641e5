package io.understudy.postgres;

import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How to make at the target what the source has: asked of the source's catalog only when something is missing. */
public final class Definitions {

    private static final String TABLES = Sql.file(Definitions.class, "definition.sql");
    private static final String COLUMNS = Sql.file(Definitions.class, "additions.sql");

    public record ColumnId(TableId table, String name) {}

    /** @param rowsKnown false when rows that were there already got values that no log carries */
    public record Addition(List<String> statements, boolean rowsKnown) {}

    private Definitions() {}

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

    private static <T> String[] texts(Collection<T> all, java.util.function.Function<T, String> text) {
        return all.stream().map(text).toArray(String[]::new);
    }
}
