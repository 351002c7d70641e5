package io.understudy.masking;

import io.understudy.masking.MaskRule.Kind;
import io.understudy.masking.MaskingProblem.Weight;
import io.understudy.postgres.Table;
import io.understudy.postgres.UniqueColumns;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether pseudonyms stay apart where a unique index, on either side, asks for it. Of n values drawn from N, n²/2N pairs
 * are expected to be the same.
 */
final class UniquenessForecast {

    /** Expected pairs beyond this are refused: one mirror in a hundred would stop. */
    private static final double TOLERATED = 0.01;

    /** A table grows. */
    private static final long FEWEST_ROWS = 1000;

    /** How many results these have depends on the shapes of the values, which nobody knows: a code of two letters has few. */
    private static final Set<Kind> SHAPED = EnumSet.of(Kind.TEXT, Kind.PHONE, Kind.TRUNCATE, Kind.ADDRESS);

    private final Table table;
    private final List<UniqueColumns> unique;
    private final Map<String, TableMasks.ColumnMask> masked;

    /** @param unique on either side */
    UniquenessForecast(Table table, List<UniqueColumns> unique, Map<String, TableMasks.ColumnMask> masked) {
        this.table = table;
        this.unique = unique;
        this.masked = masked;
    }

    List<MaskingProblem> problems() {
        List<MaskingProblem> problems = new ArrayList<>();
        for (UniqueColumns key : keys()) {
            List<String> own =
                    key.columns().stream().filter(masked::containsKey).sorted().toList();
            if (!own.isEmpty() && !isKeptApart(key.columns())) {
                double outputs = own.stream()
                        .mapToDouble(column -> capacity(masked.get(column), key.nullsDiffer()))
                        .reduce(1, (a, b) -> a * b);
                double pairs = (double) rows() * (rows() - 1) / 2 / outputs;
                if (pairs > TOLERATED) {
                    problems.add(refused(key.columns(), own, pairs));
                }
            }
        }
        return problems;
    }

    private static double capacity(TableMasks.ColumnMask column, boolean nullsDiffer) {
        if (column.rule().empties()) {
            return nullsDiffer ? Double.POSITIVE_INFINITY : 1;
        }
        return SHAPED.contains(column.rule().kind()) ? 1 : column.mask().capacity();
    }

    private Set<UniqueColumns> keys() {
        Set<UniqueColumns> keys = new LinkedHashSet<>(unique);
        if (!table.key().isEmpty()
                && keys.stream().noneMatch(key -> key.columns().equals(Set.copyOf(table.key())))) {
            keys.add(new UniqueColumns(table.id(), Set.copyOf(table.key()), true));
        }
        return keys;
    }

    /** Another key within this one, of columns that leave as they are, keeps the rows apart already. */
    private boolean isKeptApart(Set<String> key) {
        return table.uniqueKeys().stream()
                .anyMatch(other -> key.containsAll(other) && other.stream().noneMatch(masked::containsKey));
    }

    private long rows() {
        return Math.max(FEWEST_ROWS, table.rows());
    }

    private MaskingProblem refused(Set<String> key, List<String> own, double pairs) {
        String rules = own.stream()
                .map(column -> column + "=" + masked.get(column).rule().text())
                .collect(Collectors.joining(", "));
        return new MaskingProblem(
                Weight.BLOCKS,
                "(" + key.stream().sorted().collect(Collectors.joining(", ")) + ") of " + table.id()
                        + " is unique, and the rule does not keep values apart (" + rules + "): among "
                        + (table.rows() < FEWEST_ROWS
                                ? FEWEST_ROWS + " rows, to which a table soon grows, "
                                : rows() + " rows ")
                        + (pairs >= 1.5 ? "about " + Math.round(Math.min(pairs, 1e15)) + " pairs" : "a pair")
                        + " would get the same pseudonym.",
                "Choose one that does: hash, email or uuid.",
                List.of(table.id()));
    }
}
