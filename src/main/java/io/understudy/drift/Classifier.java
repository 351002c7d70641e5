package io.understudy.drift;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** Why the sides differ in an object, by what is known of migrations. docs/drift.md has it as a table. */
final class Classifier {

    private final Migrations migrations;

    Classifier(Migrations migrations) {
        this.migrations = migrations;
    }

    Verdict verdict(ObjectDifference difference) {
        return difference.only().isPresent()
                ? ofOneSide(difference, difference.only().get())
                : ofBoth(difference);
    }

    private Verdict ofOneSide(ObjectDifference difference, SideName here) {
        SideName there = here.other();
        Optional<Migration> maker = maker(difference);
        if (maker.isEmpty()) {
            return migrations.areKnownAt(here)
                    ? new Verdict(DriftClass.BY_HAND, "no known migration makes it")
                    : new Verdict(DriftClass.ahead(here), "only the " + here.word() + " has it");
        }
        String title = maker.get().title();
        if (maker.get().isRecordedAt(there)) {
            return new Verdict(DriftClass.PHANTOM, title + " makes it and is recorded at the " + there.word());
        }
        if (maker.get().isRecordedAt(here)) {
            return new Verdict(
                    DriftClass.ahead(here), title + " makes it and is recorded at the " + here.word() + " only");
        }
        return new Verdict(DriftClass.UNRECORDED, title + " makes it and is recorded nowhere");
    }

    private Optional<Migration> maker(ObjectDifference difference) {
        SchemaObject object = difference.object();
        return switch (object.kind()) {
            case PRIVILEGE -> migrations.mentioning(withTable(object.key(), "grant"));
            case ROW_SECURITY -> migrations.mentioning(withTable(object.key(), "security"));
            case ENUM ->
                difference.isWhole()
                        ? migrations.maker(object.key())
                        : migrations
                                .mentioning(Set.of(object.key().name(), "add", "value"))
                                .or(() -> migrations.maker(object.key()));
            default -> migrations.maker(object.key());
        };
    }

    private static Set<String> withTable(SchemaObject.Key key, String word) {
        Set<String> names = new LinkedHashSet<>(Set.of(word));
        key.tableId().ifPresent(table -> names.add(table.name()));
        if (key.table() == null) {
            names.add(key.schema());
        }
        return names;
    }

    private Verdict ofBoth(ObjectDifference difference) {
        SchemaObject.Key key = difference.object().key();
        Set<String> names = new LinkedHashSet<>();
        key.tableId().ifPresent(table -> names.add(table.name()));
        names.add(
                key.kind() == Kind.FUNCTION
                        ? key.name().replaceFirst("\\(.*", "").replace("\"", "")
                        : key.name());
        Optional<Migration> one = migrations
                .mentioning(names)
                .filter(migration -> migration.recorded().size() == 1);
        if (one.isPresent()) {
            SideName here = one.get().recorded().iterator().next();
            return new Verdict(
                    DriftClass.ahead(here),
                    one.get().title() + " mentions it and is recorded at the " + here.word() + " only");
        }
        boolean sourceMore = migrations.anyOnlyAt(SideName.SOURCE);
        boolean targetMore = migrations.anyOnlyAt(SideName.TARGET);
        boolean known = migrations.areKnownAt(SideName.SOURCE) && migrations.areKnownAt(SideName.TARGET);
        if (migrations.all().isEmpty()) {
            return new Verdict(DriftClass.SOURCE_AHEAD, "no history tells; the source is taken to be right");
        }
        if (known || sourceMore == targetMore) {
            return new Verdict(DriftClass.BY_HAND, "no migration that only one side has explains it");
        }
        SideName here = sourceMore ? SideName.SOURCE : SideName.TARGET;
        return new Verdict(DriftClass.ahead(here), "the " + here.word() + " has migrations that the other has not");
    }
}
