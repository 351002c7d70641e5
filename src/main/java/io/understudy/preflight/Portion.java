package io.understudy.preflight;

import io.understudy.postgres.TableId;
import java.util.List;
import java.util.Map;

/**
 * What of the mirrored tables is mirrored.
 *
 * @param filters conditions, as the source's SQL, under which rows are
 * @param schemaOnly tables that stay empty, by pattern
 * @param excludedColumns by pattern: {@code schema.table.column}
 */
public record Portion(Map<TableId, String> filters, List<String> schemaOnly, List<String> excludedColumns) {

    public static final Portion ALL = new Portion(Map.of(), List.of(), List.of());

    boolean filtersRows() {
        return !filters.isEmpty() || !schemaOnly.isEmpty();
    }
}
