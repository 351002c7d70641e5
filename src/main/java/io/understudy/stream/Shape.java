package io.understudy.stream;

import io.understudy.postgres.TableId;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The columns in which the values of a change stand, as the source had them at that moment. Shared by all changes until
 * the table is altered, and compared by identity.
 *
 * @param identity the columns whose old values the log carries: the replica identity of that moment
 * @param types of the columns, each as {@link #type} says it; empty when the capture does not tell them
 * @param relation the table's oid at the source; 0 when the capture does not tell it, nor the identity
 */
public record Shape(TableId table, List<String> columns, List<String> identity, long relation, List<String> types) {

    private static final int UNKNOWN = 0;

    /** As told by a capture that knows names only. */
    public Shape(TableId table, List<String> columns) {
        this(table, columns, List.of(), UNKNOWN, List.of());
    }

    /** A type as the log tells it, by its oid and its length or precision. */
    public static String type(long oid, int modifier) {
        return oid + ":" + modifier;
    }

    /** The same columns by their present names. */
    public Shape renamed(Map<String, String> formerNames) {
        return formerNames.keySet().stream().noneMatch(columns::contains)
                ? this
                : new Shape(table, present(columns, formerNames), present(identity, formerNames), relation, types);
    }

    private static List<String> present(List<String> names, Map<String, String> formerNames) {
        return names.stream().map(name -> formerNames.getOrDefault(name, name)).toList();
    }

    /** Whether an old row carries the values of {@code key}, and an update that changes one of them an old row. */
    public boolean identifies(Collection<String> key) {
        return relation == UNKNOWN || identity.containsAll(key);
    }

    boolean describes(Shape other) {
        return relation == other.relation
                && table.equals(other.table)
                && columns.equals(other.columns)
                && identity.equals(other.identity)
                && types.equals(other.types);
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
