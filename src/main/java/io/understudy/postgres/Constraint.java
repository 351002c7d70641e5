package io.understudy.postgres;

import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a table demands of its rows, as the catalog has it.
 *
 * @param name a column's that must not be null has the column's name: older servers give it no other
 * @param columns those it is about; of a foreign key, in its order
 * @param referenced the table a foreign key refers to, else empty
 * @param referencedAlone whether that table is meant without those that inherit from it
 * @param equals the operators by which a foreign key compares, qualified
 * @param matchFull whether a foreign key forbids that only some of its columns are null
 * @param expression of a check
 * @param definition as somebody would write it
 * @param validated false when the rows that were there before were never looked at
 */
public record Constraint(
        Kind kind,
        String name,
        TableId table,
        List<String> columns,
        Optional<TableId> referenced,
        boolean referencedAlone,
        List<String> referencedColumns,
        List<String> equals,
        boolean matchFull,
        Optional<String> expression,
        String definition,
        boolean validated) {

    public enum Kind {
        FOREIGN_KEY("foreign key"),
        CHECK("check"),
        NOT_NULL("not null");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }
    }

    private static final String CONSTRAINTS = Sql.file(Constraint.class, "constraints.sql");

    /** All that are enforced. */
    public static List<Constraint> read(PostgresClient client) {
        List<Constraint> constraints = new ArrayList<>();
        for (Row row : client.query(CONSTRAINTS)) {
            String referenced = row.getString("referenced_table");
            constraints.add(new Constraint(
                    kind(row.getString("kind")),
                    row.getString("name"),
                    new TableId(row.getString("schema"), row.getString("table_name")),
                    List.of(row.getArrayOfStrings("columns")),
                    Optional.ofNullable(referenced).map(name -> new TableId(row.getString("referenced_schema"), name)),
                    row.getBoolean("referenced_alone"),
                    List.of(row.getArrayOfStrings("referenced_columns")),
                    List.of(row.getArrayOfStrings("equals")),
                    row.getBoolean("match_full"),
                    Optional.ofNullable(row.getString("expression")),
                    row.getString("definition"),
                    row.getBoolean("validated")));
        }
        return constraints;
    }

    private static Kind kind(String letter) {
        return switch (letter) {
            case "f" -> Kind.FOREIGN_KEY;
            case "c" -> Kind.CHECK;
            default -> Kind.NOT_NULL;
        };
    }

    /** By which it is named in a setting: {@code schema.table.constraint}. */
    public String path() {
        return table + "." + name;
    }

    public boolean isForeignKey() {
        return kind == Kind.FOREIGN_KEY;
    }

    /** Whether every row that keeps {@code other}, a constraint of the source, keeps this one too. */
    public boolean isImpliedBy(Constraint other) {
        return kind == other.kind
                && table.equals(other.table)
                && other.validated
                && columns.equals(other.columns)
                && referenced.equals(other.referenced)
                && referencedColumns.equals(other.referencedColumns)
                && (!matchFull || other.matchFull)
                && expression.equals(other.expression);
    }

    /** The table a foreign key refers to, in a statement. */
    public String parentSql() {
        return (referencedAlone ? "only " : "") + referenced.orElseThrow().sql();
    }

    /**
     * The condition under which a row of {@code t} has a foreign key that leads nowhere. A key with a null refers to
     * nothing, unless all of its columns have to be given together.
     */
    public String orphan() {
        return orphan(parentSql());
    }

    /** The same where {@code parents} are all that there are to refer to. */
    public String orphan(String parents) {
        List<String> given = new ArrayList<>();
        List<String> equal = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            String column = "t." + Sql.name(columns.get(i));
            given.add(column + " is not null");
            equal.add("p." + Sql.name(referencedColumns.get(i)) + " " + equals.get(i) + " " + column);
        }
        return "(" + String.join(matchFull ? " or " : " and ", given) + ") and not exists (select from " + parents
                + " as p where " + String.join(" and ", equal) + ")";
    }
}
