package io.understudy.ledger;

import io.understudy.masking.ColumnRule;
import io.understudy.masking.MaskRule;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.TableId;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;

/** The table {@code understudy.masking_rule}: what was decided on columns of a running mirror. */
public final class ApprovedRules {

    /** @param at when, by the target's clock */
    public record Approved(ColumnRule rule, String by, String at) {}

    private ApprovedRules() {}

    /** Whether the target has the table yet: it is made by the first start of a version that knows it. */
    public static boolean areKept(PostgresClient target) {
        return target.query("select to_regclass('understudy.masking_rule') is not null as kept")
                .iterator()
                .next()
                .getBoolean("kept");
    }

    public static List<ColumnRule> load(PostgresClient target, String mirror) {
        return all(target, mirror).stream().map(Approved::rule).toList();
    }

    public static List<Approved> all(PostgresClient target, String mirror) {
        if (!areKept(target)) {
            return List.of();
        }
        List<Approved> rules = new ArrayList<>();
        for (Row row : target.query("""
                select schema_name, table_name, column_name, rule, approved_by, approved_at::timestamptz(0)::text as at
                  from understudy.masking_rule where mirror = $1
                 order by schema_name, table_name, column_name
                """, mirror)) {
            TableId table = new TableId(row.getString("schema_name"), row.getString("table_name"));
            rules.add(new Approved(
                    new ColumnRule(table + "." + row.getString("column_name"), MaskRule.parse(row.getString("rule"))),
                    row.getString("approved_by"),
                    row.getString("at")));
        }
        return rules;
    }

    /** Takes the place of an earlier decision on the same column. */
    public static void approve(PostgresClient target, String mirror, TableId table, String column, MaskRule rule) {
        target.query("""
                insert into understudy.masking_rule (mirror, schema_name, table_name, column_name, rule)
                values ($1, $2, $3, $4, $5)
                on conflict (mirror, schema_name, table_name, column_name) do update
                   set rule = excluded.rule, approved_at = now(), approved_by = session_user
                """, mirror, table.schema(), table.name(), column, rule.text());
    }
}
