package io.understudy.postgres;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A table as the catalog has it.
 *
 * @param primaryKey columns in key order; empty when there is none, or only a deferrable one (which Postgres itself
 *     does not accept as a replica identity)
 * @param uniqueKeys column sets of all immediate, complete, non-expression unique indexes, the primary key included
 * @param identityIndex columns of the index that {@code replica identity using index} names; empty when it was dropped
 *     since, or when there is none
 * @param rows the planner's estimate; negative when the table was never analyzed
 * @param bytes heap and TOAST on disk, partitions included
 * @param pages heap pages, the unit in which a big table is cut into chunks
 * @param extension the extension that owns the table, if one does
 * @param firingTriggers triggers that fire even in a replica session ({@code enable always}, {@code enable replica})
 * @param firingRules rules likewise
 * @param hasRules it has rules on insert or update, and be they silent: Postgres then refuses {@code on conflict}
 */
public record Table(
        TableId id,
        Kind kind,
        boolean unlogged,
        List<Column> columns,
        List<String> primaryKey,
        Set<Set<String>> uniqueKeys,
        ReplicaIdentity replicaIdentity,
        List<String> identityIndex,
        long rows,
        long bytes,
        long pages,
        boolean rowSecurity,
        Optional<String> extension,
        List<String> firingTriggers,
        List<String> firingRules,
        boolean hasRules) {

    /** Partitions are not listed by themselves: their rows belong to the partitioned table. */
    public enum Kind {
        ORDINARY,
        PARTITIONED,
        FOREIGN
    }

    /**
     * The table by name in a statement that must not reach the tables that inherit from it: they are tables of their
     * own, mirrored or not. A partitioned table is meant with its partitions.
     */
    public String alone() {
        return (kind == Kind.ORDINARY ? "only " : "") + id.sql();
    }

    /**
     * A partitioned table needs a primary key, because every partition made later gets one with it, and gets no replica
     * identity of another kind: production's updates of it would fail.
     */
    public RowIdentity rowIdentity() {
        boolean partitioned = kind == Kind.PARTITIONED;
        return switch (replicaIdentity) {
            case NOTHING -> RowIdentity.NONE;
            case DEFAULT -> primaryKey.isEmpty() ? RowIdentity.NONE : RowIdentity.PRIMARY_KEY;
            case FULL ->
                !primaryKey.isEmpty()
                        ? RowIdentity.PRIMARY_KEY
                        : partitioned ? RowIdentity.NONE : RowIdentity.WHOLE_ROW;
            case INDEX -> identityIndex.isEmpty() || partitioned ? RowIdentity.NONE : RowIdentity.INDEX;
        };
    }

    /** The columns by which a row is found again; empty when only all of them together will do. */
    public List<String> key() {
        return rowIdentity() == RowIdentity.INDEX ? identityIndex : primaryKey;
    }

    /** The columns that are copied: all but the generated ones, which the target computes (field note B1). */
    public List<Column> stored() {
        return columns.stream().filter(column -> !column.generated()).toList();
    }

    public List<String> storedNames() {
        return stored().stream().map(Column::name).toList();
    }

    public Optional<Column> column(String name) {
        return columns.stream().filter(column -> column.name().equals(name)).findFirst();
    }
}
