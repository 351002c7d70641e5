package io.understudy.stream;

import io.understudy.postgres.TableId;
import java.util.Collection;
import java.util.List;

/**
 * The columns in which the values of a change stand, as the source had them at that moment. Shared by all changes until
 * the table is altered, and compared by identity.
 *
 * @param identity the columns whose old values the log carries: the replica identity of that moment
 * @param relation the table's oid at the source; 0 when the capture does not tell it, nor the identity
 */
public record Shape(TableId table, List<String> columns, List<String> identity, int relation) {

    private static final int UNKNOWN = 0;

    /** As told by a capture that knows names only. */
    public Shape(TableId table, List<String> columns) {
        this(table, columns, List.of(), UNKNOWN);
    }

    /** Whether an old row carries the values of {@code key}, and an update that changes one of them an old row. */
    public boolean identifies(Collection<String> key) {
        return relation == UNKNOWN || identity.containsAll(key);
    }

    boolean describes(Shape other) {
        return relation == other.relation
                && table.equals(other.table)
                && columns.equals(other.columns)
                && identity.equals(other.identity);
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
