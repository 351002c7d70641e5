package io.understudy.stream;

/**
 * A change as the log has it. Lives between a capture's decoder and its {@link Door}, and nowhere else: it may hold what
 * must not leave production.
 */
sealed interface RawChange {

    long weight();

    enum Kind {
        INSERT,
        UPDATE,
        DELETE
    }

    /**
     * @param oldRow of an update that changed the key, and of a delete; else null
     * @param row null of a delete
     */
    record OfRow(Kind kind, Shape shape, String[] oldRow, String[] row) implements RawChange {
        @Override
        public long weight() {
            return 64 + Change.weightOf(oldRow) + Change.weightOf(row);
        }
    }

    record Emptied(Change.Truncate truncate) implements RawChange {
        @Override
        public long weight() {
            return truncate.weight();
        }
    }

    /** Stands for all changes of a table that cannot be judged. */
    record Withheld(Change.Lost lost) implements RawChange {
        @Override
        public long weight() {
            return lost.weight();
        }
    }

    static RawChange insert(Shape shape, String[] row) {
        return new OfRow(Kind.INSERT, shape, null, row);
    }

    static RawChange update(Shape shape, String[] oldRow, String[] row) {
        return new OfRow(Kind.UPDATE, shape, oldRow, row);
    }

    static RawChange delete(Shape shape, String[] oldRow) {
        return new OfRow(Kind.DELETE, shape, oldRow, null);
    }
}
