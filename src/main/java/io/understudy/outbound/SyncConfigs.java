package io.understudy.outbound;

import io.understudy.postgres.Lsn;
import io.understudy.postgres.TableId;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The table {@code understudy.sync_config}. */
public final class SyncConfigs {

    /** All of a mirror, which is $1, enabled or not. */
    public static final String LOAD = """
            select schema_name, table_name, destination, workflow, object_type, enabled, on_insert, on_update, on_delete,
                   columns, condition, order_by, since_lsn::text as since
              from understudy.sync_config where mirror = $1 order by schema_name, table_name, destination
            """;

    private SyncConfigs() {}

    /** Of the answer to {@link #LOAD}. */
    public static List<SyncConfig> of(RowSet<Row> rows) {
        List<SyncConfig> configs = new ArrayList<>();
        for (Row row : rows) {
            configs.add(new SyncConfig(
                    new TableId(row.getString("schema_name"), row.getString("table_name")),
                    row.getString("destination"),
                    Optional.ofNullable(row.getString("workflow")),
                    Optional.ofNullable(row.getString("object_type")),
                    row.getBoolean("enabled"),
                    operations(row),
                    Optional.ofNullable(row.getArrayOfStrings("columns")).map(List::of),
                    Optional.ofNullable(row.getString("condition")),
                    row.getString("order_by"),
                    Optional.ofNullable(row.getString("since")).map(Lsn::parse)));
        }
        return configs;
    }

    private static Set<Operation> operations(Row row) {
        Set<Operation> operations = EnumSet.noneOf(Operation.class);
        for (Operation operation : Operation.values()) {
            if (row.getBoolean("on_" + operation.word())) {
                operations.add(operation);
            }
        }
        return operations;
    }
}
