package io.understudy.masking;

import io.understudy.masking.MaskingProblem.Weight;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.Table;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    private final Table table;
    private final Optional<MirroredTable> both;
    private final Map<String, TableMasks.ColumnMask> masked;

    UniquenessForecast(Table table, Optional<MirroredTable> both, Map<String, TableMasks.ColumnMask> masked) {
        this.table = table;
        this.both = both;
        this.masked = masked;
    }

    List<MaskingProblem> problems() {
        List<MaskingProblem> problems = new ArrayList<>();
        for (Set<String> key : keys()) {
            List<String> own = key.stream().filter(masked::containsKey).sorted().toList();
            if (!own.isEmpty() && !isKeptApart(key)) {
                double outputs = own.stream()
                        .mapToDouble(column -> capacity(masked.get(column)))
                        .reduce(1, (a, b) -> a * b);
                double pairs = (double) rows() * (rows() - 1) / 2 / outputs;
                if (pairs > TOLERATED) {
                    problems.add(refused(key, own, pairs));
                }
            }
        }
        return problems;
    }

    /** Nulls are not equal to each other. */
    private static double capacity(TableMasks.ColumnMask column) {
        return column.rule().empties()
                ? Double.POSITIVE_INFINITY
                : column.mask().capacity();
    }

    private Set<Set<String>> keys() {
        Set<Set<String>> keys = new LinkedHashSet<>(table.uniqueKeys());
        both.ifPresent(there -> keys.addAll(there.target().uniqueKeys()));
        if (!table.key().isEmpty()) {
            keys.add(Set.copyOf(table.key()));
        }
        return keys;
    }

    /** Another key within this one, of columns that leave as they are, keeps the rows apart already. */
    private boolean isKeptApart(Set<String> key) {
        return keys().stream()
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
                        + " is unique, and the rule does not keep values apart (" + rules + "): among " + rows()
                        + " rows " + (pairs >= 1.5 ? "about " + Math.round(Math.min(pairs, 1e15)) + " pairs" : "a pair")
                        + " would get the same pseudonym.",
                "Choose one that does: hash, email or uuid.",
                List.of(table.id()));
    }
}
