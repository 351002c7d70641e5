package io.understudy.masking;

import io.understudy.postgres.TableId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The rules, resolved against the tables that there are. What it does not know does not leave: a column that appeared
 * since, or a table by a name of its own, is answered with nothing until both databases were looked at again.
 */
public final class MaskingPolicy {

    /** Without any rule: every value leaves as it is. */
    public static final MaskingPolicy NONE = new MaskingPolicy(true, Canaries.NONE, Map.of(), Map.of(), Map.of());

    private final boolean open;
    private final Canaries canaries;
    private final Map<TableId, TableMasks> tables;
    /** By the source's oid, which stays when a table is renamed. */
    private final Map<Long, TableMasks> relations;
    /** The signatures that each column had since the process started, in their order. */
    private final Map<TableId, Map<String, List<String>>> history;

    /** @param open there is no rule at all */
    MaskingPolicy(boolean open, Canaries canaries, Map<TableId, TableMasks> tables, Map<Long, TableMasks> relations) {
        this(open, canaries, tables, relations, Map.of());
    }

    private MaskingPolicy(
            boolean open,
            Canaries canaries,
            Map<TableId, TableMasks> tables,
            Map<Long, TableMasks> relations,
            Map<TableId, Map<String, List<String>>> history) {
        this.open = open;
        this.canaries = canaries;
        this.tables = tables;
        this.relations = relations;
        this.history = history;
    }

    /** The same, and what an earlier one knew of tables that are no longer there: their last changes are on their way. */
    public MaskingPolicy after(MaskingPolicy earlier) {
        if (open && earlier.history.isEmpty()) {
            return this;
        }
        if (open) {
            return new MaskingPolicy(true, canaries, tables, relations, historyAfter(earlier));
        }
        Map<TableId, TableMasks> all = new HashMap<>(earlier.tables);
        Map<Long, TableMasks> allRelations = new HashMap<>(earlier.relations);
        tables.forEach((table, masks) -> {
            TableMasks before = earlier.relations.get(masks.relation());
            TableMasks both = before == null ? masks : masks.after(before);
            all.put(table, both);
            allRelations.put(masks.relation(), both);
        });
        return new MaskingPolicy(false, canaries, all, allRelations, historyAfter(earlier));
    }

    private Map<TableId, Map<String, List<String>>> historyAfter(MaskingPolicy earlier) {
        Map<TableId, Map<String, List<String>>> all = new HashMap<>(earlier.history);
        tables.forEach((table, masks) -> {
            Map<String, List<String>> columns = new HashMap<>();
            Map<String, String> signatures = masks.signatures();
            masks.numbers()
                    .keySet()
                    .forEach(column -> columns.put(
                            column,
                            continued(
                                    earlier.history
                                            .getOrDefault(table, Map.of())
                                            .getOrDefault(column, List.of()),
                                    signatures.getOrDefault(column, Signatures.KEEP))));
            all.put(table, columns);
        });
        if (open) {
            all.replaceAll((table, columns) -> {
                Map<String, List<String>> kept = new HashMap<>(columns);
                kept.replaceAll((column, before) -> continued(before, Signatures.KEEP));
                return kept;
            });
        }
        return all;
    }

    private static List<String> continued(List<String> before, String now) {
        if (!before.isEmpty() && before.get(before.size() - 1).equals(now)) {
            return before;
        }
        List<String> longer = new ArrayList<>(before);
        longer.add(now);
        return longer;
    }

    /** What a column's values were masked by since the process started, one signature at least. */
    List<String> history(TableId table, String column) {
        return history.getOrDefault(table, Map.of()).getOrDefault(column, List.of(Signatures.KEEP));
    }

    /** Those with a history. */
    Set<String> columns(TableId table) {
        return history.getOrDefault(table, Map.of()).keySet();
    }

    private Optional<TableMasks> find(TableId table, long relation) {
        TableMasks found = relation == 0 ? null : relations.get(relation);
        return Optional.ofNullable(found == null ? tables.get(table) : found);
    }

    private TableMasks of(TableId table) {
        return tables.getOrDefault(table, TableMasks.NONE);
    }

    /** Whether it was decided with these columns in view. If not, a look at the source should come first. */
    public boolean knows(TableId table, List<String> columns, long relation) {
        return open
                || find(table, relation).filter(masks -> masks.knows(columns)).isPresent();
    }

    /** For one thread. Of what it does not know nothing leaves. */
    public RowMasker masker(TableId table, List<String> columns, long relation) {
        if (open) {
            return new RowMasker(List.of(), canaries, table);
        }
        TableMasks masks = find(table, relation).orElse(TableMasks.NONE);
        List<RowMasker.Place> places = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            TableMasks.Decision decision = masks.decision(columns.get(i));
            if (decision.mask().isPresent()) {
                TableMasks.ColumnMask mask = decision.mask().get();
                int[] seeds = places(mask.seeds(), columns, masks);
                boolean seeded = IntStream.of(seeds).allMatch(index -> index >= 0);
                places.add(new RowMasker.Place(i, seeded ? mask.mask() : null, seeds));
            } else if (!decision.leaves()) {
                places.add(new RowMasker.Place(i, null, new int[0]));
            }
        }
        return new RowMasker(places, canaries, table);
    }

    /** Where these columns stand, by whatever name. */
    private static int[] places(List<String> names, List<String> columns, TableMasks masks) {
        List<String> present = columns.stream()
                .map(column -> masks.formerly().getOrDefault(column, column))
                .toList();
        return names.stream().mapToInt(present::indexOf).toArray();
    }

    /** For one thread; empty when the lines of these columns may leave as they are, without being looked at. */
    public Optional<CopyLine> copyLine(TableId table, List<String> columns) {
        return copyLine(table, columns, 0);
    }

    /** @param more fields behind those of the columns, which are no values of the table */
    public Optional<CopyLine> copyLine(TableId table, List<String> columns, int more) {
        TableMasks masks = of(table);
        for (String column : columns) {
            if (!open && !masks.decision(column).leaves()) {
                throw new IllegalStateException(
                        "nothing was decided on " + table + "." + column + ", which was about to be copied");
            }
        }
        if (columns.stream().noneMatch(masks.masked()::containsKey)) {
            return Optional.empty();
        }
        Mask[] byPlace = new Mask[columns.size() + more];
        int[][] seeds = new int[byPlace.length][];
        for (int i = 0; i < columns.size(); i++) {
            TableMasks.ColumnMask mask = masks.masked().get(columns.get(i));
            if (mask != null) {
                // Without what seeds it, it stays at the source.
                boolean seeded = columns.containsAll(mask.seeds());
                byPlace[i] = seeded ? mask.mask() : new PlainMask(value -> null, 1);
                seeds[i] = seeded ? seeds(mask, i, columns) : null;
            }
        }
        return Optional.of(new CopyLine(byPlace, seeds));
    }

    /** Columns without whose raw values those of {@code column} cannot be masked. */
    public List<String> seeds(TableId table, String column) {
        return Optional.ofNullable(of(table).masked().get(column))
                .map(TableMasks.ColumnMask::seeds)
                .orElse(List.of());
    }

    /** Null for one that goes by its value alone. Without a key a value seeds itself. */
    private static int[] seeds(TableMasks.ColumnMask mask, int place, List<String> columns) {
        if (!mask.rule().seeded()) {
            return null;
        }
        return mask.seeds().isEmpty()
                ? new int[] {place}
                : mask.seeds().stream().mapToInt(columns::indexOf).toArray();
    }

    /** Columns whose values stay at the source. */
    public Set<String> withheld(TableId table) {
        return of(table).withheld();
    }

    /** By what the values of each column are masked; those that leave as they are are not named. */
    public Map<String, String> signatures(TableId table) {
        return of(table).signatures();
    }

    /** The rules in force, by column. */
    public Map<String, String> rules(TableId table) {
        return of(table).words();
    }

    /** Columns that hold other values than those of the source: what staging's sequences do is no longer theirs to tell. */
    public Set<String> masked(TableId table) {
        return new HashSet<>(of(table).masked().keySet());
    }

    public Canaries canaries() {
        return canaries;
    }

    public boolean isOpen() {
        return open;
    }
}
