package io.understudy.stream;

import io.understudy.masking.MaskedRow;
import io.understudy.postgres.TableId;
import java.util.List;

/**
 * What a source transaction did, in values that may leave production. They are Postgres text, null is SQL null, and they
 * stand in the order of the shape.
 */
public sealed interface Change {

    /**
     * Stands for a TOASTed value that the update did not touch and the log therefore does not carry. Compared by
     * identity: no text that a row may hold can be mistaken for it.
     */
    String UNCHANGED = MaskedRow.UNCHANGED;

    /** A rough count of the bytes it holds, by which buffers are bounded. */
    long weight();

    /** A change of one row. */
    sealed interface OfRow extends Change {
        Shape shape();
    }

    record Insert(Shape shape, MaskedRow row) implements OfRow {
        @Override
        public long weight() {
            return weightOf(row);
        }
    }

    /**
     * @param oldRow where the key was before, when the update changed it (only key values are to be relied on), else
     * null
     */
    record Update(Shape shape, MaskedRow oldRow, MaskedRow row) implements OfRow {

        /** Null when the key stayed. */
        public String[] oldValues() {
            return oldRow == null ? null : oldRow.values();
        }

        @Override
        public long weight() {
            return weightOf(row) + (oldRow == null ? 0 : weightOf(oldRow));
        }
    }

    /** @param oldRow the deleted row, of which only the key values are to be relied on */
    record Delete(Shape shape, MaskedRow oldRow) implements OfRow {
        @Override
        public long weight() {
            return weightOf(oldRow);
        }
    }

    /**
     * Tables emptied by one statement: together, because foreign keys between them forbid one after the other.
     *
     * @param relations their oids at the source, in the same order; empty when the capture does not tell them
     */
    record Truncate(List<TableId> tables, List<Long> relations) implements Change {

        /** As told by a capture that knows names only. */
        public Truncate(List<TableId> tables) {
            this(tables, List.of());
        }

        @Override
        public long weight() {
            return 64;
        }
    }

    /**
     * Changes of a table were not released, because nobody could say which rows its filter lets through. What the target
     * has of it is of no use until it is copied again.
     *
     * @param relation its oid at the source; 0 when the capture does not tell it
     * @param because a sentence
     */
    record Lost(TableId table, long relation, String because) implements Change {
        @Override
        public long weight() {
            return 64 + 2L * because.length();
        }
    }

    private static long weightOf(MaskedRow row) {
        return 64 + weightOf(row.values());
    }

    static long weightOf(String[] values) {
        long weight = 0;
        for (int i = 0; values != null && i < values.length; i++) {
            // Object header, array header and reference; a letter takes one byte or two.
            String value = values[i];
            weight += value == null || value == UNCHANGED ? 4 : 44 + 2L * value.length();
        }
        return weight;
    }
}
