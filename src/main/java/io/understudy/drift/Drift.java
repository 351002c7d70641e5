package io.understudy.drift;

import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.TableId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Compares the schemas of both sides, and what their migration histories say of them. Changes nothing. */
public final class Drift {

    /**
     * @param mirrored tables of the source that are
     * @param ownPublications that the mirror made for itself
     * @param excludedColumns by pattern: they are neither copied nor written
     * @param schemas only these; none means all that are compared by default
     */
    public record Request(
            Set<TableId> mirrored,
            List<String> excludedColumns,
            Set<String> ownPublications,
            Collection<String> schemas,
            Optional<Path> migrations) {}

    private Drift() {}

    /**
     * @throws IOException when the folder of migrations cannot be read
     * @throws IllegalArgumentException when neither side has a schema that was asked for
     */
    public static DriftReport compare(PostgresClient source, PostgresClient target, Request request)
            throws IOException {
        Optional<MigrationFolder> folder = Optional.empty();
        if (request.migrations().isPresent()) {
            folder = Optional.of(MigrationFolder.read(request.migrations().get()));
        }
        Set<String> here = Side.schemas(source);
        Set<String> there = Side.schemas(target);
        for (String asked : request.schemas()) {
            if (!here.contains(asked) && !there.contains(asked)) {
                throw new IllegalArgumentException("Neither side has a schema " + asked + ".");
            }
        }
        Scope scope = Scope.of(here, there, request.schemas());
        return report(
                Side.read(SideName.SOURCE, source, scope.schemas()),
                Side.read(SideName.TARGET, target, scope.schemas()),
                scope,
                folder,
                request);
    }

    private static DriftReport report(
            Side source, Side target, Scope scope, Optional<MigrationFolder> folder, Request request) {
        ObjectComparison.Result compared = ObjectComparison.compare(source, target, request.ownPublications());
        List<ObjectDifference> differences = compared.differences().stream()
                .filter(difference ->
                        request.schemas().isEmpty() || difference.object().key().schema() != null)
                .toList();
        Migrations migrations = Migrations.of(source, target, folder);
        Classifier classifier = new Classifier(migrations);
        boolean sourceAhead = differences.stream().anyMatch(difference -> difference.isMissingAt(SideName.TARGET))
                || differences.stream().noneMatch(difference -> difference.isMissingAt(SideName.SOURCE));
        Map<TableId, TableId> roots = new HashMap<>(target.roots());
        roots.putAll(source.roots());
        Mirrored mirrored = new Mirrored(request.mirrored(), request.excludedColumns(), roots, List.of(source, target));
        return new DriftReport(
                differences.stream()
                        .map(difference -> new DriftReport.Judged(difference, classifier.verdict(difference)))
                        .toList(),
                EntryComparison.compare(source, target, migrations, scope.schemas(), sourceAhead),
                unchecked(source, target),
                leftOut(scope, compared, request),
                migrations.places().stream()
                        .map(place -> told(place, source, target, mirrored))
                        .toList(),
                mirrored);
    }

    private static List<DriftReport.Unchecked> unchecked(Side source, Side target) {
        return Stream.of(source, target)
                .flatMap(side -> side.unread().entrySet().stream()
                        .map(part -> new DriftReport.Unchecked(side.name(), part.getKey(), part.getValue())))
                .toList();
    }

    private static List<String> leftOut(Scope scope, ObjectComparison.Result compared, Request request) {
        List<String> leftOut = new ArrayList<>(scope.leftOut());
        if (!compared.foreignRoles().isEmpty()) {
            leftOut.add("Privileges of roles that only one server has: " + String.join(", ", compared.foreignRoles())
                    + ".");
        }
        if (request.schemas().isEmpty()) {
            leftOut.add("What Understudy made for itself: the schema understudy, the mirror's publications.");
        }
        return leftOut;
    }

    private static String told(History.Place place, Side source, Side target, Mirrored mirrored) {
        return place.tool().name() + " " + place.table() + ": " + entries(source, place) + ", "
                + entries(target, place)
                + (mirrored.concerns(Optional.of(place))
                        ? "; it is mirrored, so the target's entries are the source's: leave it out"
                                + " (understudy.tables.exclude)"
                        : "");
    }

    private static String entries(Side side, History.Place place) {
        return side.history(place)
                .map(history ->
                        history.entries().size() + " at the " + side.name().word())
                .orElse(
                        !side.hasRead(place)
                                ? "could not be read at the " + side.name().word()
                                : "none at the " + side.name().word());
    }
}
