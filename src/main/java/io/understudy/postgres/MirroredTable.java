package io.understudy.postgres;

import java.util.List;

/**
 * A table that is mirrored, known to exist on both sides.
 *
 * @param source as production has it
 * @param target as staging has it; it may have columns of its own
 * @param key the columns by which a row is found again on both sides
 */
public record MirroredTable(Table source, Table target, List<String> key) {

    public TableId id() {
        return source.id();
    }

    /** The columns that are copied: stored at the source, and not computed by the target (field note B1). */
    public List<String> columns() {
        return source.stored().stream()
                .map(Column::name)
                .filter(name -> target.column(name).map(column -> !column.generated()).orElse(false))
                .toList();
    }
}
