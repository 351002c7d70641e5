package io.understudy.rules;

import io.understudy.postgres.Column;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.Sql;
import io.understudy.postgres.Table;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A temporary table in front of one whose checks and not-nulls send rows to the quarantine. Postgres lets no such row
 * into the table itself, so rows are written here, where nothing is forbidden, and then parted inside the server: those
 * that keep every rule go on into the table, the others into the quarantine. Empty between two transactions.
 */
public final class Sieve {

    private final String mirror;
    private final MirroredTable table;
    private final List<Rule> rules;
    private final RuleSql keys;
    private final String name;

    /** @param rules the table's checks and not-nulls of this policy; one at least */
    Sieve(String mirror, List<Rule> rules) {
        this.mirror = mirror;
        this.rules = rules;
        this.table = rules.get(0).table();
        this.keys = new RuleSql(mirror, rules.get(0));
        // Of the columns as well: a table that was altered gets another one.
        this.name = "sieve_" + table.target().relation() + "_"
                + Integer.toHexString(table.target().columns().hashCode());
    }

    public MirroredTable table() {
        return table;
    }

    public String sql() {
        return "pg_temp." + Sql.name(name);
    }

    /** Answers with one row when this session has it already. */
    public String find() {
        return "select from pg_class where oid = to_regclass(" + Sql.literal(sql()) + ")";
    }

    /** Like the table, but nothing is forbidden in it. Lives as long as the session. */
    public List<String> make() {
        Table target = table.target();
        return List.of(
                "create temporary table " + Sql.name(name) + " (like "
                        + target.id().sql() + " including defaults including generated) on commit delete rows",
                "alter table " + sql() + " "
                        + target.columns().stream()
                                .map(Column::name)
                                .map(column -> "alter column " + Sql.name(column) + " drop not null")
                                .collect(Collectors.joining(", ")),
                "create unique index on " + sql() + " (" + Sql.names(table.key()) + ")");
    }

    /** A statement for the table, for the sieve instead. */
    public String redirected(String statement) {
        String id = table.target().id().sql();
        return statement.replace("only " + id, sql()).replace(id, sql());
    }

    /** Takes the rows with these keys out of the table, to be changed here. */
    public String takeTouched() {
        String columns = Sql.names(table.target().storedNames());
        return "with gone as (delete from " + table.target().alone() + " as t where " + keys.touched()
                + " returning t.*) insert into " + sql() + " (" + columns + ") select " + columns + " from gone";
    }

    /** Those of the quarantine come here as well. */
    public String putRowsBack(String entries) {
        return redirected(keys.putRowsBack(entries));
    }

    /** By whatever constraint they got there. */
    public String entriesTouched() {
        return keys.entriesTouched();
    }

    /** What any of the rules of this sieve has taken. */
    public String entriesOfRules() {
        return "q.constraint_name in ("
                + rules.stream()
                        .map(rule -> Sql.literal(rule.constraint().name()))
                        .collect(Collectors.joining(", "))
                + ")";
    }

    public String empty() {
        return "delete from " + sql();
    }

    /** What keeps every rule goes on into the table. */
    public String letThrough() {
        String columns = Sql.names(table.target().storedNames());
        return "with good as (delete from " + sql() + " as t where not (" + broken() + ") returning t.*) insert into "
                + table.target().id().sql() + " (" + columns + ") overriding system value select " + columns
                + " from good";
    }

    private String broken() {
        return rules.stream().map(Rule::broken).collect(Collectors.joining(" or "));
    }

    /** The rest goes to the quarantine, by the first rule that it breaks. */
    public String quarantine() {
        StringBuilder constraint = new StringBuilder("case");
        StringBuilder reason = new StringBuilder("case");
        for (Rule rule : rules) {
            constraint
                    .append(" when ")
                    .append(rule.broken())
                    .append(" then ")
                    .append(Sql.literal(rule.constraint().name()));
            reason.append(" when ")
                    .append(rule.broken())
                    .append(" then ")
                    .append(Sql.literal(
                            "The row breaks the " + rule.constraint().kind().words() + " constraint "
                                    + rule.constraint().name() + " (" + rule.columns() + ")."));
        }
        return "with gone as (delete from " + sql() + " returning *) "
                + RuleSql.note(
                        mirror,
                        table,
                        constraint + " end",
                        "quarantined",
                        table.target().storedNames(),
                        "null",
                        reason + " end",
                        "gone as t");
    }
}
