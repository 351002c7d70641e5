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
 * @param relation its oid, by which a table that was renamed is known again
 * @param rows the planner's estimate; negative when the table was never analyzed
 * @param bytes heap and TOAST on disk, partitions included
 * @param pages heap pages, the unit in which a big table is cut into chunks
 * @param extension the extension that owns the table, if one does
 * @param firingTriggers triggers that fire even in a replica session ({@code enable always}, {@code enable replica})
 */
public record Table(
        TableId id,
        long relation,
        Kind kind,
        boolean unlogged,
        List<Column> columns,
        List<String> primaryKey,
        Set<Set<String>> uniqueKeys,
        ReplicaIdentity replicaIdentity,
        long rows,
        long bytes,
        long pages,
        boolean rowSecurity,
        Optional<String> extension,
        List<String> firingTriggers) {

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
