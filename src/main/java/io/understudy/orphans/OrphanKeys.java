package io.understudy.orphans;

import io.understudy.postgres.Catalog;
import io.understudy.postgres.Constraint;
import io.understudy.postgres.Definitions;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TargetDatabase;
import io.understudy.preflight.Preflight;
import io.understudy.rules.Rule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Every foreign key of a mirrored table, and every one of the target by which a table depends on a mirrored one: of
 * both sides, paired by what they say and not by their names (field notes A3, C1).
 */
public final class OrphanKeys {

    private static final Comparator<OrphanKey> ORDER =
            Comparator.comparing(OrphanKey::table).thenComparing(OrphanKey::path);

    private final Preflight seen;
    private final Map<TableId, MirroredTable> mirrored;
    private final Catalog source;
    private final Catalog target;
    private final Map<TableId, List<List<String>>> indexed;
    private final List<Constraint> ofSource;
    private final List<Constraint> ofTarget;

    private OrphanKeys(SourceDatabase source, TargetDatabase target, Preflight seen) {
        this.seen = seen;
        this.mirrored = seen.mirrored();
        this.source = Catalog.read(source.client());
        this.target = Catalog.read(target.client());
        this.indexed = Definitions.indexedColumns(target.client());
        Set<TableId> selected =
                seen.selection().selected().stream().map(Table::id).collect(Collectors.toSet());
        this.ofSource = Constraint.read(source.client()).stream()
                .filter(constraint -> constraint.isForeignKey() && selected.contains(constraint.table()))
                .toList();
        this.ofTarget = concerned(Constraint.read(target.client()).stream()
                .filter(Constraint::isForeignKey)
                .toList());
    }

    /** Reads both catalogs. */
    public static List<OrphanKey> read(SourceDatabase source, TargetDatabase target, Preflight seen) {
        return new OrphanKeys(source, target, seen).all();
    }

    /** Also those of tables that refer to a mirrored one over others: they lose parents when a row is taken out. */
    private List<Constraint> concerned(List<Constraint> all) {
        Set<TableId> tables = new HashSet<>(mirrored.keySet());
        boolean more = true;
        while (more) {
            more = all.stream()
                    .filter(constraint ->
                            tables.contains(constraint.referenced().orElseThrow()))
                    .map(constraint -> tables.add(constraint.table()))
                    .reduce(false, Boolean::logicalOr);
        }
        return all.stream()
                .filter(constraint -> tables.contains(constraint.table()))
                .toList();
    }

    private List<OrphanKey> all() {
        List<OrphanKey> keys = new ArrayList<>();
        Set<Constraint> paired = new HashSet<>();
        for (Constraint constraint : ofTarget) {
            List<Constraint> same = ofSource.stream()
                    .filter(other -> saysTheSame(constraint, other))
                    .toList();
            paired.addAll(same);
            keys.add(key(named(same, constraint.name()), Optional.of(constraint)));
        }
        for (Constraint constraint : ofSource) {
            if (!paired.contains(constraint)) {
                keys.add(key(Optional.of(constraint), Optional.empty()));
            }
        }
        keys.sort(ORDER);
        return keys;
    }

    private static Optional<Constraint> named(List<Constraint> same, String name) {
        return same.stream()
                .filter(other -> other.name().equals(name))
                .findFirst()
                .or(() -> same.stream().findFirst());
    }

    private static boolean saysTheSame(Constraint one, Constraint other) {
        return one.table().equals(other.table())
                && one.referenced().equals(other.referenced())
                && pairs(one).equals(pairs(other));
    }

    /** Which column refers to which, whatever the order in which they were written down. */
    private static Set<List<String>> pairs(Constraint constraint) {
        return IntStream.range(0, constraint.columns().size())
                .mapToObj(i -> List.of(
                        constraint.columns().get(i),
                        constraint.referencedColumns().get(i)))
                .collect(Collectors.toSet());
    }

    private OrphanKey key(Optional<Constraint> atSource, Optional<Constraint> atTarget) {
        Constraint constraint = atTarget.or(() -> atSource).orElseThrow();
        Optional<MirroredTable> child = Optional.ofNullable(mirrored.get(constraint.table()));
        List<String> rowKey = child.map(MirroredTable::key)
                .orElseGet(
                        () -> target.table(constraint.table()).map(Table::key).orElse(List.of()));
        Optional<Rule> rule = seen.rules().all().stream()
                .filter(one -> atTarget.filter(one.constraint()::equals).isPresent())
                .findFirst();
        return new OrphanKey(
                side(source, atSource, constraint),
                side(target, atTarget, constraint),
                rowKey,
                isIndexed(constraint),
                child,
                constraint.referenced().map(mirrored::get),
                rule);
    }

    private boolean isIndexed(Constraint constraint) {
        Set<String> columns = Set.copyOf(constraint.columns());
        return indexed.getOrDefault(constraint.table(), List.of()).stream()
                .anyMatch(index -> index.size() >= columns.size()
                        && Set.copyOf(index.subList(0, columns.size())).equals(columns));
    }

    private static OrphanKey.Side side(Catalog catalog, Optional<Constraint> declared, Constraint other) {
        return new OrphanKey.Side(declared, declared.or(() -> borrowed(other, catalog)), catalog.table(other.table()));
    }

    /** The other side's constraint, for the tables of this one. */
    private static Optional<Constraint> borrowed(Constraint other, Catalog catalog) {
        Optional<Table> child = catalog.table(other.table());
        Optional<Table> parent = other.referenced().flatMap(catalog::table);
        boolean there = hasColumns(child, other.columns()) && hasColumns(parent, other.referencedColumns());
        return there
                ? Optional.of(new Constraint(
                        other.kind(),
                        other.name(),
                        other.table(),
                        other.columns(),
                        other.referenced(),
                        parent.orElseThrow().kind() == Table.Kind.ORDINARY,
                        other.referencedColumns(),
                        other.equals(),
                        other.matchFull(),
                        other.expression(),
                        other.definition(),
                        false))
                : Optional.empty();
    }

    private static boolean hasColumns(Optional<Table> table, List<String> names) {
        return table.filter(there ->
                        names.stream().allMatch(name -> there.column(name).isPresent()))
                .isPresent();
    }
}
