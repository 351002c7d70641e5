package io.understudy.postgres;

import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Columns on which a unique index of any kind depends: partial, of expressions, deferrable.
 *
 * @param nullsDiffer whether many rows may have null in them
 */
public record UniqueColumns(TableId table, Set<String> columns, boolean nullsDiffer) {

    private static final String UNIQUE = Sql.file(UniqueColumns.class, "unique-columns.sql");
    private static final String PARTITION_KEYS = Sql.file(UniqueColumns.class, "partition-keys.sql");

    public static List<UniqueColumns> read(PostgresClient client) {
        List<UniqueColumns> all = new ArrayList<>();
        for (Row row : client.query(UNIQUE)) {
            all.add(new UniqueColumns(
                    new TableId(row.getString("schema"), row.getString("table_name")),
                    Set.of(row.getArrayOfStrings("columns")),
                    row.getBoolean("nulls_differ")));
        }
        return all;
    }

    /** The columns by which partitioned tables are cut, at every level, by the table at the root. */
    public static Map<TableId, Set<String>> ofPartitions(PostgresClient client) {
        Map<TableId, Set<String>> keys = new LinkedHashMap<>();
        for (Row row : client.query(PARTITION_KEYS)) {
            keys.put(
                    new TableId(row.getString("schema"), row.getString("table_name")),
                    Set.of(row.getArrayOfStrings("columns")));
        }
        return keys;
    }
}
