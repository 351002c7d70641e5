package io.understudy.drift;

import io.understudy.drift.Act.Ref;
import io.understudy.drift.MigrationFolder.MigrationFile;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** All that is known of migrations: both sides' histories and the folder, put together. */
final class Migrations {

    private final List<Migration> all = new ArrayList<>();
    private final Side source;
    private final Side target;
    private final Optional<MigrationFolder> folder;

    private Migrations(Side source, Side target, Optional<MigrationFolder> folder) {
        this.source = source;
        this.target = target;
        this.folder = folder;
    }

    static Migrations of(Side source, Side target, Optional<MigrationFolder> folder) {
        Migrations migrations = new Migrations(source, target, folder);
        Set<MigrationFile> named = new LinkedHashSet<>();
        for (History.Place place : migrations.places()) {
            migrations.collect(place, named);
        }
        folder.ifPresent(files -> files.files().stream()
                .filter(file -> !named.contains(file))
                .forEach(file -> migrations.all.add(new Migration(
                        Optional.empty(),
                        file.name(),
                        file.name(),
                        Set.of(),
                        true,
                        Optional.of(SqlScanner.scan(file.sql()))))));
        migrations.all.forEach(migrations::run);
        return migrations;
    }

    List<Migration> all() {
        return all;
    }

    /** Each history once, whichever side has it. */
    List<History.Place> places() {
        List<History.Place> places = new ArrayList<>();
        Stream.concat(source.histories().stream(), target.histories().stream())
                .map(History::place)
                .filter(place -> places.stream().noneMatch(place::sameAs))
                .forEach(places::add);
        return places;
    }

    private void collect(History.Place place, Set<MigrationFile> named) {
        Optional<History> atSource = source.history(place);
        Optional<History> atTarget = target.history(place);
        Map<String, MigrationFile> files = new LinkedHashMap<>();
        folder.ifPresent(known -> known.files()
                .forEach(file -> file.key(place.tool()).ifPresent(key -> {
                    files.put(key, file);
                    named.add(file);
                })));
        Set<String> keys = new LinkedHashSet<>(files.keySet());
        Stream.of(atSource, atTarget)
                .flatMap(Optional::stream)
                .forEach(history -> keys.addAll(history.entries().keySet()));
        for (String key : keys) {
            Set<SideName> recorded = EnumSet.noneOf(SideName.class);
            atSource.filter(history -> isRecorded(history, key)).ifPresent(history -> recorded.add(SideName.SOURCE));
            atTarget.filter(history -> isRecorded(history, key)).ifPresent(history -> recorded.add(SideName.TARGET));
            List<History.Entry> entries = Stream.of(atSource, atTarget)
                    .flatMap(Optional::stream)
                    .flatMap(history -> Optional.ofNullable(history.entries().get(key)).stream())
                    .toList();
            Optional<String> sql = Optional.ofNullable(files.get(key))
                    .map(MigrationFile::sql)
                    .or(() -> entries.stream()
                            .flatMap(entry -> entry.statements().stream())
                            .findFirst());
            String label = entries.stream()
                    .map(History.Entry::label)
                    .findFirst()
                    .orElseGet(() -> files.get(key).name());
            all.add(new Migration(
                    Optional.of(place), key, label, recorded, files.containsKey(key), sql.map(SqlScanner::scan)));
        }
    }

    /** Where only the version that is reached is kept, all files up to it are recorded. */
    private static boolean isRecorded(History history, String key) {
        if (history.place().tool() != Tool.GOLANG_MIGRATE) {
            return history.has(key);
        }
        return history.entries().keySet().stream()
                .anyMatch(reached -> new BigInteger(key).compareTo(new BigInteger(reached)) <= 0);
    }

    /** What later migrations drop or rename, earlier ones no longer make. */
    private void run(Migration migration) {
        migration.scan().stream().flatMap(scan -> scan.acts().stream()).forEach(act -> {
            switch (act.verb()) {
                case CREATE -> migration.makes().add(act.ref());
                case DROP -> all.forEach(each -> each.makes().removeIf(ref -> isGoneWith(ref, act.ref())));
                case RENAME ->
                    all.forEach(each -> each.makes()
                            .replaceAll(ref -> renamed(ref, act.ref(), act.to().orElseThrow())));
            }
        });
    }

    private static boolean isGoneWith(Ref ref, Ref dropped) {
        return isSame(ref, dropped)
                || (dropped.kind() == Kind.TABLE && ref.belongsTo(dropped))
                || (dropped.kind() == Kind.SCHEMA && dropped.name().equals(ref.schema()));
    }

    private static Ref renamed(Ref ref, Ref from, String to) {
        if (isSame(ref, from)) {
            return ref.renamed(to);
        }
        return from.kind() == Kind.TABLE && ref.belongsTo(from) ? ref.ofTable(to) : ref;
    }

    private static boolean isSame(Ref ref, Ref other) {
        boolean kind = ref.kind() == other.kind()
                || (ref.kind() == Kind.INDEX && other.kind() == Kind.CONSTRAINT)
                || (ref.kind().isRelation() && other.kind().isRelation());
        return kind
                && ref.name().equals(other.name())
                && (ref.schema() == null
                        || other.schema() == null
                        || ref.schema().equals(other.schema()))
                && (ref.table() == null || other.table() == null || ref.table().equals(other.table()));
    }

    /** Whether what made this side is known as SQL, so that what no migration mentions was made by hand. */
    boolean areKnownAt(SideName side) {
        List<History> histories = (side == SideName.SOURCE ? source : target).histories();
        boolean kept = histories.stream()
                .anyMatch(history -> !history.entries().isEmpty()
                        && history.entries().values().stream()
                                .allMatch(entry -> entry.statements().isPresent()));
        return kept || folder.filter(files -> !files.files().isEmpty()).isPresent();
    }

    /** The last one that makes it, as far as SQL is known. */
    Optional<Migration> maker(SchemaObject.Key key) {
        return all.stream().filter(migration -> migration.makes(key)).reduce((earlier, later) -> later);
    }

    /** The last one that says all these names, preferably one that only one side has. */
    Optional<Migration> mentioning(Set<String> names) {
        List<Migration> mentioning =
                all.stream().filter(migration -> migration.mentions(names)).toList();
        return mentioning.stream()
                .filter(migration -> migration.recorded().size() == 1)
                .reduce((earlier, later) -> later)
                .or(() -> mentioning.stream().reduce((earlier, later) -> later));
    }

    boolean anyOnlyAt(SideName side) {
        return all.stream().anyMatch(migration -> migration.recorded().equals(Set.of(side)));
    }
}
