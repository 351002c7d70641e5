package io.understudy.postgres;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Tables in layers: each table stands in a later layer than every table it refers to (field notes A2, B3). Tables that
 * refer to each other in a circle form a {@link Cycle} and share a layer; a table that refers to itself is a cycle of
 * one.
 */
public record CopyOrder(List<List<TableId>> layers, List<Cycle> cycles) {

    /** Tables that refer to each other in a circle, and the foreign keys that close it. */
    public record Cycle(List<TableId> tables, List<String> foreignKeys) {}

    public static CopyOrder of(Collection<TableId> tables, List<ForeignKey> foreignKeys) {
        Map<TableId, Set<TableId>> parents = new HashMap<>();
        for (TableId table : new TreeSet<>(tables)) {
            parents.put(table, new TreeSet<>());
        }
        for (ForeignKey key : foreignKeys) {
            if (parents.containsKey(key.table()) && parents.containsKey(key.referenced())) {
                parents.get(key.table()).add(key.referenced());
            }
        }
        List<List<TableId>> groups = new StronglyConnected(parents).groups();
        return new CopyOrder(layers(groups, parents), cycles(groups, foreignKeys, parents));
    }

    /** The same order of fewer tables. */
    public CopyOrder only(Collection<TableId> some) {
        Set<TableId> wanted = new HashSet<>(some);
        return new CopyOrder(
                layers.stream()
                        .map(layer -> layer.stream().filter(wanted::contains).toList())
                        .filter(layer -> !layer.isEmpty())
                        .toList(),
                cycles);
    }

    /** Groups arrive parents first, so one pass gives each its layer: one more than the deepest of its parents. */
    private static List<List<TableId>> layers(List<List<TableId>> groups, Map<TableId, Set<TableId>> parents) {
        Map<TableId, Integer> depth = new HashMap<>();
        List<List<TableId>> layers = new ArrayList<>();
        for (List<TableId> group : groups) {
            int layer = group.stream()
                    .flatMap(table -> parents.get(table).stream())
                    .filter(parent -> !group.contains(parent))
                    .mapToInt(parent -> depth.get(parent) + 1)
                    .max()
                    .orElse(0);
            while (layers.size() <= layer) {
                layers.add(new ArrayList<>());
            }
            for (TableId table : group) {
                depth.put(table, layer);
                layers.get(layer).add(table);
            }
        }
        layers.forEach(layer -> layer.sort(Comparator.naturalOrder()));
        return layers;
    }

    private static List<Cycle> cycles(
            List<List<TableId>> groups, List<ForeignKey> foreignKeys, Map<TableId, Set<TableId>> parents) {
        List<Cycle> cycles = new ArrayList<>();
        for (List<TableId> group : groups) {
            boolean circular = group.size() > 1 || parents.get(group.get(0)).contains(group.get(0));
            if (circular) {
                Set<TableId> members = new HashSet<>(group);
                List<String> keys = foreignKeys.stream()
                        .filter(key -> members.contains(key.table()) && members.contains(key.referenced()))
                        .map(key -> key.table() + "." + key.name())
                        .sorted()
                        .toList();
                cycles.add(new Cycle(group.stream().sorted().toList(), keys));
            }
        }
        return cycles;
    }

    /** Tarjan's algorithm, with a stack of its own: a chain of two thousand tables must not end in a stack overflow. */
    private static final class StronglyConnected {

        private record Frame(TableId table, java.util.Iterator<TableId> parents) {}

        private final Map<TableId, Set<TableId>> parents;
        private final Map<TableId, Integer> index = new HashMap<>();
        private final Map<TableId, Integer> low = new HashMap<>();
        private final Deque<TableId> open = new ArrayDeque<>();
        private final Set<TableId> isOpen = new HashSet<>();
        private final List<List<TableId>> groups = new ArrayList<>();

        StronglyConnected(Map<TableId, Set<TableId>> parents) {
            this.parents = parents;
        }

        /** A group comes after every group it refers to. */
        List<List<TableId>> groups() {
            for (TableId table : new TreeSet<>(parents.keySet())) {
                if (!index.containsKey(table)) {
                    visit(table);
                }
            }
            return groups;
        }

        private void visit(TableId root) {
            Deque<Frame> frames = new ArrayDeque<>();
            frames.push(enter(root));
            while (!frames.isEmpty()) {
                Frame frame = frames.peek();
                if (frame.parents().hasNext()) {
                    TableId parent = frame.parents().next();
                    if (!index.containsKey(parent)) {
                        frames.push(enter(parent));
                    } else if (isOpen.contains(parent)) {
                        low.merge(frame.table(), index.get(parent), Math::min);
                    }
                } else {
                    frames.pop();
                    if (!frames.isEmpty()) {
                        low.merge(frames.peek().table(), low.get(frame.table()), Math::min);
                    }
                    closeGroup(frame.table());
                }
            }
        }

        private Frame enter(TableId table) {
            index.put(table, index.size());
            low.put(table, index.get(table));
            open.push(table);
            isOpen.add(table);
            return new Frame(table, parents.get(table).iterator());
        }

        private void closeGroup(TableId table) {
            if (low.get(table).equals(index.get(table))) {
                List<TableId> group = new ArrayList<>();
                TableId member;
                do {
                    member = open.pop();
                    isOpen.remove(member);
                    group.add(member);
                } while (!member.equals(table));
                groups.add(group);
            }
        }
    }
}
