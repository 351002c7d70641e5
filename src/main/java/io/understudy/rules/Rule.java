package io.understudy.rules;

import io.understudy.postgres.Constraint;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.Sql;
import io.understudy.postgres.TableId;
import java.util.List;
import java.util.Optional;

/**
 * A constraint of the target that production's rows may break, and what becomes of those that do.
 *
 * @param table whose constraint it is
 * @param parent the table a foreign key refers to, if that is mirrored too
 * @param follows whether nobody chose the policy: rows that refer to quarantined ones follow them
 */
public record Rule(
        Constraint constraint, Policy policy, MirroredTable table, Optional<MirroredTable> parent, boolean follows) {

    public TableId child() {
        return table.id();
    }

    public Optional<TableId> parentId() {
        return parent.map(MirroredTable::id);
    }

    /** The same as long as neither the constraint nor the policy is another. */
    public String signature() {
        return constraint.path() + "=" + policy.word() + " " + constraint.definition();
    }

    /** The condition under which a row of {@code t} breaks it. A check that is unknown is kept, as Postgres has it. */
    public String broken() {
        return switch (constraint.kind()) {
            case FOREIGN_KEY -> constraint.orphan();
            case CHECK -> "(" + constraint.expression().orElseThrow() + ") is false";
            case NOT_NULL -> "t." + Sql.name(constraint.name()) + " is null";
        };
    }

    /** Rows of production that break it, those left out that are not mirrored: what stands behind {@code from}. */
    public String brokenAtSource() {
        String rows = table.source().alone();
        if (table.filter().isPresent()) {
            rows = "(select * from " + rows + table.filterSql("where") + ")";
        }
        String orphan = hasFilteredParent()
                ? constraint.orphan("(select * from " + constraint.parentSql()
                        + parent.orElseThrow().filterSql("where") + ")")
                : broken();
        return rows + " as t where " + orphan;
    }

    /** Whether production has rows to refer to that are not mirrored. */
    public boolean hasFilteredParent() {
        return parent.flatMap(MirroredTable::filter).isPresent();
    }

    /** What {@link Policy#NULL} empties. */
    public List<String> emptied() {
        return Policy.emptied(constraint, table);
    }

    /** Whether the values that are referred to are all in the parent's key, which every change of a row carries. */
    public boolean refersToKey() {
        return parent.map(mirrored -> mirrored.key().containsAll(constraint.referencedColumns()))
                .orElse(true);
    }

    public String columns() {
        return constraint.columns().size() == 1
                ? "column " + constraint.columns().get(0)
                : "columns " + String.join(", ", constraint.columns());
    }

    /** What can be typed to choose another policy. */
    public String setting(Policy other) {
        return "understudy.constraints=" + constraint.path() + "=" + other.word();
    }

    /** By identity: it is looked up for every row, and holds whole tables. */
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public String toString() {
        return constraint.path() + "=" + policy.word();
    }
}
