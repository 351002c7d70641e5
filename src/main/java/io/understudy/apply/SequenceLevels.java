package io.understudy.apply;

import io.understudy.postgres.ColumnSequence;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.SequenceLevel;
import io.understudy.postgres.Session;
import io.understudy.postgres.TableId;
import io.understudy.stream.Change;
import io.understudy.stream.Shape;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Raises the target's sequences above the values that the rows of a target transaction bring, in that transaction: who
 * sees the rows is given none of their values by {@code nextval}. What sequences do without rows, and downwards, is
 * followed by {@code SequenceKeeper}.
 *
 * <p>A crash between the raise and the commit leaves a sequence raised for rows that were rolled back, because {@code
 * setval} is not. The raise is only ever up and the rows come again: a few values are left out, none is given twice.
 *
 * <p>As the target's catalog was when the stream began. A sequence that was replaced since is only followed by the
 * keeper.
 */
final class SequenceLevels {

    /** A column of a shape that a sequence fills. */
    private record Place(int index, ColumnSequence column) {}

    private final Map<TableId, List<ColumnSequence>> columns = new HashMap<>();
    private final Map<TableId, MirroredTable> tables;
    private final Map<Shape, List<Place>> places = new IdentityHashMap<>();
    /** Of the open target transaction: the value farthest ahead in each column. */
    private final Map<ColumnSequence, Long> farthest = new HashMap<>();

    /** @param tables those that are mirrored; a live view */
    SequenceLevels(List<ColumnSequence> columns, Map<TableId, MirroredTable> tables) {
        this.tables = tables;
        for (ColumnSequence column : columns) {
            this.columns
                    .computeIfAbsent(column.table(), table -> new ArrayList<>())
                    .add(column);
        }
    }

    static SequenceLevels of(Session target, Map<TableId, MirroredTable> tables) {
        return new SequenceLevels(ColumnSequence.read(target), tables);
    }

    void note(List<Change> changes) {
        for (Change change : changes) {
            if (change instanceof Change.Insert insert) {
                note(insert.shape(), insert.row().values());
            } else if (change instanceof Change.Update update) {
                note(update.shape(), update.row().values());
            } else if (change instanceof Change.Truncate truncate) {
                // Values that no row has any more keep no sequence up: it may have been restarted with the truncate.
                farthest.keySet().removeIf(column -> truncate.tables().contains(column.table()));
            }
        }
    }

    private void note(Shape shape, String[] row) {
        for (Place place : places.computeIfAbsent(shape, this::placesOf)) {
            ColumnSequence column = place.column();
            OptionalLong value = plainInteger(row[place.index()]);
            if (value.isPresent() && mayCollide(column, value.getAsLong())) {
                farthest.merge(column, value.getAsLong(), column.ascending() ? Math::max : Math::min);
            }
        }
    }

    /** Pseudonyms of a key are anywhere in its range: they would use up the sequence. */
    private List<Place> placesOf(Shape shape) {
        MirroredTable table = tables.get(shape.table());
        return columns.getOrDefault(shape.table(), Collections.emptyList()).stream()
                .filter(column -> table == null || !table.masked().contains(column.column()))
                .map(column -> new Place(shape.columns().indexOf(column.column()), column))
                .filter(place -> place.index() >= 0)
                .toList();
    }

    /**
     * A value beyond the bounds is never given. Neither is the very last one taken for a level: rows that mean
     * something special (2147483647: "unknown") have it, and would leave staging's sequence nothing to give. A sequence
     * that is really at its end is so at the source, which the keeper sees.
     */
    private static boolean mayCollide(ColumnSequence column, long value) {
        return column.ascending()
                ? column.lowest() <= value && value < column.highest()
                : column.lowest() < value && value <= column.highest();
    }

    /** Only what may be the text of a {@code bigint}: a numeric or text column may hold anything. */
    private static OptionalLong plainInteger(String text) {
        // 19 digits and a sign. The letters of Change.UNCHANGED are none.
        if (text == null || text.isEmpty() || text.length() > 20) {
            return OptionalLong.empty();
        }
        int first = text.charAt(0) == '-' ? 1 : 0;
        for (int i = first; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return OptionalLong.empty();
            }
        }
        try {
            return OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException beyondBigint) {
            return OptionalLong.empty();
        }
    }

    /** For all that was noted since the last {@link #forget}, if there is anything to raise. */
    Optional<Step.Statement> raise() {
        if (farthest.isEmpty()) {
            return Optional.empty();
        }
        Map<TableId, Long> values = new HashMap<>();
        farthest.forEach(
                (column, value) -> values.merge(column.sequence(), value, column.ascending() ? Math::max : Math::min));
        return Optional.of(new Step.Statement(
                null,
                SequenceLevel.RAISE,
                Tuple.from(SequenceLevel.arguments(
                        List.copyOf(values.keySet()),
                        List.copyOf(values.values()),
                        Collections.nCopies(values.size(), true))),
                Step.Statement.ANY));
    }

    void forget() {
        farthest.clear();
    }
}
