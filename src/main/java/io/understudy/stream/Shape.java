package io.understudy.stream;

import io.understudy.postgres.TableId;
import java.util.List;

/**
 * The columns in which the values of a change stand, as the source had them at that moment. Shared by all changes until
 * the table is altered, and compared by identity.
 */
public record Shape(TableId table, List<String> columns) {

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
