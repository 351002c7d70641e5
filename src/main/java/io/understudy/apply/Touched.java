package io.understudy.apply;

import io.understudy.postgres.TableId;
import io.understudy.rules.Rule;
import io.understudy.stream.Change;
import io.understudy.stream.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What of a batch concerns the rules: keys of rows, and values by which rows are referred to. All as text. */
final class Touched {

    /** By key of the table: rows that are about to change, as they are called before. */
    final Map<TableId, Set<List<String>>> before = new LinkedHashMap<>();
    /** Rows that were written, as they are called afterwards. */
    final Map<TableId, Set<List<String>>> after = new LinkedHashMap<>();
    /** What can no longer be referred to, and what rows without a key refer to. */
    final Map<Rule, Set<List<String>>> departed = new LinkedHashMap<>();
    /** What can be referred to from now on. */
    final Map<Rule, Set<List<String>>> arrived = new LinkedHashMap<>();
    /** Keys of parents whose changes do not carry what they were referred to by. */
    final Map<Rule, Set<List<String>>> unknown = new LinkedHashMap<>();

    final Set<TableId> truncated = new LinkedHashSet<>();

    private final Map<TableId, List<Rule>> ofChild;
    private final Map<TableId, List<Rule>> ofParent;
    private final Map<Shape, Map<List<String>, int[]>> places = new HashMap<>();

    Touched(List<Change> changes, Map<TableId, List<Rule>> ofChild, Map<TableId, List<Rule>> ofParent) {
        this.ofChild = ofChild;
        this.ofParent = ofParent;
        for (Change change : changes) {
            if (change instanceof Change.Truncate truncate) {
                truncate.tables().stream().filter(this::isConcerned).forEach(truncated::add);
            } else if (change instanceof Change.OfRow row
                    && isConcerned(row.shape().table())) {
                take(row);
            }
        }
    }

    private boolean isConcerned(TableId table) {
        return ofChild.containsKey(table) || ofParent.containsKey(table);
    }

    boolean isNothing() {
        return before.isEmpty() && truncated.isEmpty() && arrived.isEmpty() && departed.isEmpty() && unknown.isEmpty();
    }

    private void take(Change.OfRow change) {
        if (change instanceof Change.Insert insert) {
            rows(change.shape(), null, insert.row().values());
            references(change.shape(), null, insert.row().values(), true);
        } else if (change instanceof Change.Delete delete) {
            rows(change.shape(), delete.oldRow().values(), null);
            references(change.shape(), delete.oldRow().values(), null, false);
        } else if (change instanceof Change.Update update) {
            rows(change.shape(), update.oldValues(), update.row().values());
            references(change.shape(), update.oldValues(), update.row().values(), false);
        }
    }

    private void rows(Shape shape, String[] oldRow, String[] row) {
        List<Rule> rules = ofChild.getOrDefault(shape.table(), List.of());
        List<String> key = rules.isEmpty() ? List.of() : rules.get(0).table().key();
        if (key.isEmpty()) {
            rules.forEach(
                    rule -> add(departed, rule, values(shape, rule.constraint().columns(), row)));
        } else {
            add(before, shape.table(), values(shape, key, oldRow));
            add(before, shape.table(), values(shape, key, row));
            add(after, shape.table(), values(shape, key, row));
        }
    }

    /** Of an update that leaves the key alone the log says what the row is like now, not what it was like. */
    private void references(Shape shape, String[] oldRow, String[] row, boolean isNew) {
        for (Rule rule : ofParent.getOrDefault(shape.table(), List.of())) {
            List<String> referenced = rule.constraint().referencedColumns();
            List<String> key = rule.parent().orElseThrow().key();
            if (rule.refersToKey() || key.isEmpty()) {
                add(departed, rule, values(shape, referenced, oldRow));
                // A row that enters a filter arrives by an update that looks like any other.
                if (isNew || oldRow != null || rule.hasFilteredParent()) {
                    add(arrived, rule, values(shape, referenced, row));
                }
            } else {
                if (!isNew) {
                    add(unknown, rule, values(shape, key, oldRow == null ? row : oldRow));
                }
                add(arrived, rule, values(shape, referenced, row));
            }
        }
    }

    private static <K> void add(Map<K, Set<List<String>>> all, K of, List<String> values) {
        if (!values.isEmpty()) {
            all.computeIfAbsent(of, none -> new LinkedHashSet<>()).add(values);
        }
    }

    /** Empty when one of them is null or not known. */
    private List<String> values(Shape shape, List<String> names, String[] row) {
        if (row == null) {
            return List.of();
        }
        int[] at = places.computeIfAbsent(shape, none -> new HashMap<>())
                .computeIfAbsent(
                        names,
                        none -> names.stream()
                                .mapToInt(name -> shape.columns().indexOf(name))
                                .toArray());
        List<String> values = new ArrayList<>(at.length);
        for (int place : at) {
            if (place < 0 || row[place] == null || row[place] == Change.UNCHANGED) {
                return List.of();
            }
            values.add(row[place]);
        }
        return values;
    }
}
