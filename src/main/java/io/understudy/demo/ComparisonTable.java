package io.understudy.demo;

import io.understudy.demo.TableComparison.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A comparison as people read it: a line a table, and a sentence that says what it comes to. */
record ComparisonTable(Comparison comparison) {

    String text() {
        List<TableComparison> tables = comparison.tables();
        int width = tables.stream()
                .mapToInt(table -> table.table().toString().length())
                .max()
                .orElse(0);
        String line = "  %-" + Math.max(width, 5) + "s  %15s  %12s  %s%n";
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT, line, "table", "production rows", "staging rows", "verdict"));
        for (TableComparison table : tables) {
            boolean counted = table.verdict() != Verdict.NOT_COMPARED;
            text.append(String.format(
                    Locale.ROOT,
                    line,
                    table.table(),
                    counted ? Figures.count(table.productionRows()) : "-",
                    counted ? Figures.count(table.stagingRows()) : "-",
                    table.verdictText()));
        }
        return text + System.lineSeparator() + sentence();
    }

    String sentence() {
        int tables = comparison.tables().size();
        if (tables == 0) {
            return "There was no table to compare: nothing is proved.";
        }
        if (comparison.equal()) {
            long rows = comparison.tables().stream()
                    .mapToLong(TableComparison::productionRows)
                    .sum();
            return "Staging is equal to production: " + Figures.count(tables, "table", "tables") + ", "
                    + Figures.count(rows, "row", "rows") + ", every column of them.";
        }
        return "Staging is not proved equal to production: " + parts() + ".";
    }

    private String parts() {
        return List.of(
                        part(Verdict.DIFFERENT, "differ"),
                        part(Verdict.NOT_COMPARED, "could not be compared"),
                        part(Verdict.EQUAL, "equal"))
                .stream()
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(", "));
    }

    private String part(Verdict verdict, String text) {
        long count = comparison.count(verdict);
        return count == 0 ? "" : count + " of " + comparison.tables().size() + " " + text;
    }
}
