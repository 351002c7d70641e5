package io.understudy.drift;

import io.understudy.postgres.Sql;
import io.understudy.postgres.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is to be done at the target about one object. Adds, sets, validates; never drops or rewrites. */
final class ObjectRepair {

    // Steps are run in this order. A function that needs no table may be what a default or a check calls.
    private static final int ENUM_LABELS = 25;
    private static final int EARLY_FUNCTIONS = 35;
    private static final int OWNED_SEQUENCES = 45;
    private static final int LATE_FUNCTIONS = 60;
    private static final int VALIDATION = 85;
    private static final int NOT_NULL = 87;

    private final DriftReport.Judged judged;
    private final ObjectDifference difference;
    private final List<DriftReport.Judged> all;
    private final List<RepairStep> steps;
    private final List<String> decisions;

    ObjectRepair(
            DriftReport.Judged judged, List<DriftReport.Judged> all, List<RepairStep> steps, List<String> decisions) {
        this.judged = judged;
        this.difference = judged.difference();
        this.all = all;
        this.steps = steps;
        this.decisions = decisions;
    }

    private static int order(SchemaObject object) {
        return switch (object.kind()) {
            case SCHEMA -> 10;
            case EXTENSION -> 15;
            case ENUM, TYPE -> 20;
            case SEQUENCE -> 30;
            case FUNCTION -> object.place() == 0 ? EARLY_FUNCTIONS : LATE_FUNCTIONS;
            case TABLE -> 40 + object.place();
            case COLUMN -> 50;
            case VIEW, MATERIALIZED_VIEW -> 70;
            case CONSTRAINT -> 80 + object.place();
            case INDEX -> 90;
            case RULE -> 95;
            case TRIGGER -> 96;
            case PRIVILEGE -> 100;
            case ROW_SECURITY -> 110;
            case POLICY -> 111;
            case HISTORY_ENTRY -> EntryRepair.ORDER;
            case PUBLICATION -> 130;
        };
    }

    void add() {
        Optional<SchemaObject> missing = RepairPlan.missing(judged);
        if (missing.isPresent()) {
            make(missing.get());
        } else if (difference.isWhole()) {
            if (!difference.within()) {
                decide("The target has it, the source has not. Nothing is removed.");
            }
        } else if (difference.object().kind() == Kind.ENUM) {
            labels();
        } else {
            change(difference.source().orElseThrow(), difference.target().orElseThrow());
        }
    }

    private void make(SchemaObject object) {
        if (object.kind() == Kind.COLUMN && difference.within()) {
            // Its table is made with it.
            return;
        }
        if (object.statement().isEmpty()) {
            decide("The target has not got it, and how to make it is not known: " + object.definition());
            return;
        }
        String title = RepairPlan.title(judged, "make");
        String statement = object.statement().get();
        int order = order(object);
        steps.add(
                switch (object.kind()) {
                    case FUNCTION -> RepairStep.plain(order, title, statement, object.proof());
                    case INDEX ->
                        object.place() == 1
                                ? RepairStep.alone(order, title, statement, object.proof())
                                : RepairStep.guarded(order, title, statement, object.proof());
                    default -> RepairStep.guarded(order, title, statement, object.proof());
                });
        switch (object.kind()) {
            case SEQUENCE -> own(object);
            case COLUMN -> fill(object);
            case CONSTRAINT -> {
                if (statement.endsWith(" not valid")
                        && object.facet("validated").equals("yes")) {
                    validate(object);
                }
            }
            default -> {}
        }
    }

    private void own(SchemaObject sequence) {
        String owner = sequence.facet("owned by");
        if (!owner.isEmpty()) {
            steps.add(RepairStep.guarded(
                    OWNED_SEQUENCES,
                    RepairPlan.title(judged, "give to its column"),
                    "alter sequence " + path(sequence) + " owned by " + owner,
                    "exists (select from pg_depend where classid = 'pg_class'::regclass and objid = to_regclass("
                            + Sql.literal(path(sequence)) + ") and refobjsubid > 0 and deptype = 'a')"));
        }
    }

    /** Without a default, rows that are there have no value yet. */
    private void fill(SchemaObject column) {
        boolean valueless = column.facet("default").isEmpty()
                && column.facet("identity").isEmpty()
                && column.facet("generated").isEmpty();
        if (column.facet("nullable").equals("not null") && valueless) {
            notNull(column);
        }
    }

    private void notNull(SchemaObject column) {
        String table = table(column);
        String name = Sql.name(column.key().name());
        steps.add(RepairStep.unless(
                NOT_NULL,
                RepairPlan.title(judged, "set not null on"),
                "exists (select from " + table + " where " + name + " is null)",
                "rows of " + column.key().tableId().orElseThrow() + " have no value in "
                        + column.key().name() + " yet: ./understudy resync copies a mirrored table again",
                "alter table " + table + " alter column " + name + " set not null",
                "(select attnotnull from pg_attribute where attrelid = to_regclass(" + Sql.literal(table)
                        + ") and attname = " + Sql.literal(column.key().name()) + ")"));
    }

    private void validate(SchemaObject constraint) {
        steps.add(RepairStep.plain(
                VALIDATION,
                RepairPlan.title(judged, "validate"),
                "alter table " + table(constraint) + " validate constraint "
                        + Sql.name(constraint.key().name()),
                "(select convalidated from pg_constraint where conrelid = to_regclass("
                        + Sql.literal(table(constraint)) + ") and conname = "
                        + Sql.literal(constraint.key().name()) + ")"));
    }

    private void labels() {
        SchemaObject source = difference.source().orElseThrow();
        List<String> there =
                new ArrayList<>(difference.target().orElseThrow().facets().keySet());
        if (!difference.isMissingAt(SideName.TARGET)) {
            decide(
                    difference.only().isPresent()
                            ? "The target has labels that the source has not. Labels cannot be removed."
                            : "The labels stand in another order. Only a new type changes that.");
            return;
        }
        List<String> labels = List.copyOf(source.facets().keySet());
        for (int i = 0; i < labels.size(); i++) {
            String label = labels.get(i);
            if (!there.contains(label)) {
                String place = i > 0
                        ? " after " + Sql.literal(labels.get(i - 1))
                        : labels.stream()
                                .filter(there::contains)
                                .findFirst()
                                .map(next -> " before " + Sql.literal(next))
                                .orElse("");
                steps.add(RepairStep.plain(
                        ENUM_LABELS,
                        RepairPlan.title(judged, "add label " + Sql.literal(label) + " to"),
                        "alter type " + path(source) + " add value if not exists " + Sql.literal(label) + place,
                        "exists (select from pg_enum where enumtypid = to_regtype(" + Sql.literal(path(source))
                                + ") and enumlabel = " + Sql.literal(label) + ")"));
                there.add(label);
            }
        }
    }

    private void change(SchemaObject source, SchemaObject target) {
        if (judged.verdict().type() == DriftClass.TARGET_AHEAD) {
            decide("The target is ahead: it has " + told(target) + ", the source " + told(source) + ".");
            return;
        }
        List<String> left = new ArrayList<>(difference.facets());
        if (source.kind() == Kind.COLUMN) {
            changeColumn(source, target, left);
        } else if (source.kind() == Kind.CONSTRAINT
                && difference.facets().equals(List.of("validated"))
                && source.facet("validated").equals("yes")) {
            validate(source);
            left.clear();
        } else if (source.kind() == Kind.SEQUENCE
                && left.contains("owned by")
                && target.facet("owned by").isEmpty()) {
            own(source);
            left.remove("owned by");
        } else if (source.kind() == Kind.PRIVILEGE && source.statement().isPresent()) {
            grant(source, target, left);
        }
        if (!left.isEmpty()) {
            decide("It differs in " + String.join(", ", left) + ". The target has " + told(target)
                    + ".\nThe source has " + told(source) + advice(source));
        }
    }

    private void changeColumn(SchemaObject source, SchemaObject target, List<String> left) {
        String column = "alter table " + table(source) + " alter column "
                + Sql.name(source.key().name());
        boolean plain = !left.contains("type") && !left.contains("generated") && !left.contains("identity");
        if (plain && left.contains("default") && !source.facet("default").isEmpty()) {
            left.remove("default");
            steps.add(RepairStep.plain(
                    order(source),
                    RepairPlan.title(judged, "set the default of"),
                    column + " set default " + source.facet("default"),
                    source.proof()));
        }
        if (left.contains("nullable") && target.facet("nullable").equals("null")) {
            left.remove("nullable");
            notNull(source);
        }
    }

    private void grant(SchemaObject source, SchemaObject target, List<String> left) {
        List<String> here = List.of(source.facet("privileges").split(", "));
        List<String> there = List.of(target.facet("privileges").split(", "));
        if (!there.containsAll(here)) {
            steps.add(RepairStep.guarded(
                    order(source),
                    RepairPlan.title(judged, "grant"),
                    source.statement().orElseThrow(),
                    source.proof()));
        }
        if (here.containsAll(there)) {
            left.remove("privileges");
        }
    }

    private String advice(SchemaObject source) {
        if (difference.differsIn(ObjectDifference.NAME)) {
            return "; the target's can be renamed.";
        }
        if (source.kind() == Kind.EXTENSION) {
            return "; alter extension " + Sql.name(source.key().name()) + " update, where the server has that version.";
        }
        return source.statement()
                .map(statement -> ", made by:\n" + statement + ";")
                .orElse(".");
    }

    private static String told(SchemaObject object) {
        return Excerpt.of(object.definition());
    }

    private void decide(String what) {
        decisions.add(RepairPlan.title(judged, "about") + "\n" + what);
    }

    private static String table(SchemaObject object) {
        return object.key().tableId().map(TableId::sql).orElseThrow();
    }

    private static String path(SchemaObject object) {
        return new TableId(object.key().schema(), object.key().name()).sql();
    }
}
