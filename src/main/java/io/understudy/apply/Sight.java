package io.understudy.apply;

import io.understudy.ledger.TableForm;
import io.understudy.postgres.Column;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.MirroredTable;
import io.understudy.stream.Shape;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A table as both sides had it when they were last looked at.
 *
 * @param masks by what the values of its columns are masked ({@code MaskingPolicy.signatures})
 * @param asOf where the source's log was just before: what is different in an older change is of the past, in a newer
 *     one it is news
 */
public record Sight(MirroredTable table, TableForm form, Map<String, String> masks, Lsn asOf) {

    public Sight masked(Map<String, String> by) {
        return new Sight(table, form, by, asOf);
    }

    /** Whether a change of this shape is of the table as it was seen: the same columns of the same types. */
    boolean fits(Shape shape) {
        List<String> names = shape.columns();
        for (int i = 0; i < names.size(); i++) {
            Optional<Column> column = table.source().column(names.get(i));
            if (column.isEmpty()
                    || !shape.types().isEmpty()
                            && !isOf(column.get(), shape.types().get(i))) {
                return false;
            }
        }
        return names.containsAll(table.source().storedNames());
    }

    /**
     * A column of an older change that is neither there now nor known from before: a name that came and went between two
     * looks, under which values may have gone to any column.
     */
    Optional<String> passing(Shape shape) {
        Set<String> known = new HashSet<>(form.everyName());
        return shape.columns().stream()
                .filter(column -> !known.contains(column))
                .findFirst();
    }

    private static boolean isOf(Column column, String type) {
        return type.equals(Shape.type(column.typeOid(), column.typeModifier()));
    }
}
