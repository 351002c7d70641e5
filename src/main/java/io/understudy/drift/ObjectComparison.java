package io.understudy.drift;

import io.understudy.drift.SchemaObject.Key;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Both catalogs, object by object. What only one side could read is not compared. */
final class ObjectComparison {

    private static final Map<String, Set<Kind>> KINDS = Map.ofEntries(
            Map.entry("schemas", Set.of(Kind.SCHEMA)),
            Map.entry("extensions", Set.of(Kind.EXTENSION)),
            Map.entry("types", Set.of(Kind.ENUM, Kind.TYPE)),
            Map.entry("sequences", Set.of(Kind.SEQUENCE)),
            Map.entry("functions", Set.of(Kind.FUNCTION)),
            Map.entry("tables", Set.of(Kind.TABLE)),
            Map.entry("columns", Set.of(Kind.COLUMN)),
            Map.entry("views", Set.of(Kind.VIEW, Kind.MATERIALIZED_VIEW)),
            Map.entry("constraints", Set.of(Kind.CONSTRAINT)),
            Map.entry("indexes", Set.of(Kind.INDEX)),
            Map.entry("triggers", Set.of(Kind.TRIGGER, Kind.RULE)),
            Map.entry("privileges", Set.of(Kind.PRIVILEGE)),
            Map.entry("policies", Set.of(Kind.ROW_SECURITY, Kind.POLICY)),
            Map.entry("publications", Set.of(Kind.PUBLICATION)));

    /** Since this version everybody may not create in the schema public any more. */
    private static final int PUBLIC_CLOSED = 15;

    private final Side source;
    private final Side target;
    private final Set<String> ownPublications;
    private final Set<Kind> unread;
    private final Set<String> foreignRoles = new LinkedHashSet<>();

    private ObjectComparison(Side source, Side target, Set<String> ownPublications) {
        this.source = source;
        this.target = target;
        this.ownPublications = ownPublications;
        this.unread = List.of(source, target).stream()
                .flatMap(side -> side.unread().keySet().stream())
                .flatMap(part -> KINDS.getOrDefault(part, Set.of()).stream())
                .collect(Collectors.toSet());
    }

    /** @param foreignRoles that are known to one side only: what they may do is not compared */
    record Result(List<ObjectDifference> differences, Set<String> foreignRoles) {}

    static Result compare(Side source, Side target, Set<String> ownPublications) {
        ObjectComparison comparison = new ObjectComparison(source, target, ownPublications);
        return new Result(comparison.compare(), comparison.foreignRoles);
    }

    private List<ObjectDifference> compare() {
        Set<Key> keys = new LinkedHashSet<>(source.objects().keySet());
        keys.addAll(target.objects().keySet());
        List<ObjectDifference> differences = new ArrayList<>();
        for (Key key : keys) {
            if (isCompared(key)) {
                add(source.objects().get(key), target.objects().get(key), differences);
            }
        }
        return folded(renamed(differences));
    }

    private boolean isCompared(Key key) {
        if (unread.contains(key.kind())) {
            return false;
        }
        if (key.kind() == Kind.PUBLICATION) {
            return !ownPublications.contains(key.name());
        }
        return key.kind() != Kind.PRIVILEGE || isOfBothSides(key);
    }

    /** Servers have roles of their own; the mirror's differ on purpose. */
    private boolean isOfBothSides(Key key) {
        String role = Optional.ofNullable(source.objects().get(key))
                .orElseGet(() -> target.objects().get(key))
                .facet("to");
        if (role.equals("public")) {
            boolean closed = key.table() == null
                    && key.schema().equals("public")
                    && key.name().startsWith("schema ");
            return !closed || (source.version() < PUBLIC_CLOSED) == (target.version() < PUBLIC_CLOSED);
        }
        if (role.equals(source.user()) || role.equals(target.user())) {
            return false;
        }
        boolean both = source.roles().contains(role) && target.roles().contains(role);
        if (!both) {
            foreignRoles.add(role);
        }
        return both;
    }

    private void add(SchemaObject here, SchemaObject there, List<ObjectDifference> differences) {
        if (here == null || there == null) {
            differences.add(new ObjectDifference(
                    Optional.ofNullable(here),
                    Optional.ofNullable(there),
                    List.of(),
                    Optional.of(here == null ? SideName.TARGET : SideName.SOURCE),
                    false));
        } else if (here.kind() == Kind.ENUM) {
            addLabels(here, there, differences);
        } else {
            Set<String> names = new LinkedHashSet<>(here.facets().keySet());
            names.addAll(there.facets().keySet());
            List<String> facets =
                    names.stream().filter(name -> !isSame(here, there, name)).toList();
            if (!facets.isEmpty()) {
                differences.add(changed(here, there, facets));
            }
        }
    }

    private static ObjectDifference changed(SchemaObject here, SchemaObject there, List<String> facets) {
        return new ObjectDifference(Optional.of(here), Optional.of(there), facets, Optional.empty(), false);
    }

    private boolean isSame(SchemaObject here, SchemaObject there, String facet) {
        String mine = here.facet(facet);
        String theirs = there.facet(facet);
        boolean view = here.kind() == Kind.VIEW || here.kind() == Kind.MATERIALIZED_VIEW;
        return view && source.version() != target.version()
                ? loosely(mine).equals(loosely(theirs))
                : mine.equals(theirs);
    }

    /** Servers before 16 write the table before each column of a view, and break lines otherwise. */
    private static String loosely(String query) {
        return query.replaceAll("(\\w+|\"[^\"]+\")\\.", "").replaceAll("[\\s()]+", "");
    }

    private static void addLabels(SchemaObject here, SchemaObject there, List<ObjectDifference> differences) {
        List<String> sources = List.copyOf(here.facets().keySet());
        List<String> targets = List.copyOf(there.facets().keySet());
        addLabels(here, there, without(sources, targets), SideName.SOURCE, differences);
        addLabels(here, there, without(targets, sources), SideName.TARGET, differences);
        List<String> common = sources.stream().filter(targets::contains).toList();
        if (!common.equals(targets.stream().filter(sources::contains).toList())) {
            differences.add(changed(here, there, List.of(ObjectDifference.ORDER)));
        }
    }

    private static void addLabels(
            SchemaObject here,
            SchemaObject there,
            List<String> more,
            SideName side,
            List<ObjectDifference> differences) {
        if (!more.isEmpty()) {
            differences.add(
                    new ObjectDifference(Optional.of(here), Optional.of(there), more, Optional.of(side), false));
        }
    }

    private static List<String> without(List<String> all, Collection<String> known) {
        return all.stream().filter(label -> !known.contains(label)).toList();
    }

    /** The same constraint or index under two names is one difference, and nothing to add. */
    private static List<ObjectDifference> renamed(List<ObjectDifference> differences) {
        Map<Object, Deque<ObjectDifference>> atTarget = new HashMap<>();
        differences.stream()
                .filter(difference -> isNamed(difference, SideName.TARGET))
                .forEach(difference -> atTarget.computeIfAbsent(meaning(difference), same -> new ArrayDeque<>())
                        .add(difference));
        List<ObjectDifference> result = new ArrayList<>();
        Set<ObjectDifference> paired = new HashSet<>();
        for (ObjectDifference difference : differences) {
            Deque<ObjectDifference> same =
                    isNamed(difference, SideName.SOURCE) ? atTarget.get(meaning(difference)) : null;
            if (same != null && !same.isEmpty()) {
                ObjectDifference other = same.poll();
                paired.add(difference);
                paired.add(other);
                result.add(changed(difference.object(), other.object(), List.of(ObjectDifference.NAME)));
            }
        }
        differences.stream().filter(difference -> !paired.contains(difference)).forEach(result::add);
        return result;
    }

    private static boolean isNamed(ObjectDifference difference, SideName side) {
        Kind kind = difference.object().kind();
        return (kind == Kind.CONSTRAINT || kind == Kind.INDEX)
                && difference.isWhole()
                && difference.only().equals(Optional.of(side));
    }

    private static Object meaning(ObjectDifference difference) {
        SchemaObject object = difference.object();
        return List.of(object.kind(), object.key().tableId(), object.facets());
    }

    private static List<ObjectDifference> folded(List<ObjectDifference> differences) {
        Set<Key> missing = differences.stream()
                .filter(ObjectDifference::isWhole)
                .map(difference -> difference.object().key())
                .collect(Collectors.toSet());
        Set<String> missingFunctions = missing.stream()
                .filter(key -> key.kind() == Kind.FUNCTION)
                .map(key -> key.schema() + " function " + key.name() + " to ")
                .collect(Collectors.toSet());
        Set<String> missingTables = missing.stream()
                .filter(key -> key.kind() == Kind.TABLE)
                .map(key -> key.schema() + "." + key.name())
                .collect(Collectors.toSet());
        return differences.stream()
                .map(difference -> isWithin(difference, missing, missingFunctions, missingTables)
                        ? difference.inside()
                        : difference)
                .toList();
    }

    private static boolean isWithin(
            ObjectDifference difference, Set<Key> missing, Set<String> functions, Set<String> tables) {
        Key key = difference.object().key();
        if (key.kind() == Kind.PRIVILEGE && key.table() == null) {
            return functions.stream().anyMatch((key.schema() + " " + key.name())::startsWith)
                    || missing.contains(new Key(Kind.SCHEMA, key.schema(), null, key.schema()));
        }
        if (key.kind() == Kind.SEQUENCE) {
            String owner = difference.object().facet("owned by").replace("\"", "");
            return difference.isWhole()
                    && owner.contains(".")
                    && tables.contains(owner.substring(0, owner.lastIndexOf('.')));
        }
        return List.of(Kind.TABLE, Kind.VIEW, Kind.MATERIALIZED_VIEW).stream()
                .anyMatch(relation ->
                        key.parent(relation).filter(missing::contains).isPresent());
    }
}
