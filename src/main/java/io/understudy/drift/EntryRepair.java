package io.understudy.drift;

import io.understudy.postgres.Sql;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * History entries that the target should have. One is recorded only when all that its migration makes is there; where
 * its SQL is not known, all of its history together, when all steps before have done their work.
 */
final class EntryRepair {

    /** Behind all objects, before publications. */
    static final int ORDER = 120;

    private final List<RepairStep> steps;
    private final List<String> decisions;
    private final Map<History.Place, List<EntryDifference>> unknown = new LinkedHashMap<>();

    private EntryRepair(List<RepairStep> steps, List<String> decisions) {
        this.steps = steps;
        this.decisions = decisions;
    }

    static void add(List<EntryDifference> entries, Mirrored mirrored, List<RepairStep> steps, List<String> decisions) {
        List<String> before = steps.stream().map(RepairStep::proof).distinct().toList();
        EntryRepair repair = new EntryRepair(steps, decisions);
        entries.forEach(entry -> repair.add(entry, mirrored));
        repair.unknown.forEach((place, missing) -> repair.record(missing, before));
    }

    private void add(EntryDifference entry, Mirrored mirrored) {
        if (entry.missing().isEmpty()) {
            decide(entry, entry.verdict().why() + ". " + Remedy.of(entry) + ".");
        } else if (mirrored.concerns(entry.place())) {
            decide(entry, "Its table is mirrored: the entry comes with the source's rows.");
        } else if (isForked(entry)) {
            decide(entry, "The sides have reached several versions; which one replaces which is not known.");
        } else if (entry.proofs().isPresent()) {
            record(List.of(entry), entry.proofs().get());
        } else {
            unknown.computeIfAbsent(entry.place().orElseThrow(), place -> new ArrayList<>())
                    .add(entry);
        }
    }

    private static boolean isForked(EntryDifference entry) {
        return entry.place().orElseThrow().tool().current()
                && (entry.atSource().contains(", ") || entry.atTarget().contains(", "));
    }

    private void decide(EntryDifference entry, String what) {
        decisions.add(title("about", entry, Excerpt.of(entry.label())) + "\n" + what);
    }

    private void record(List<EntryDifference> entries, List<String> proofs) {
        EntryDifference first = entries.get(0);
        String label = entries.size() == 1 ? Excerpt.of(first.label()) : entries.size() + " entries";
        steps.add(RepairStep.unless(
                ORDER,
                title("record", first, label),
                proofs.isEmpty() ? "false" : "(" + String.join("\n      and ", proofs) + ") is not true",
                "not everything that " + label + " makes is there: it is not recorded",
                entries.stream().map(EntryRepair::statement).collect(Collectors.joining(";\n    ")),
                entries.stream().map(EntryRepair::isThere).collect(Collectors.joining("\n      and "))));
    }

    private static String isThere(EntryDifference entry) {
        History.Place place = entry.place().orElseThrow();
        return "exists (select from " + place.table().sql() + " h where ("
                + place.tool().key() + ")::text = "
                + Sql.literal(entry.missing().orElseThrow().key()) + ")";
    }

    private static String statement(EntryDifference difference) {
        History.Place place = difference.place().orElseThrow();
        if (!place.tool().current()) {
            return insert(difference);
        }
        String column = place.tool() == Tool.ALEMBIC ? "version_num" : "version";
        return "update " + place.table().sql() + " set " + column + " = "
                + Sql.literal(difference.missing().orElseThrow().key()) + " where " + column + "::text = "
                + Sql.literal(difference.atTarget()) + ";\n    " + insert(difference);
    }

    private static String insert(EntryDifference difference) {
        History.Place place = difference.place().orElseThrow();
        List<String> columns = new ArrayList<>();
        List<String> values = new ArrayList<>();
        place.tool().copied().stream().filter(place.columns()::contains).forEach(column -> {
            columns.add(column);
            values.add("r." + Sql.name(column));
        });
        new TreeMap<>(place.tool().computed()).forEach((column, value) -> {
            if (place.columns().contains(column)) {
                columns.add(column);
                values.add(value.replace("%s", place.table().sql()));
            }
        });
        return "insert into " + place.table().sql() + " (" + Sql.names(columns) + ")\n    select "
                + String.join(", ", values) + "\n      from jsonb_populate_record(null::"
                + place.table().sql() + ", "
                + Sql.literal(difference.missing().orElseThrow().row()) + "::jsonb) r\n     where not "
                + isThere(difference);
    }

    private static String title(String doing, EntryDifference entry, String label) {
        String text = doing + " "
                + entry.place()
                        .map(place -> place.tool().name() + " " + place.table() + ": ")
                        .orElse("file ")
                + label + " (" + entry.verdict().type().word() + ")";
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
