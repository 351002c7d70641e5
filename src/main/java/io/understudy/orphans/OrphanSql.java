package io.understudy.orphans;

import io.understudy.postgres.Column;
import io.understudy.postgres.Constraint;
import io.understudy.postgres.Sql;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The statements for one fix. What is to be changed is listed first, by key, in a temporary table; then it is changed
 * in stretches of that list, and each row is looked at once more when its turn comes.
 */
final class OrphanSql {

    /** {@code round}: a row stands in a later one than the row whose removal leaves it without a parent. */
    static final String MAKE_LIST = """
            create temporary table if not exists understudy_orphan (
                id bigint generated always as identity primary key, round int not null, step int not null,
                relation bigint not null, key text[] not null);
            truncate pg_temp.understudy_orphan
            """;

    /** Where each step's rows of each round stand in the list. */
    static final String STRETCHES = """
            select step, min(id) as first, max(id) as last, count(*) as rows
              from pg_temp.understudy_orphan group by round, step order by 2
            """;

    private final String mirror;
    private final OrphanFix fix;
    private final int step;
    private final Constraint constraint;
    private final Table table;
    private final List<String> key;

    OrphanSql(String mirror, OrphanFix fix, int step) {
        this.mirror = mirror;
        this.fix = fix;
        this.step = step;
        this.constraint = fix.constraint();
        this.table = fix.table();
        this.key = fix.key().rowKey();
    }

    // The list.

    /**
     * Lists rows that have no parent, or will have none.
     *
     * @param leaving tables of which rows are listed to be removed, each with the key by which they are
     */
    String list(int round, Map<TableId, OrphanFix> leaving) {
        return list(round, constraint.orphan(remaining(constraint, leaving)), leaving);
    }

    /** The same of those only whose parent was listed in this round or the one before: a chain may have many. */
    String listChildren(int round, Map<TableId, OrphanFix> leaving) {
        OrphanFix parent = leaving.get(fix.key().referenced());
        String refers = IntStream.range(0, constraint.columns().size())
                .mapToObj(i -> "p." + Sql.name(constraint.referencedColumns().get(i)) + " "
                        + constraint.equals().get(i) + " t."
                        + Sql.name(constraint.columns().get(i)))
                .collect(Collectors.joining(" and "));
        String orphaned = "exists (select from pg_temp.understudy_orphan as g, " + constraint.parentSql()
                + " as p where g.round >= " + (round - 1) + " and g.relation = "
                + parent.table().relation() + " and "
                + matches("p", parent.table(), parent.key().rowKey()) + " and " + refers + ")";
        return list(round, orphaned, leaving);
    }

    private String list(int round, String orphaned, Map<TableId, OrphanFix> leaving) {
        return "insert into pg_temp.understudy_orphan (round, step, relation, key) select " + round + ", " + step + ", "
                + table.relation() + ", array["
                + key.stream().map(name -> "t." + Sql.name(name) + "::text").collect(Collectors.joining(", "))
                + "] from " + table.alone() + " as t where " + orphaned
                + (leaving.containsKey(table.id()) ? " and not " + listed("t", leaving.get(table.id())) : "");
    }

    /** Rows of {@code other} that keep it now, stay, and will not keep it any more. */
    static String consequence(OrphanKey other, Map<TableId, OrphanFix> leaving) {
        Constraint constraint = other.target().declared().orElseThrow();
        Table table = other.target().table().orElseThrow();
        return "select count(*) as rows from " + table.alone() + " as t where "
                + constraint.orphan(remaining(constraint, leaving)) + " and not (" + constraint.orphan() + ")"
                + (leaving.containsKey(table.id()) ? " and not " + listed("t", leaving.get(table.id())) : "");
    }

    private static String remaining(Constraint constraint, Map<TableId, OrphanFix> leaving) {
        OrphanFix parent = leaving.get(constraint.referenced().orElseThrow());
        return parent == null
                ? constraint.parentSql()
                : "(select * from " + constraint.parentSql() + " as s where not " + listed("s", parent) + ")";
    }

    private static String listed(String alias, OrphanFix of) {
        return "exists (select from pg_temp.understudy_orphan as g where g.relation = "
                + of.table().relation() + " and "
                + matches(alias, of.table(), of.key().rowKey()) + ")";
    }

    private static String matches(String alias, Table table, List<String> key) {
        return IntStream.range(0, key.size())
                .mapToObj(i -> table.column(key.get(i))
                        .orElseThrow()
                        .matches(alias + "." + Sql.name(key.get(i)), "g.key[" + (i + 1) + "]"))
                .collect(Collectors.joining(" and "));
    }

    // What is done to a stretch of it.

    /**
     * A parent that arrives while its child is taken out would leave the child lost: it has to come before or after.
     * Empty where the mirror does not write the parent.
     */
    Optional<String> holdParent() {
        return fix.key().parent().map(parent -> "lock table " + constraint.parentSql() + " in share mode");
    }

    /** Answers with how many rows there were. */
    String change(long first, long last) {
        String rows = " where g.step = " + step + " and g.id between " + first + " and " + last + " and "
                + matches("t", table, key) + " and " + constraint.orphan();
        String broken = fix.policy().removes()
                ? "delete from " + table.alone() + " as t using pg_temp.understudy_orphan as g" + rows
                        + " returning t.*"
                : "select t.* from " + table.alone() + " as t, pg_temp.understudy_orphan as g" + rows
                        + " for update of t";
        List<String> parts = new ArrayList<>();
        parts.add("broken as (" + broken + ")");
        parts.add("noted as (" + copy() + ")");
        parts.add("audited as (" + audit() + ")");
        if (fix.policy().alters()) {
            parts.add("altered as (update " + table.alone() + " as t set " + assignments() + " from broken as b where "
                    + same() + ")");
        }
        return "with " + String.join(", ", parts) + " select count(*) as rows from broken";
    }

    private String copy() {
        List<String> values = fix.policy().removes() ? table.storedNames() : fix.changed();
        return "insert into understudy.quarantine (mirror, schema_name, table_name, constraint_name, action, key, row_values, "
                + "refers_to, reason, after_lsn) select " + place() + ", " + Sql.literal(constraint.name()) + ", "
                + Sql.literal(fix.action()) + ", " + texts(key) + ", jsonb_object(array["
                + values.stream().map(Sql::literal).collect(Collectors.joining(", ")) + "]::text[], array["
                + values.stream().map(name -> "t." + Sql.name(name) + "::text").collect(Collectors.joining(", "))
                + "]::text[]), " + texts(constraint.columns()) + ", " + Sql.literal(reason())
                + ", (select applied_lsn from understudy.checkpoint where mirror = " + Sql.literal(mirror)
                + ") from broken as t on conflict (mirror, schema_name, table_name, key, constraint_name, action) "
                + "do update set row_values = excluded.row_values, refers_to = excluded.refers_to, reason = excluded.reason, "
                + "after_lsn = excluded.after_lsn, taken_at = excluded.taken_at, taken_in = excluded.taken_in, back = false";
    }

    private String audit() {
        return "insert into understudy.audit (mirror, schema_name, table_name, action, key, reason, details) select "
                + place() + ", " + Sql.literal("orphan-" + fix.policy().word()) + ", " + texts(key) + ", "
                + Sql.literal(reason()) + ", jsonb_build_object('constraint', " + Sql.literal(constraint.name())
                + ", 'policy', " + Sql.literal(fix.policy().word()) + ", 'columns', array["
                + fix.changed().stream().map(Sql::literal).collect(Collectors.joining(", ")) + "]::text[]"
                + ", 'copy', " + Sql.literal(fix.action()) + ") from broken as t";
    }

    private String place() {
        return Sql.literal(mirror) + ", " + Sql.literal(table.id().schema()) + ", "
                + Sql.literal(table.id().name());
    }

    private String reason() {
        return "The row refers to one of " + fix.key().referenced() + " that is not at the target ("
                + fix.key().columns() + "); ./understudy orphans --fix " + fix + ".";
    }

    private static String texts(List<String> names) {
        return "jsonb_build_array("
                + names.stream().map(name -> "t." + Sql.name(name) + "::text").collect(Collectors.joining(", ")) + ")";
    }

    private String assignments() {
        return fix.changed().stream()
                .map(name -> Sql.name(name) + " = "
                        + (fix.policy() == OrphanPolicy.NULL
                                ? "null"
                                : assigned(
                                        fix,
                                        constraint.columns().indexOf(name),
                                        Sql.literal(fix.assigned()
                                                        .get(constraint
                                                                .columns()
                                                                .indexOf(name)))
                                                + "::text")))
                .collect(Collectors.joining(", "));
    }

    /** The value for the foreign key's column at {@code place}, of its own type, out of {@code text}. */
    static String assigned(OrphanFix fix, int place, String text) {
        Column column =
                fix.table().column(fix.constraint().columns().get(place)).orElseThrow();
        return column.read("(" + text + ")");
    }

    private String same() {
        return key.stream()
                .map(name -> table.column(name)
                        .orElseThrow()
                        .equality()
                        .orElse("%s = %s")
                        .formatted("t." + Sql.name(name), "b." + Sql.name(name)))
                .collect(Collectors.joining(" and "));
    }

    // For people, and what is run once.

    /** What is done, without the list and the copies. */
    String told() {
        String orphans = table.alone() + " as t";
        String where = " where " + constraint.orphan();
        return fix.policy().removes()
                ? "delete from " + orphans + where
                : "update " + orphans + " set " + assignments() + where;
    }

    static String validate(OrphanKey key) {
        return "alter table " + key.table().sql() + " validate constraint "
                + Sql.name(key.constraint().name());
    }

    /** What makes the foreign key cheap to keep, once somebody deletes parents. */
    static String index(OrphanKey key) {
        return "create index " + (isOrdinary(key) ? "concurrently " : "") + "on "
                + key.table().sql() + " (" + Sql.names(key.constraint().columns()) + ")";
    }

    private static boolean isOrdinary(OrphanKey key) {
        return key.target()
                .table()
                .filter(there -> there.kind() == Table.Kind.ORDINARY)
                .isPresent();
    }

    /** What somebody runs who wants the target to have it as the source has; nobody who writes is held up for long. */
    static List<String> add(OrphanKey key) {
        Constraint constraint = key.constraint();
        String add = "alter table " + key.table().sql() + " add constraint " + Sql.name(constraint.name()) + " "
                + constraint.definition().replaceFirst(" NOT VALID$", "");
        // Before Postgres 18 a partitioned table takes no constraint that is not valid yet.
        return isOrdinary(key) ? List.of(add + " not valid", validate(key)) : List.of(add);
    }
}
