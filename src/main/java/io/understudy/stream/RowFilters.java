package io.understudy.stream;

import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The row filters, resolved against the tables that there are, those without one included. */
public final class RowFilters {

    /** All rows of all tables. */
    public static final RowFilters NONE = new RowFilters(Map.of(), Map.of());

    private final Map<TableId, Optional<RowFilter>> tables;
    /** By the source's oid, which stays when a table is renamed. */
    private final Map<Long, Optional<RowFilter>> relations;

    private RowFilters(Map<TableId, Optional<RowFilter>> tables, Map<Long, Optional<RowFilter>> relations) {
        this.tables = tables;
        this.relations = relations;
    }

    /** @param tables all that are mirrored */
    public static RowFilters of(Collection<Table> tables, Map<TableId, RowFilter> filters) {
        Map<TableId, Optional<RowFilter>> byName = new HashMap<>();
        Map<Long, Optional<RowFilter>> byRelation = new HashMap<>();
        for (Table table : tables) {
            Optional<RowFilter> filter = Optional.ofNullable(filters.get(table.id()));
            byName.put(table.id(), filter);
            byRelation.put(table.relation(), filter);
        }
        return new RowFilters(byName, byRelation);
    }

    /** The same, for tables of which these columns do not leave. */
    public RowFilters leavingOut(Map<TableId, Set<String>> columns) {
        if (this == NONE) {
            return NONE;
        }
        Map<TableId, Optional<RowFilter>> names = new HashMap<>(tables);
        names.replaceAll((table, filter) -> leavingOut(filter, columns));
        Map<Long, Optional<RowFilter>> oids = new HashMap<>(relations);
        oids.replaceAll((relation, filter) -> leavingOut(filter, columns));
        return new RowFilters(names, oids);
    }

    private static Optional<RowFilter> leavingOut(Optional<RowFilter> filter, Map<TableId, Set<String>> columns) {
        return filter.map(one -> one.leavingOut(columns.getOrDefault(one.table().id(), Set.of())));
    }

    /** Whether the table is to stay empty. */
    boolean isNever(TableId table, long relation) {
        Optional<RowFilter> found = relations.get(relation);
        Optional<RowFilter> filter = found == null ? tables.getOrDefault(table, Optional.empty()) : found;
        return filter.filter(RowFilter::isNever).isPresent();
    }

    /** The same, and what an earlier look knew of tables that are no longer there: their last changes are on their way. */
    public RowFilters after(RowFilters earlier) {
        if (this == NONE) {
            return NONE;
        }
        Map<TableId, Optional<RowFilter>> names = new HashMap<>(earlier.tables);
        names.putAll(tables);
        Map<Long, Optional<RowFilter>> oids = new HashMap<>(earlier.relations);
        oids.putAll(relations);
        return new RowFilters(names, oids);
    }

    /** Null when nothing is known of the table. */
    private Optional<RowFilter> find(Shape shape) {
        Optional<RowFilter> found = shape.relation() == 0 ? null : relations.get(shape.relation());
        return found == null ? tables.get(shape.table()) : found;
    }

    /** Whether changes of this shape can be judged. If not, a look at the source should come first. */
    boolean knows(Shape shape) {
        Optional<RowFilter> found = find(shape);
        return found != null
                && found.map(filter ->
                                filter.unusable().isPresent() || shape.columns().containsAll(filter.columns()))
                        .orElse(true);
    }

    /** Whether a filter was ever known, or may be meant for this table; the others pass without being looked at. */
    boolean concerns(Shape shape) {
        Optional<RowFilter> found = find(shape);
        return found == null || found.isPresent();
    }

    /** Empty when nothing is known of the table. */
    Optional<RowFilter> of(Shape shape) {
        Optional<RowFilter> found = find(shape);
        return found == null ? Optional.empty() : found;
    }
}
