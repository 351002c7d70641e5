package io.understudy.drift;

import io.understudy.postgres.Sql;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * History entries that the target should have. One is recorded only when all that its migration makes is there; where
 * its SQL is not known, when all steps before have done their work.
 */
final class EntryRepair {

    /** Behind all objects, before publications. */
    static final int ORDER = 120;

    private EntryRepair() {}

    static void add(
            List<EntryDifference> entries,
            Mirrored mirrored,
            List<RepairStep> before,
            List<RepairStep> steps,
            List<String> decisions) {
        for (EntryDifference entry : entries) {
            if (entry.missing().isEmpty()) {
                decisions.add(title(entry, "about") + "\n" + entry.verdict().why() + ". " + Remedy.of(entry) + ".");
            } else if (mirrored.concerns(entry.place())) {
                decisions.add(
                        title(entry, "about") + "\nIts table is mirrored: the entry comes with the source's rows.");
            } else {
                step(entry, before)
                        .ifPresentOrElse(
                                steps::add,
                                () -> decisions.add(
                                        title(entry, "about")
                                                + "\nThe sides have reached several versions; which one replaces which is not known."));
            }
        }
    }

    private static Optional<RepairStep> step(EntryDifference difference, List<RepairStep> before) {
        History.Place place = difference.place().orElseThrow();
        History.Entry entry = difference.missing().orElseThrow();
        String table = place.table().sql();
        String there = "exists (select from " + table + " h where ("
                + place.tool().key() + ") = " + Sql.literal(entry.key()) + ")";
        List<String> proofs = difference
                .proofs()
                .orElseGet(
                        () -> before.stream().map(RepairStep::proof).distinct().toList());
        String statement = insert(place, entry, there);
        if (place.tool().current()) {
            if (difference.atSource().contains(", ") || difference.atTarget().contains(", ")) {
                return Optional.empty();
            }
            String column = place.tool() == Tool.ALEMBIC ? "version_num" : "version";
            statement = "update " + table + " set " + column + " = " + Sql.literal(entry.key()) + " where " + column
                    + "::text = " + Sql.literal(difference.atTarget()) + ";\n    " + statement;
        }
        return Optional.of(RepairStep.unless(
                ORDER,
                title(difference, "record"),
                proofs.isEmpty() ? "false" : "(" + String.join("\n      and ", proofs) + ") is not true",
                "not everything that " + difference.label() + " makes is there: it is not recorded",
                statement,
                there));
    }

    private static String insert(History.Place place, History.Entry entry, String there) {
        List<String> columns = new ArrayList<>();
        List<String> values = new ArrayList<>();
        place.tool().copied().stream().filter(place.columns()::contains).forEach(column -> {
            columns.add(column);
            values.add("r." + Sql.name(column));
        });
        place.tool().computed().forEach((column, value) -> {
            if (place.columns().contains(column)) {
                columns.add(column);
                values.add(value.replace("%s", place.table().sql()));
            }
        });
        return "insert into " + place.table().sql() + " (" + Sql.names(columns) + ")\n    select "
                + values.stream().collect(Collectors.joining(", ")) + "\n      from jsonb_populate_record(null::"
                + place.table().sql() + ", " + Sql.literal(entry.row()) + "::jsonb) r\n     where not " + there;
    }

    private static String title(EntryDifference entry, String doing) {
        String text = doing + " "
                + entry.place()
                        .map(place -> place.tool().name() + " " + place.table() + ": ")
                        .orElse("file ")
                + Excerpt.of(entry.label()) + " (" + entry.verdict().type().word() + ")";
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
