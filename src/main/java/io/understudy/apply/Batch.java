package io.understudy.apply;

import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.TableId;
import io.understudy.stream.Change;
import io.understudy.stream.Shape;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reduces changes to steps: a row that was changed five times is written once, and all rows of a table go into a few
 * statements. A truncate, a moved key or an altered table ends the open step of its table, so that nothing overtakes
 * it. Changes of tables that are no longer mirrored are left out: the log holds them until their table has left the
 * publication.
 */
final class Batch {

    private final Map<TableId, MirroredTable> tables;
    /** Altered tables leave their old writers behind; they go with the stream's next start. */
    private final Map<Shape, TableWriter> writers = new IdentityHashMap<>();

    Batch(Map<TableId, MirroredTable> tables) {
        this.tables = tables;
    }

    /** Takes it that the rows that are inserted are not at the target yet. */
    List<Step> reduce(List<Change> changes) {
        return steps(changes, true);
    }

    /**
     * Takes nothing for granted, not even that, and keeps the original order: for when a reduced batch was refused.
     * Only rows without a key stay together: they have no order, and each search for some reads the whole table.
     */
    List<Step> cautious(List<Change> changes) {
        return steps(changes, false);
    }

    private List<Step> steps(List<Change> changes, boolean insertsAreNew) {
        List<Step> steps = new ArrayList<>();
        Map<TableId, Step> open = new HashMap<>();
        for (Change change : changes) {
            if (change instanceof Change.Truncate truncate) {
                truncate.tables().forEach(open::remove);
                emptied(truncate).ifPresent(steps::add);
            } else if (change instanceof Change.OfRow row
                    && tables.containsKey(row.shape().table())) {
                add(row, insertsAreNew, steps, open);
                if (!insertsAreNew && !(open.get(row.shape().table()) instanceof WholeRows)) {
                    open.remove(row.shape().table());
                }
            }
        }
        return steps;
    }

    private Optional<Step> emptied(Change.Truncate truncate) {
        List<TableId> mirrored =
                truncate.tables().stream().filter(tables::containsKey).toList();
        boolean truncatable =
                mirrored.stream().allMatch(table -> tables.get(table).isTruncatableWith(mirrored));
        return mirrored.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Step.Emptied(mirrored.stream().map(tables::get).toList(), truncatable));
    }

    private void add(Change.OfRow change, boolean insertsAreNew, List<Step> steps, Map<TableId, Step> open) {
        TableWriter writer = writer(change.shape());
        if (writer instanceof WholeRowWriter wholeRow) {
            add(change, wholeRows(wholeRow, steps, open));
        } else if (writer instanceof KeyedWriter keyed) {
            add(change, keyed, insertsAreNew, steps, open);
        }
    }

    private static void add(Change.OfRow change, WholeRows rows) {
        if (change instanceof Change.Insert insert) {
            rows.insert(insert.row().values());
        } else if (change instanceof Change.Delete delete) {
            requireKey(rows.writer(), rows.writer().isIdentified());
            rows.delete(delete.oldRow().values());
        } else if (change instanceof Change.Update update) {
            requireKey(rows.writer(), rows.writer().isIdentified() && update.oldRow() != null);
            rows.delete(update.oldValues());
            rows.insert(update.row().values());
        }
    }

    private static void add(
            Change.OfRow change, KeyedWriter writer, boolean insertsAreNew, List<Step> steps, Map<TableId, Step> open) {
        if (change instanceof Change.Insert insert) {
            rows(writer, insertsAreNew, steps, open).insert(insert.row().values());
        } else if (change instanceof Change.Delete delete) {
            requireKey(
                    writer,
                    writer.isIdentified() && writer.hasKey(delete.oldRow().values()));
            rows(writer, insertsAreNew, steps, open).delete(delete.oldRow().values());
        } else if (change instanceof Change.Update update) {
            BitSet present = writer.present(update.row().values());
            requireKey(writer, writer.isIdentified() && (update.oldRow() == null || writer.hasKey(update.oldValues())));
            if (update.oldRow() == null
                    || writer.key(update.oldValues())
                            .equals(writer.key(update.row().values()))) {
                rows(writer, insertsAreNew, steps, open).update(update.row().values(), present);
            } else {
                moves(writer, update, present, steps, open)
                        .move(update.oldValues(), update.row().values());
            }
        }
    }

    /** The log carries the replica identity of the moment; a key that changed since the checks is not in it. */
    private static void requireKey(TableWriter writer, boolean there) {
        if (!there) {
            throw new SchemaDriftException(writer.table().id(), writer.table().key());
        }
    }

    private static WholeRows wholeRows(WholeRowWriter writer, List<Step> steps, Map<TableId, Step> open) {
        if (open.get(writer.table().id()) instanceof WholeRows rows && rows.writer() == writer) {
            return rows;
        }
        WholeRows rows = new WholeRows(writer);
        open.put(writer.table().id(), rows);
        steps.add(rows);
        return rows;
    }

    private static Step.Rows rows(
            KeyedWriter writer, boolean insertsAreNew, List<Step> steps, Map<TableId, Step> open) {
        if (open.get(writer.table().id()) instanceof Step.Rows rows && rows.writer() == writer) {
            return rows;
        }
        Step.Rows rows = new Step.Rows(writer, insertsAreNew);
        open.put(writer.table().id(), rows);
        steps.add(rows);
        return rows;
    }

    private static Step.Moves moves(
            KeyedWriter writer, Change.Update update, BitSet present, List<Step> steps, Map<TableId, Step> open) {
        if (open.get(writer.table().id()) instanceof Step.Moves moves
                && moves.writer() == writer
                && moves.takes(present, update.oldValues(), update.row().values())) {
            return moves;
        }
        Step.Moves moves = new Step.Moves(writer, present);
        open.put(writer.table().id(), moves);
        steps.add(moves);
        return moves;
    }

    private TableWriter writer(Shape shape) {
        MirroredTable table = tables.get(shape.table());
        TableWriter writer = writers.get(shape);
        if (writer == null || writer.table() != table) {
            // New, or looked at again since.
            writer = TableWriter.of(table, shape.renamed(table.formerNames()));
            writers.put(shape, writer);
        }
        return writer;
    }
}
