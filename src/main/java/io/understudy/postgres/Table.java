package io.understudy.postgres;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A table as the catalog has it.
 *
 * @param primaryKey columns in key order; empty when there is none, or only a deferrable one (which Postgres itself
 *     does not accept as a replica identity)
 * @param deferrableKey columns of the primary key if it is deferrable: unique when a transaction ends, not within it
 * @param uniqueKeys column sets of all immediate, complete, non-expression unique indexes, the primary key included
 * @param identityIndex columns of the index that {@code replica identity using index} names; empty when it was dropped
 *     since, or when there is none
 * @param file on disk; another one after its rows were written anew, 0 when it has none of its own
 * @param relation its oid, by which a table that was renamed is known again
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
        long relation,
        long file,
        Kind kind,
        Persistence persistence,
        List<Column> columns,
        List<String> primaryKey,
        List<String> deferrableKey,
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

    /** Whether its changes are in the log. */
    public enum Persistence {
        PERMANENT,
        UNLOGGED,
        /** Belongs to one session, which nobody else can look into. */
        TEMPORARY;

        static Persistence of(String relpersistence) {
            return switch (relpersistence) {
                case "u" -> UNLOGGED;
                case "t" -> TEMPORARY;
                default -> PERMANENT;
            };
        }
    }

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
     * identity of another kind: production's updates of it would fail. So would they, from Postgres 18 on, where the
     * whole row is to be logged and cannot be.
     */
    public RowIdentity rowIdentity() {
        return switch (replicaIdentity) {
            case NOTHING -> RowIdentity.NONE;
            case DEFAULT -> primaryKey.isEmpty() ? RowIdentity.NONE : RowIdentity.PRIMARY_KEY;
            case FULL -> fullRowIdentity();
            case INDEX -> identityIndex.isEmpty() || kind == Kind.PARTITIONED ? RowIdentity.NONE : RowIdentity.INDEX;
        };
    }

    private RowIdentity fullRowIdentity() {
        if (columns.stream().anyMatch(Column::virtual)) {
            return RowIdentity.NONE;
        }
        if (!primaryKey.isEmpty()) {
            return RowIdentity.PRIMARY_KEY;
        }
        return kind == Kind.PARTITIONED ? RowIdentity.NONE : RowIdentity.WHOLE_ROW;
    }

    /** The columns by which a row is found again; empty when only all of them together will do. */
    public List<String> key() {
        return switch (rowIdentity()) {
            case PRIMARY_KEY -> primaryKey;
            case INDEX -> identityIndex;
            case WHOLE_ROW -> List.of();
            // Production may give the key of a row whose delete was not followed to another one.
            case NONE -> primaryKey.isEmpty() ? deferrableKey : primaryKey;
        };
    }

    /** Whether the log has to carry generated columns, because they are part of what identifies a row. */
    public boolean isIdentifiedByGenerated() {
        return columns.stream()
                .filter(Column::generated)
                .anyMatch(column -> replicaIdentity == ReplicaIdentity.FULL || key().contains(column.name()));
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
