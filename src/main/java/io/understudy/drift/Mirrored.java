package io.understudy.drift;

import io.understudy.postgres.TableId;
import io.understudy.postgres.TableSelection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Which differences concern mirrored tables, and which of those can keep their rows from being written. */
final class Mirrored {

    private final Set<TableId> tables;
    private final List<String> excludedColumns;
    private final Map<TableId, TableId> roots;
    private final Set<String> types;

    /** @param roots of partitions, on either side */
    Mirrored(Set<TableId> tables, List<String> excludedColumns, Map<TableId, TableId> roots, List<Side> sides) {
        this.tables = tables;
        this.excludedColumns = excludedColumns;
        this.roots = roots;
        this.types = sides.stream()
                .flatMap(side -> side.objects().values().stream())
                .filter(object -> object.kind() == Kind.COLUMN)
                .filter(column ->
                        column.key().tableId().filter(tables::contains).isPresent())
                .map(column -> bare(column.facet("type")))
                .collect(Collectors.toSet());
    }

    private static String bare(String type) {
        return type.replace("[]", "").replace("\"", "");
    }

    boolean concerns(ObjectDifference difference) {
        SchemaObject.Key key = difference.object().key();
        if (key.kind() == Kind.ENUM || key.kind() == Kind.TYPE) {
            return types.contains(bare(key.schema() + "." + key.name()));
        }
        return key.tableId()
                .map(table -> roots.getOrDefault(table, table))
                .filter(tables::contains)
                .isPresent();
    }

    boolean concerns(Optional<History.Place> history) {
        return history.map(History.Place::table).filter(tables::contains).isPresent();
    }

    boolean canPause(ObjectDifference difference) {
        return concerns(difference)
                && switch (difference.object().kind()) {
                    case TABLE -> difference.isMissingAt(SideName.TARGET) || !difference.isWhole();
                    case COLUMN -> ofColumn(difference);
                    case ENUM, TYPE ->
                        difference.isMissingAt(SideName.TARGET)
                                || difference.only().isEmpty() && !difference.differsIn(ObjectDifference.ORDER);
                    case CONSTRAINT ->
                        !difference.isMissingAt(SideName.TARGET)
                                && (difference.isWhole() || difference.differsIn("definition"));
                    case INDEX ->
                        !difference.isMissingAt(SideName.TARGET)
                                && !difference.differsIn(ObjectDifference.NAME)
                                && difference
                                        .target()
                                        .orElseThrow()
                                        .facet("definition")
                                        .startsWith("CREATE UNIQUE");
                    case TRIGGER, RULE ->
                        difference
                                .target()
                                .map(object -> object.facet("fires"))
                                .filter(Set.of("always", "on replicas")::contains)
                                .isPresent();
                    default -> false;
                };
    }

    private boolean ofColumn(ObjectDifference difference) {
        SchemaObject.Key key = difference.object().key();
        TableId table = key.tableId().orElseThrow();
        if (excludedColumns.stream().anyMatch(pattern -> TableSelection.matches(pattern, table, key.name()))) {
            return false;
        }
        if (difference.isMissingAt(SideName.TARGET)) {
            return true;
        }
        SchemaObject target = difference.target().orElseThrow();
        if (difference.isWhole()) {
            return target.facet("nullable").equals("not null")
                    && target.facet("default").isEmpty()
                    && target.facet("identity").isEmpty()
                    && target.facet("generated").isEmpty();
        }
        return difference.differsIn("type")
                || difference.differsIn("generated")
                || (difference.differsIn("nullable") && target.facet("nullable").equals("not null"));
    }
}
