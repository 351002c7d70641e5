package io.understudy.discovery;

import io.understudy.postgres.Constraint;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Suggests a rule for every column of some tables. Reads only: the catalog, and some rows of each table. */
public final class Suggester {

    private record Place(TableId table, String column) {}

    private final PostgresClient database;
    private final int rows;
    private final List<Detector> detectors = Detectors.all();

    /** @param rows how many are looked at of each table */
    public Suggester(PostgresClient database, int rows) {
        this.database = database;
        this.rows = rows;
    }

    public List<Suggestion.OfTable> suggest(Collection<Table> tables, Progress progress) {
        Map<TableId, Map<String, ColumnFacts>> facts =
                ColumnFacts.read(database, tables.stream().collect(Collectors.toMap(Table::id, Function.identity())));
        Map<Place, Place> references = references();
        List<Suggestion.OfTable> suggestions = new ArrayList<>();
        for (Table table : tables) {
            progress.at(table.id(), suggestions.size(), tables.size());
            suggestions.add(ofTable(table, facts.getOrDefault(table.id(), Map.of())));
        }
        return followed(suggestions, references);
    }

    private Suggestion.OfTable ofTable(Table table, Map<String, ColumnFacts> facts) {
        List<ColumnFacts> columns = table.columns().stream()
                .map(column -> facts.get(column.name()))
                .filter(column -> column != null)
                .toList();
        Optional<TableSample> sample = Optional.empty();
        Optional<String> notSampled = Optional.empty();
        try {
            sample = Optional.of(TableSample.read(database, table, columns, rows, column -> detectors));
        } catch (PostgresFailure failure) {
            if (failure.kind() == PostgresFailure.Kind.CONNECTION) {
                throw failure;
            }
            notSampled = Optional.of(failure.getMessage());
        }
        List<Suggestion> suggestions = new ArrayList<>();
        for (ColumnFacts column : columns) {
            Optional<ColumnSample> seen = sample.map(taken -> taken.columns().get(column.name()));
            suggestions.add(ofColumn(column, seen));
        }
        return new Suggestion.OfTable(
                table.id(), sample.map(TableSample::rows).orElse(0), notSampled, List.copyOf(suggestions));
    }

    private static Suggestion ofColumn(ColumnFacts column, Optional<ColumnSample> sample) {
        if (column.generated()) {
            return suggestion(
                    column, RuleChoice.KEEP, Verdict.nothing("generated: the target computes it from the others"));
        }
        if (column.family() == Family.JSON) {
            return ofJson(column, sample);
        }
        Verdict verdict = Classifier.classify(column, sample.map(ColumnSample::all));
        String rule = verdict.kind().map(kind -> RuleChoice.rule(kind, column)).orElse(RuleChoice.KEEP);
        return suggestion(column, rule, verdict);
    }

    private static Suggestion ofJson(ColumnFacts column, Optional<ColumnSample> sample) {
        List<Observation.Evidence> names =
                sample.map(seen -> seen.names().proven()).orElse(List.of());
        if (!names.isEmpty()) {
            return suggestion(
                    column,
                    RuleChoice.emptied(column),
                    Verdict.of(
                            names.get(0).kind(),
                            Confidence.MEDIUM,
                            "JSON in which " + names.get(0).found() + " names of fields look like "
                                    + names.get(0).kind().plural() + "; rules for its values would leave them"));
        }
        Map<String, Verdict> places = RuleChoice.places(column, sample);
        List<String> found = places.entrySet().stream()
                .filter(place -> place.getValue().confidence().compareTo(Confidence.LOW) < 0)
                .map(place -> place.getValue().kind().orElseThrow().plural() + " at " + place.getKey())
                .toList();
        long kept =
                places.values().stream().filter(place -> place.kind().isEmpty()).count();
        String reason = sample.filter(seen -> seen.values() > 0).isEmpty()
                ? "JSON without a value in the sample"
                : found.isEmpty() ? "JSON without a hint" : String.join(", ", found);
        return suggestion(
                column,
                RuleChoice.json(column, sample),
                Verdict.of(
                        Kind.FREE_TEXT,
                        found.isEmpty() ? Confidence.LOW : Confidence.MEDIUM,
                        reason + "; harmless-looking places kept: " + kept + ", all that is not named is masked"));
    }

    private static Suggestion suggestion(ColumnFacts column, String rule, Verdict verdict) {
        boolean personal = verdict.confidence() != Confidence.NONE;
        return new Suggestion(
                column.table(),
                column.name(),
                column.type() + (column.array() ? "[]" : ""),
                rule,
                verdict.confidence(),
                verdict.reason() + caveat(column, rule, personal),
                personal,
                column.generated());
    }

    private static String caveat(ColumnFacts column, String rule, boolean personal) {
        if (personal && rule.equals(RuleChoice.KEEP)) {
            return "; no rule makes another value of this type and it must not be null: decide yourself";
        }
        return "";
    }

    /** Which column each column of a foreign key refers to; of several the first. */
    private Map<Place, Place> references() {
        Map<Place, Place> references = new HashMap<>();
        for (Constraint key : Constraint.read(database)) {
            if (key.isForeignKey() && key.referenced().isPresent()) {
                for (int i = 0; i < key.columns().size(); i++) {
                    references.putIfAbsent(
                            new Place(key.table(), key.columns().get(i)),
                            new Place(
                                    key.referenced().get(),
                                    key.referencedColumns().get(i)));
                }
            }
        }
        return references;
    }

    /** A value and what refers to it are masked alike, or the one is not found by the other any more. */
    private static List<Suggestion.OfTable> followed(List<Suggestion.OfTable> tables, Map<Place, Place> references) {
        Map<Place, Suggestion> all = tables.stream()
                .flatMap(table -> table.columns().stream())
                .collect(Collectors.toMap(column -> new Place(column.table(), column.column()), Function.identity()));
        return tables.stream()
                .map(table -> new Suggestion.OfTable(
                        table.table(),
                        table.rowsSampled(),
                        table.notSampled(),
                        table.columns().stream()
                                .map(column -> followed(column, all, references))
                                .toList()))
                .toList();
    }

    private static Suggestion followed(Suggestion column, Map<Place, Suggestion> all, Map<Place, Place> references) {
        Place place = new Place(column.table(), column.column());
        Place end = place;
        // A column may refer to itself, over however many tables.
        for (int steps = 0; references.containsKey(end) && all.containsKey(references.get(end)); steps++) {
            end = references.get(end);
            if (end.equals(place) || steps > references.size()) {
                return column;
            }
        }
        if (!end.equals(place)) {
            return column.asReferenced(all.get(end));
        }
        Place beyond = references.get(place);
        return beyond == null ? column : column.asReferring(beyond.table(), beyond.column());
    }
}
