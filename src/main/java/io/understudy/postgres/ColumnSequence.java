package io.understudy.postgres;

import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;

/**
 * A column whose values a sequence gives, as they are.
 *
 * @param ascending whether the sequence counts upwards
 * @param lowest the least value that it can give
 * @param highest the greatest value that it can give
 */
public record ColumnSequence(
        TableId table, String column, TableId sequence, boolean ascending, long lowest, long highest) {

    private static final String ALL = Sql.file(ColumnSequence.class, "column-sequences.sql");

    public static List<ColumnSequence> read(Session session) {
        List<ColumnSequence> columns = new ArrayList<>();
        for (Row row : session.query(ALL)) {
            columns.add(new ColumnSequence(
                    new TableId(row.getString("schema"), row.getString("table_name")),
                    row.getString("column_name"),
                    new TableId(row.getString("sequence_schema"), row.getString("sequence_name")),
                    row.getBoolean("ascending"),
                    row.getLong("lowest"),
                    row.getLong("highest")));
        }
        return columns;
    }
}
