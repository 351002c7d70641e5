package io.understudy.apply;

import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.TableId;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Part of a batch that becomes a handful of statements. Steps of one table keep their order; tables do not wait for
 * each other.
 */
sealed interface Step permits Step.Rows, Step.Moves, Step.Emptied, WholeRows {

    /** @param expectedRows how many rows it should touch; {@link #ANY} where no such number is known */
    record Statement(TableId table, String sql, Tuple arguments, int expectedRows) {
        static final int ANY = -1;
    }

    List<Statement> statements();

    /** The last state of every row that the batch touches, by key. */
    final class Rows implements Step {

        private sealed interface Last {}

        private record Inserted(String[] row) implements Last {}

        private record Upserted(String[] row) implements Last {}

        private record Updated(String[] row, BitSet present) implements Last {}

        private record Deleted(String[] oldRow) implements Last {}

        private final KeyedWriter writer;
        private final boolean insertsAreNew;
        private final Map<Object, Last> rows = new LinkedHashMap<>();

        /** @param insertsAreNew false when an insert has met a row that was already there */
        Rows(KeyedWriter writer, boolean insertsAreNew) {
            this.writer = writer;
            this.insertsAreNew = insertsAreNew;
        }

        KeyedWriter writer() {
            return writer;
        }

        /** A key that the batch has not seen is new to the target as well, unless somebody wrote it there. */
        void insert(String[] row) {
            Object key = writer.key(row);
            rows.put(key, insertsAreNew && !rows.containsKey(key) ? new Inserted(row) : new Upserted(row));
        }

        void delete(String[] oldRow) {
            rows.put(writer.key(oldRow), new Deleted(oldRow));
        }

        /** An update that lacks TOASTed values takes them from the batch's earlier state of the row, if it has one. */
        void update(String[] row, BitSet present) {
            if (writer.isComplete(present)) {
                rows.compute(
                        writer.key(row),
                        (key, before) -> before instanceof Inserted ? new Inserted(row) : new Upserted(row));
                return;
            }
            Object key = writer.key(row);
            Last before = rows.get(key);
            if (before instanceof Inserted inserted) {
                rows.put(key, new Inserted(merged(inserted.row(), row, present)));
            } else if (before instanceof Upserted upserted) {
                rows.put(key, new Upserted(merged(upserted.row(), row, present)));
            } else if (before instanceof Updated updated) {
                BitSet both = (BitSet) updated.present().clone();
                both.or(present);
                rows.put(key, new Updated(merged(updated.row(), row, present), both));
            } else {
                rows.put(key, new Updated(row, present));
            }
        }

        private static String[] merged(String[] before, String[] row, BitSet present) {
            String[] merged = before.clone();
            present.stream().forEach(place -> merged[place] = row[place]);
            return merged;
        }

        /** Deletes first, so that unique values they hold are free for the others. */
        @Override
        public List<Statement> statements() {
            List<String[]> deletes = new ArrayList<>();
            List<String[]> inserts = new ArrayList<>();
            List<String[]> upserts = new ArrayList<>();
            Map<BitSet, List<String[]>> updates = new LinkedHashMap<>();
            for (Last last : rows.values()) {
                if (last instanceof Deleted deleted) {
                    deletes.add(deleted.oldRow());
                } else if (last instanceof Inserted inserted) {
                    inserts.add(inserted.row());
                } else if (last instanceof Upserted upserted) {
                    upserts.add(upserted.row());
                } else if (last instanceof Updated updated) {
                    updates.computeIfAbsent(updated.present(), present -> new ArrayList<>())
                            .add(updated.row());
                }
            }
            if (!writer.upserts()) {
                inserts.addAll(upserts);
                upserts.clear();
                deletes.addAll(inserts);
            }
            List<Statement> statements = new ArrayList<>();
            TableId table = writer.table().id();
            if (!deletes.isEmpty()) {
                statements.add(new Statement(table, writer.delete(), writer.deleteArguments(deletes), Statement.ANY));
            }
            updates.forEach((present, same) -> updateOf(present, same).ifPresent(statements::add));
            if (!inserts.isEmpty()) {
                statements.add(new Statement(table, writer.insert(), writer.rowArguments(inserts), Statement.ANY));
            }
            if (!upserts.isEmpty()) {
                statements.add(new Statement(table, writer.upsert(), writer.rowArguments(upserts), Statement.ANY));
            }
            return statements;
        }

        private Optional<Statement> updateOf(BitSet present, List<String[]> same) {
            BitSet settable = writer.withoutKey(present);
            return settable.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Statement(
                            writer.table().id(),
                            writer.update(settable),
                            writer.updateArguments(settable, same, same),
                            same.size()));
        }
    }

    /** Updates that moved the key, as long as none of them meets another's old or new key. */
    final class Moves implements Step {

        private final KeyedWriter writer;
        private final BitSet present;
        private final Set<Object> keys = new HashSet<>();
        private final List<String[]> oldRows = new ArrayList<>();
        private final List<String[]> rows = new ArrayList<>();

        Moves(KeyedWriter writer, BitSet present) {
            this.writer = writer;
            this.present = present;
        }

        KeyedWriter writer() {
            return writer;
        }

        boolean takes(BitSet otherPresent, String[] oldRow, String[] row) {
            return present.equals(otherPresent)
                    && !keys.contains(writer.key(oldRow))
                    && !keys.contains(writer.key(row));
        }

        void move(String[] oldRow, String[] row) {
            keys.add(writer.key(oldRow));
            keys.add(writer.key(row));
            oldRows.add(oldRow);
            rows.add(row);
        }

        @Override
        public List<Statement> statements() {
            return List.of(new Statement(
                    writer.table().id(),
                    writer.update(present),
                    writer.updateArguments(present, oldRows, rows),
                    rows.size()));
        }
    }

    /**
     * Tables emptied together.
     *
     * @param truncatable false when the target has a foreign key to one of them from somewhere else, which forbids
     *     truncate
     */
    record Emptied(List<MirroredTable> tables, boolean truncatable) implements Step {
        @Override
        public List<Statement> statements() {
            if (truncatable) {
                String names =
                        tables.stream().map(table -> table.target().alone()).collect(Collectors.joining(", "));
                return List.of(statement(tables.get(0), "truncate " + names));
            }
            return tables.stream()
                    .map(table ->
                            statement(table, "delete from " + table.target().alone()))
                    .toList();
        }

        private static Statement statement(MirroredTable table, String sql) {
            return new Statement(table.id(), sql, Tuple.tuple(), Statement.ANY);
        }
    }
}
