package io.understudy.masking;

import io.understudy.postgres.TableId;

/** A column of a table of the source. */
record Place(TableId table, String column) {
    @Override
    public String toString() {
        return table + "." + column;
    }
}
