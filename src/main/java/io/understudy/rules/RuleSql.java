package io.understudy.rules;

import io.understudy.postgres.Column;
import io.understudy.postgres.Constraint;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.Sql;
import io.understudy.postgres.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The statements for one foreign key's rule. Each is one statement however many rows it moves, and works on the rows of
 * a scope: a condition on the child {@code t}, or on the entries {@code q} of the quarantine.
 */
public final class RuleSql {

    /** Every row of the child. */
    public static final String ALL = "true";

    private final String mirror;
    private final Rule rule;
    private final Constraint constraint;
    private final MirroredTable table;

    public RuleSql(String mirror, Rule rule) {
        this.mirror = mirror;
        this.rule = rule;
        this.constraint = rule.constraint();
        this.table = rule.table();
    }

    // Scopes of rows.

    /** Rows with these keys: one text array per key column. */
    public String touched() {
        return "(" + columns("t", table.key()) + ") in (select " + casts(table.key()) + " from "
                + unnest(table.key().size()) + ")";
    }

    /** Rows that refer to these values: one text array per column of the foreign key. */
    public String referring() {
        return "(" + columns("t", constraint.columns()) + ") in (select " + casts(constraint.columns()) + " from "
                + unnest(constraint.columns().size()) + ")";
    }

    /** Rows that refer to one that this transaction has quarantined. */
    public String referringToTaken() {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < constraint.columns().size(); i++) {
            values.add("(e.row_values->>"
                    + Sql.literal(constraint.referencedColumns().get(i)) + ")::"
                    + castType(constraint.columns().get(i)));
        }
        return "(" + columns("t", constraint.columns()) + ") in (select " + String.join(", ", values)
                + " from understudy.quarantine as e where "
                + of("e", constraint.referenced().orElseThrow())
                + " and e.action = 'quarantined' and not e.back and e.taken_in = pg_current_xact_id())";
    }

    /** Rows that this transaction has put back. */
    public String putBack() {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < table.key().size(); i++) {
            values.add("(e.key->>" + i + ")::" + castType(table.key().get(i)));
        }
        return "(" + columns("t", table.key()) + ") in (select " + String.join(", ", values)
                + " from understudy.quarantine as e where " + of("e", table.id()) + " and e.back)";
    }

    // What is done to the rows of a scope that have no parent.

    /** Answers with one row when there is one. */
    public String any(String scope) {
        return "select from " + orphans(scope) + " limit 1";
    }

    public String count(String scope) {
        return "select count(*) as rows from " + orphans(scope);
    }

    /** Touches as many rows as it takes. */
    public String take(String scope) {
        return rule.policy() == Policy.NULL ? empty(scope) : quarantine(scope);
    }

    private String quarantine(String scope) {
        List<String> names = table.target().storedNames();
        return "with broken as (delete from " + orphans(scope) + " returning t.*) " + note("quarantined", names);
    }

    private String empty(String scope) {
        List<String> emptied = rule.emptied();
        String matches = table.key().stream()
                .map(name -> "t." + Sql.name(name) + " = b." + Sql.name(name))
                .collect(Collectors.joining(" and "));
        return "with broken as (select t.* from " + orphans(scope) + " for update), noted as ("
                + note("emptied", emptied) + ") update "
                + table.target().alone() + " as t set "
                + emptied.stream().map(name -> Sql.name(name) + " = null").collect(Collectors.joining(", "))
                + " from broken as b where " + matches;
    }

    private String note(String action, List<String> values) {
        return note(
                mirror,
                table,
                Sql.literal(constraint.name()),
                action,
                values,
                texts("t", constraint.columns()),
                Sql.literal(reason()),
                "broken as t");
    }

    /** @param constraint, refersTo and reason expressions on the rows of {@code t}, which {@code from} names */
    static String note(
            String mirror,
            MirroredTable table,
            String constraint,
            String action,
            List<String> values,
            String refersTo,
            String reason,
            String from) {
        return "insert into understudy.quarantine (mirror, schema_name, table_name, constraint_name, action, key, row_values, "
                + "refers_to, reason, after_lsn) select " + Sql.literal(mirror) + ", "
                + Sql.literal(table.id().schema()) + ", "
                + Sql.literal(table.id().name()) + ", " + constraint + ", '"
                + action + "', " + texts("t", table.key()) + ", jsonb_object(array[" + literals(values)
                + "]::text[], array["
                + values.stream().map(name -> "t." + Sql.name(name) + "::text").collect(Collectors.joining(", "))
                + "]::text[]), " + refersTo + ", " + reason
                + ", (select applied_lsn from understudy.checkpoint where mirror = " + Sql.literal(mirror) + ") from "
                + from + " on conflict (mirror, schema_name, table_name, key, constraint_name, action) do update set "
                + "row_values = excluded.row_values, refers_to = excluded.refers_to, reason = excluded.reason, "
                + "after_lsn = excluded.after_lsn, taken_at = excluded.taken_at, taken_in = excluded.taken_in, back = false";
    }

    private String reason() {
        return "The row refers to one of " + constraint.referenced().orElseThrow() + " that is not at the target ("
                + rule.columns() + ").";
    }

    private String orphans(String scope) {
        return table.target().alone() + " as t where " + scope + " and " + constraint.orphan();
    }

    // Scopes of entries.

    /** Entries of rows with these keys, whatever the constraint. */
    public String entriesTouched() {
        return "q.key in (select " + textsOfCasts(table.key()) + " from "
                + unnest(table.key().size()) + ")";
    }

    /** Entries of this constraint that refer to these values. */
    public String entriesReferring() {
        return entriesOfConstraint() + " and q.refers_to in (select " + textsOfCasts(constraint.columns()) + " from "
                + unnest(constraint.columns().size()) + ")";
    }

    public String entriesOfConstraint() {
        return "q.constraint_name = " + Sql.literal(constraint.name());
    }

    /** Entries of this constraint that refer to a row that this transaction has put back. */
    public String entriesReferringToPutBack() {
        String values = constraint.referencedColumns().stream()
                .map(name -> "e.row_values->>" + Sql.literal(name))
                .collect(Collectors.joining(", "));
        return entriesOfConstraint() + " and q.refers_to in (select jsonb_build_array(" + values
                + ") from understudy.quarantine as e where "
                + of("e", constraint.referenced().orElseThrow()) + " and e.action = 'quarantined' and e.back)";
    }

    // What is done to the entries of a scope.

    /** Puts quarantined rows back into the table, as they were. */
    public String putRowsBack(String entries) {
        List<String> names = table.target().storedNames();
        return "with gone as (" + mark(entries, "quarantined") + ") insert into "
                + table.target().id().sql() + " (" + Sql.names(names) + ") overriding system value select "
                + values("b.row_values->>", names) + " from gone as b on conflict do nothing";
    }

    /** Puts values back that were emptied by this rule. */
    public String putValuesBack(String entries) {
        List<String> emptied = rule.emptied();
        List<String> matches = new ArrayList<>();
        for (int i = 0; i < table.key().size(); i++) {
            String name = table.key().get(i);
            matches.add("t." + Sql.name(name) + " = (b.key->>" + i + ")::" + castType(name));
        }
        String assignments = emptied.stream()
                .map(name -> Sql.name(name) + " = (b.row_values->>" + Sql.literal(name) + ")::" + castType(name))
                .collect(Collectors.joining(", "));
        return "with gone as (" + mark(entries + " and " + entriesOfConstraint(), "emptied") + ") update "
                + table.target().alone() + " as t set " + assignments + " from gone as b where "
                + String.join(" and ", matches);
    }

    private String mark(String entries, String action) {
        return "update understudy.quarantine as q set back = true where " + of("q", table.id()) + " and q.action = '"
                + action + "' and not q.back and " + entries + " returning q.key, q.row_values";
    }

    /** Takes the entries out that were put back. */
    public String forgetPutBack() {
        return "delete from understudy.quarantine as q where " + of("q", table.id()) + " and q.back";
    }

    // The parent's side.

    /** What rows of the parent with these keys are referred to by, as text. */
    public String referencedValues() {
        MirroredTable parent = rule.parent().orElseThrow();
        String cast = IntStream.range(0, parent.key().size())
                .mapToObj(i -> "x.c" + i + "::" + castType(parent, parent.key().get(i)))
                .collect(Collectors.joining(", "));
        return "select array["
                + constraint.referencedColumns().stream()
                        .map(name -> "t." + Sql.name(name) + "::text")
                        .collect(Collectors.joining(", "))
                + "]::text[] as referenced from " + parent.target().alone() + " as t where ("
                + columns("t", parent.key()) + ") in (select " + cast + " from "
                + unnest(parent.key().size()) + ")";
    }

    private String of(String alias, TableId id) {
        return of(mirror, alias, id);
    }

    static String of(String mirror, String alias, TableId id) {
        return alias + ".mirror = " + Sql.literal(mirror) + " and " + alias + ".schema_name = "
                + Sql.literal(id.schema()) + " and " + alias + ".table_name = " + Sql.literal(id.name());
    }

    private String values(String from, List<String> names) {
        return names.stream()
                .map(name -> "(" + from + Sql.literal(name) + ")::" + castType(name))
                .collect(Collectors.joining(", "));
    }

    private static String texts(String alias, List<String> names) {
        return "jsonb_build_array("
                + names.stream()
                        .map(name -> alias + "." + Sql.name(name) + "::text")
                        .collect(Collectors.joining(", "))
                + ")";
    }

    private String textsOfCasts(List<String> names) {
        return "jsonb_build_array(" + places(names, i -> "x.c" + i + "::" + castType(names.get(i)) + "::text") + ")";
    }

    private String casts(List<String> names) {
        return places(names, i -> "x.c" + i + "::" + castType(names.get(i)));
    }

    private static String places(List<String> names, Function<Integer, String> text) {
        return IntStream.range(0, names.size()).boxed().map(text).collect(Collectors.joining(", "));
    }

    private static String literals(List<String> names) {
        return names.stream().map(Sql::literal).collect(Collectors.joining(", "));
    }

    private static String columns(String alias, List<String> names) {
        return names.stream().map(name -> alias + "." + Sql.name(name)).collect(Collectors.joining(", "));
    }

    private static String unnest(int columns) {
        return "unnest("
                + IntStream.rangeClosed(1, columns)
                        .mapToObj(i -> "$" + i + "::text[]")
                        .collect(Collectors.joining(", "))
                + ") as x("
                + IntStream.range(0, columns).mapToObj(i -> "c" + i).collect(Collectors.joining(", ")) + ")";
    }

    private String castType(String column) {
        return castType(table, column);
    }

    private static String castType(MirroredTable table, String column) {
        return table.target().column(column).map(Column::castType).orElse("text");
    }
}
