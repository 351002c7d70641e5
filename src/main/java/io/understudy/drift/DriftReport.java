package io.understudy.drift;

import io.understudy.postgres.TableId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a comparison found, what it could not read, and what it left out on purpose. */
public final class DriftReport {

    /** A part that could not be compared, and the server's reason. */
    public record Unchecked(SideName side, String part, String reason) {}

    record Judged(ObjectDifference difference, Verdict verdict) {}

    private static final Comparator<Difference> ORDER = Comparator.comparing(Difference::type)
            .thenComparing(
                    difference -> difference.table().map(Object::toString).orElse(""))
            .thenComparing(Difference::kind)
            .thenComparing(Difference::name);

    private final Map<Optional<TableId>, Long> contained;
    private final List<Difference> differences;
    private final List<Unchecked> unchecked;
    private final List<String> leftOut;
    private final List<String> histories;
    private final RepairPlan plan;

    DriftReport(
            List<Judged> objects,
            List<EntryDifference> entries,
            List<Unchecked> unchecked,
            List<String> leftOut,
            List<String> histories,
            Mirrored mirrored) {
        this.contained = objects.stream()
                .map(Judged::difference)
                .filter(ObjectDifference::within)
                .collect(Collectors.groupingBy(inner -> inner.object().key().tableId(), Collectors.counting()));
        this.unchecked = unchecked;
        this.leftOut = leftOut;
        this.histories = histories;
        this.differences = Stream.concat(
                        objects.stream()
                                .filter(judged -> !judged.difference().within())
                                .map(judged -> told(judged, mirrored)),
                        entries.stream().map(entry -> told(entry, mirrored)))
                .sorted(ORDER)
                .toList();
        this.plan = RepairPlan.of(objects, entries, mirrored);
    }

    /** By class, then by table. */
    public List<Difference> differences() {
        return differences;
    }

    public List<Unchecked> unchecked() {
        return unchecked;
    }

    /** Sentences. */
    public List<String> leftOut() {
        return leftOut;
    }

    /** The histories that were found, with their sides. */
    public List<String> histories() {
        return histories;
    }

    public RepairPlan plan() {
        return plan;
    }

    private Difference told(Judged judged, Mirrored mirrored) {
        ObjectDifference difference = judged.difference();
        SchemaObject.Key key = difference.object().key();
        Excerpt excerpt = excerpt(difference);
        return new Difference(
                judged.verdict().type(),
                key.kind(),
                key.toString(),
                key.tableId(),
                difference.isMissingAt(SideName.SOURCE) ? Optional.empty() : Optional.of(excerpt.source()),
                difference.isMissingAt(SideName.TARGET) ? Optional.empty() : Optional.of(excerpt.target()),
                judged.verdict().why(),
                mirrored.concerns(difference),
                mirrored.canPause(difference),
                Remedy.of(difference, judged.verdict().type()),
                contained(difference));
    }

    private int contained(ObjectDifference difference) {
        boolean relation = difference.object().kind().isRelation() && difference.isWhole();
        return relation
                ? contained
                        .getOrDefault(difference.object().key().tableId(), 0L)
                        .intValue()
                : 0;
    }

    private static Excerpt excerpt(ObjectDifference difference) {
        if (difference.only().isPresent() && !difference.isWhole()) {
            String labels = labels(difference.facets());
            return new Excerpt(labels, labels);
        }
        if (difference.isWhole()) {
            String text = Excerpt.of(difference.object().definition());
            return new Excerpt(text, text);
        }
        SchemaObject source = difference.source().orElseThrow();
        SchemaObject target = difference.target().orElseThrow();
        if (difference.differsIn(ObjectDifference.NAME)) {
            return new Excerpt(
                    "named " + source.key().name(), "named " + target.key().name());
        }
        if (difference.differsIn(ObjectDifference.ORDER)) {
            return new Excerpt(
                    labels(source.facets().keySet()), labels(target.facets().keySet()));
        }
        List<String> sources = new ArrayList<>();
        List<String> targets = new ArrayList<>();
        for (String facet : difference.facets()) {
            Excerpt excerpt = Excerpt.of(source.facet(facet), target.facet(facet));
            sources.add(facet + " " + (excerpt.source().isEmpty() ? "none" : excerpt.source()));
            targets.add(facet + " " + (excerpt.target().isEmpty() ? "none" : excerpt.target()));
        }
        return new Excerpt(String.join("; ", sources), String.join("; ", targets));
    }

    private static String labels(Collection<String> labels) {
        return Excerpt.of(labels.stream().map(label -> "'" + label + "'").collect(Collectors.joining(", ")));
    }

    private static Difference told(EntryDifference entry, Mirrored mirrored) {
        return new Difference(
                entry.verdict().type(),
                Kind.HISTORY_ENTRY,
                entry.place()
                                .map(place -> place.tool().name() + " " + place.table() + ": ")
                                .orElse("file ")
                        + Excerpt.of(entry.label()),
                entry.place().map(History.Place::table),
                Optional.of(entry.atSource()),
                Optional.of(entry.atTarget()),
                entry.verdict().why(),
                mirrored.concerns(entry.place()),
                false,
                Remedy.of(entry),
                0);
    }
}
