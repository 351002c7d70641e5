package io.understudy.rules;

import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.TableId;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;

/**
 * The table {@code understudy.quarantine}: rows that are not in their table, and values that were taken out of rows. What
 * rules took has the action {@code quarantined} or {@code emptied}, and comes back; all other entries are copies that
 * somebody's commands left, and nobody here touches them.
 */
public final class Quarantine {

    /** $1 mirror, $2 schema, $3 table: its rows are replaced by a copy, or it is no longer mirrored. */
    public static final String FORGET_TABLE =
            "delete from understudy.quarantine where mirror = $1 and schema_name = $2 and table_name = $3";

    /** $1 mirror, $2 and $3 the name it had, $4 and $5 the name it has. */
    public static final String RENAME_TABLE = """
            update understudy.quarantine set schema_name = $4, table_name = $5
             where mirror = $1 and schema_name = $2 and table_name = $3
            """;

    /** How many rows of a table a constraint has cost. */
    public record Count(TableId table, String constraint, Policy policy, long rows) {}

    private Quarantine() {}

    public static List<Count> count(PostgresClient target, String mirror) {
        List<Count> counts = new ArrayList<>();
        for (Row row : target.query("""
                select schema_name, table_name, constraint_name, action, count(*) as rows
                  from understudy.quarantine where mirror = $1 and action in ('quarantined', 'emptied')
                 group by 1, 2, 3, 4 order by 1, 2, 3, 4
                """, mirror)) {
            counts.add(new Count(
                    new TableId(row.getString("schema_name"), row.getString("table_name")),
                    row.getString("constraint_name"),
                    row.getString("action").equals("emptied") ? Policy.NULL : Policy.QUARANTINE,
                    row.getLong("rows")));
        }
        return counts;
    }
}
