package io.understudy.postgres;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A table that is mirrored, known to exist on both sides.
 *
 * @param source as production has it
 * @param target as staging has it; it may have columns of its own
 * @param key the columns by which a row is found again on both sides; empty when only all of them together will do
 * @param formerNames of columns that were renamed while changes waited, to their present ones
 * @param withheld columns of the source whose values stay there: nobody has decided on them, or somebody has left them out
 * @param masked columns that hold pseudonyms at the target
 * @param filter the condition, as the source's SQL, under which a row is mirrored; empty when all are
 * @param referencedBy tables of the target, mirrored or not, with a foreign key to this one
 */
public record MirroredTable(
        Table source,
        Table target,
        List<String> key,
        Set<String> withheld,
        Set<String> masked,
        Optional<String> filter,
        Set<TableId> referencedBy,
        Map<String, String> formerNames) {

    /** The filter of a table of which nothing but its schema is wanted. */
    public static final String NO_ROWS = "false";

    public MirroredTable(Table source, Table target, List<String> key, Set<TableId> referencedBy) {
        this(source, target, key, Set.of(), Set.of(), Optional.empty(), referencedBy, Map.of());
    }

    /** The same, of whose values these do not leave, or leave as others. */
    public MirroredTable keeping(Set<String> back, Set<String> asOthers) {
        return new MirroredTable(
                source, target, key, Set.copyOf(back), Set.copyOf(asOthers), filter, referencedBy, formerNames);
    }

    /** The same, of which only the rows that keep this condition are mirrored. */
    public MirroredTable filtered(Optional<String> condition) {
        return new MirroredTable(source, target, key, withheld, masked, condition, referencedBy, formerNames);
    }

    /** The same, whose changes may call columns by names that they have no longer. */
    public MirroredTable formerly(Map<String, String> names) {
        return new MirroredTable(source, target, key, withheld, masked, filter, referencedBy, names);
    }

    public TableId id() {
        return source.id();
    }

    /** Whether the source has it as it was: an alteration that rewrites a table hides its rows from older snapshots. */
    public boolean isUnalteredIn(Catalog now) {
        return now.table(id())
                .filter(there -> there.columns().equals(source.columns()) && there.file() == source.file())
                .isPresent();
    }

    /** Whether it stays empty at the target. */
    public boolean isSchemaOnly() {
        return filter.filter(NO_ROWS::equals).isPresent();
    }

    /** The filter at the end of a statement of the source, behind {@code word}; nothing when there is none. */
    public String filterSql(String word) {
        // A comment in it ends with its line.
        return filter.map(condition -> " " + word + " (" + condition + "\n)").orElse("");
    }

    /** Whether the target lets this table be truncated together with {@code others}: nothing else may refer to it. */
    public boolean isTruncatableWith(Collection<TableId> others) {
        return others.containsAll(referencedBy);
    }

    /** Whether the target keeps the key unique in a way that lets it replace a row by {@code on conflict}. */
    public boolean isUpsertable() {
        return target.uniqueKeys().contains(Set.copyOf(key)) && !target.hasRules();
    }

    /** The columns that are copied: stored at the source, not withheld, and not computed by the target (field note B1). */
    public List<String> columns() {
        return source.stored().stream()
                .map(Column::name)
                .filter(name -> !withheld.contains(name))
                .filter(name ->
                        target.column(name).map(column -> !column.generated()).orElse(false))
                .toList();
    }
}
