package io.understudy.drift;

import io.understudy.drift.Act.Ref;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The migration histories of both sides, with what is really there and with the folder. */
final class EntryComparison {

    private static final String ABSENT = "not recorded";
    private static final String RECORDED = "recorded";

    private final Side source;
    private final Side target;
    private final Migrations migrations;
    private final Set<String> schemas;
    private final Map<String, List<SchemaObject.Key>> namesAtSource;
    private final Map<String, List<SchemaObject.Key>> namesAtTarget;
    private final boolean catalogsRead;
    private final boolean sourceAhead;
    private final List<EntryDifference> differences = new ArrayList<>();

    private EntryComparison(Side source, Side target, Migrations migrations, Set<String> schemas, boolean sourceAhead) {
        this.source = source;
        this.target = target;
        this.migrations = migrations;
        this.schemas = schemas;
        this.sourceAhead = sourceAhead;
        this.namesAtSource = names(source);
        this.namesAtTarget = names(target);
        this.catalogsRead = Stream.of(source, target)
                .flatMap(side -> side.unread().keySet().stream())
                .noneMatch(Side.PARTS::contains);
    }

    /**
     * @param schemas that were compared: what a migration makes elsewhere cannot be looked for
     * @param sourceAhead by their objects, which tells where versions have no order
     */
    static List<EntryDifference> compare(
            Side source, Side target, Migrations migrations, Set<String> schemas, boolean sourceAhead) {
        EntryComparison comparison = new EntryComparison(source, target, migrations, schemas, sourceAhead);
        List.of(source, target).forEach(comparison::addBroken);
        migrations.places().stream().filter(place -> place.tool().current()).forEach(comparison::addCurrent);
        migrations.all().stream()
                .filter(migration -> migration.place().isEmpty()
                        || comparison.isReadOnBothSides(migration.place().get()))
                .forEach(comparison::add);
        return comparison.differences;
    }

    private boolean isReadOnBothSides(History.Place place) {
        return source.hasRead(place) && target.hasRead(place);
    }

    private void addBroken(Side side) {
        for (History history : side.histories()) {
            history.entries().values().stream().filter(History.Entry::isBroken).forEach(entry -> {
                boolean here = side.name() == SideName.SOURCE;
                differences.add(new EntryDifference(
                        Optional.of(history.place()),
                        entry.key(),
                        entry.label(),
                        here ? entry.state() : state(source, history.place(), entry.key()),
                        here ? state(target, history.place(), entry.key()) : entry.state(),
                        new Verdict(
                                DriftClass.FAILED,
                                "recorded as " + entry.state() + " at the "
                                        + side.name().word()),
                        Optional.empty(),
                        Optional.empty()));
            });
        }
    }

    private static String state(Side side, History.Place place, String key) {
        return side.history(place)
                .flatMap(history -> Optional.ofNullable(history.entries().get(key)))
                .map(History.Entry::state)
                .orElse(ABSENT);
    }

    /** Of tools that keep only where they are, all entries of a side are one fact. */
    private void addCurrent(History.Place place) {
        String here = versions(source, place);
        String there = versions(target, place);
        if (here.equals(there) || !isReadOnBothSides(place)) {
            return;
        }
        boolean ahead = there.isEmpty() || (!here.isEmpty() && isFurther(place, here, there));
        SideName side = ahead ? SideName.SOURCE : SideName.TARGET;
        Optional<History.Entry> reached = source.history(place).stream()
                .flatMap(history -> history.entries().values().stream())
                .findFirst();
        differences.add(new EntryDifference(
                Optional.of(place),
                "",
                "version",
                here.isEmpty() ? ABSENT : here,
                there.isEmpty() ? ABSENT : there,
                new Verdict(DriftClass.ahead(side), "the sides have reached different versions"),
                ahead ? reached : Optional.empty(),
                Optional.empty()));
    }

    private boolean isFurther(History.Place place, String here, String there) {
        boolean numbers = here.matches("\\d+") && there.matches("\\d+");
        return place.tool() == Tool.GOLANG_MIGRATE && numbers
                ? new BigInteger(here).compareTo(new BigInteger(there)) > 0
                : sourceAhead;
    }

    private static String versions(Side side, History.Place place) {
        return side.history(place).stream()
                .flatMap(history -> history.entries().keySet().stream())
                .sorted()
                .collect(Collectors.joining(", "));
    }

    private void add(Migration migration) {
        boolean current =
                migration.place().filter(place -> place.tool().current()).isPresent();
        Optional<Verdict> verdict = verdict(migration);
        if (verdict.isEmpty() || (current && verdict.get().type() != DriftClass.PHANTOM)) {
            return;
        }
        boolean lacking = migration.recorded().equals(Set.of(SideName.SOURCE))
                && verdict.get().type() != DriftClass.PHANTOM;
        differences.add(new EntryDifference(
                migration.place(),
                migration.key(),
                migration.label(),
                migration.isRecordedAt(SideName.SOURCE) ? RECORDED : ABSENT,
                migration.isRecordedAt(SideName.TARGET) ? RECORDED : ABSENT,
                verdict.get(),
                migration
                        .place()
                        .filter(place -> lacking)
                        .flatMap(source::history)
                        .map(history -> history.entries().get(migration.key())),
                migration.scan().map(known -> proofs(migration))));
    }

    private List<String> proofs(Migration migration) {
        return migration.named().stream()
                .flatMap(ref -> namesAtSource.getOrDefault(ref.name(), List.of()).stream()
                        .filter(ref::means))
                .map(key -> source.objects().get(key).proof())
                .distinct()
                .toList();
    }

    private Optional<Verdict> verdict(Migration migration) {
        if (migration.recorded().size() == 2) {
            return phantom(migration).or(() -> unfiled(migration));
        }
        if (migration.recorded().isEmpty()) {
            return Optional.of(ofFile(migration));
        }
        SideName here = migration.recorded().iterator().next();
        SideName there = here.other();
        List<Ref> looked = looked(migration);
        if (!looked.isEmpty() && missing(there, looked).isEmpty()) {
            return Optional.of(new Verdict(
                    DriftClass.UNRECORDED,
                    "what it makes is there, and it is recorded at the " + here.word() + " only"));
        }
        if (!looked.isEmpty() && missing(here, looked).size() == looked.size()) {
            return Optional.of(new Verdict(
                    DriftClass.PHANTOM, "recorded at the " + here.word() + ", where nothing is that it makes"));
        }
        return Optional.of(new Verdict(DriftClass.ahead(here), "recorded at the " + here.word() + " only"));
    }

    private Optional<Verdict> phantom(Migration migration) {
        List<Ref> looked = looked(migration);
        List<Ref> atSource = missing(SideName.SOURCE, looked);
        List<Ref> atTarget = missing(SideName.TARGET, looked);
        if (!looked.isEmpty() && atSource.size() == looked.size() && atTarget.size() == looked.size()) {
            return Optional.of(
                    new Verdict(DriftClass.PHANTOM, "recorded on both sides, and nothing is there that it makes"));
        }
        List<Ref> onlySource =
                atTarget.stream().filter(ref -> !atSource.contains(ref)).toList();
        List<Ref> onlyTarget =
                atSource.stream().filter(ref -> !atTarget.contains(ref)).toList();
        return phantom(SideName.TARGET, onlySource).or(() -> phantom(SideName.SOURCE, onlyTarget));
    }

    private static Optional<Verdict> phantom(SideName side, List<Ref> missing) {
        if (missing.isEmpty()) {
            return Optional.empty();
        }
        String first = missing.get(0).kind().word() + " " + missing.get(0).name();
        return Optional.of(new Verdict(
                DriftClass.PHANTOM,
                "recorded at the " + side.word() + ", where it lacks " + first
                        + (missing.size() == 1 ? "" : " and " + (missing.size() - 1) + " more")));
    }

    private Optional<Verdict> unfiled(Migration migration) {
        boolean tellsFiles = migrations.all().stream()
                .anyMatch(other -> other.filed() && other.place().equals(migration.place()));
        return !migration.filed() && tellsFiles
                ? Optional.of(new Verdict(DriftClass.FOLDER, "recorded on both sides, and no file of the folder"))
                : Optional.empty();
    }

    private Verdict ofFile(Migration migration) {
        List<Ref> looked = looked(migration);
        if (migration.place().isEmpty()) {
            return new Verdict(DriftClass.FOLDER, "a file that no history of either side has a place for");
        }
        List<SideName> there = Stream.of(SideName.values())
                .filter(side -> !looked.isEmpty() && missing(side, looked).isEmpty())
                .toList();
        return there.isEmpty()
                ? new Verdict(DriftClass.FOLDER, "a file that is recorded nowhere")
                : new Verdict(
                        DriftClass.UNRECORDED,
                        "what it makes is at the "
                                + there.stream().map(SideName::word).collect(Collectors.joining(" and the "))
                                + ", and it is recorded nowhere");
    }

    /** Only what can be looked for is evidence. */
    private List<Ref> looked(Migration migration) {
        return catalogsRead
                ? migration.named().stream()
                        .filter(ref -> ref.schema() == null || schemas.contains(ref.schema()))
                        .filter(ref -> ref.kind() != Kind.EXTENSION && ref.kind() != Kind.PUBLICATION)
                        .toList()
                : List.of();
    }

    private List<Ref> missing(SideName side, List<Ref> refs) {
        Map<String, List<SchemaObject.Key>> there = side == SideName.SOURCE ? namesAtSource : namesAtTarget;
        return refs.stream()
                .filter(ref ->
                        there.getOrDefault(ref.name(), List.of()).stream().noneMatch(ref::means))
                .toList();
    }

    private static Map<String, List<SchemaObject.Key>> names(Side side) {
        return side.objects().keySet().stream().collect(Collectors.groupingBy(SchemaObject.Key::bareName));
    }
}
