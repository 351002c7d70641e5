package io.understudy.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which tables of the source are mirrored, and why the others are not. Patterns are {@code schema.table} with {@code *}
 * for any letters; a pattern without a dot means the schema {@code public}.
 */
public record TableSelection(List<Table> selected, List<Exclusion> excluded) {

    public record Exclusion(TableId table, String reason) {}

    public static TableSelection of(Catalog source, List<String> include, List<String> exclude) {
        List<Table> selected = new ArrayList<>();
        List<Exclusion> excluded = new ArrayList<>();
        for (Table table : source.tables().values()) {
            Optional<String> reason = reasonAgainst(table, include, exclude);
            if (reason.isPresent()) {
                excluded.add(new Exclusion(table.id(), reason.get()));
            } else {
                selected.add(table);
            }
        }
        return new TableSelection(selected, excluded);
    }

    /** Whether it is there and not mirrored; a table that is gone is neither. */
    public boolean excludes(TableId table) {
        return excluded.stream().anyMatch(left -> left.table().equals(table));
    }

    private static Optional<String> reasonAgainst(Table table, List<String> include, List<String> exclude) {
        if (table.extension().isPresent()) {
            return Optional.of("belongs to the extension " + table.extension().get() + ", which keeps it itself");
        }
        if (table.kind() == Table.Kind.FOREIGN) {
            return Optional.of("is a foreign table: its rows live in another server");
        }
        if (table.persistence() == Table.Persistence.TEMPORARY) {
            return Optional.of("is temporary: it belongs to one session of the source");
        }
        if (table.persistence() == Table.Persistence.UNLOGGED) {
            return Optional.of("is unlogged: its changes are not in the log");
        }
        Optional<String> excludedBy =
                exclude.stream().filter(pattern -> matches(pattern, table.id())).findFirst();
        if (excludedBy.isPresent()) {
            return Optional.of("understudy.tables.exclude has " + excludedBy.get());
        }
        if (!include.isEmpty() && include.stream().noneMatch(pattern -> matches(pattern, table.id()))) {
            return Optional.of("understudy.tables.include does not name it");
        }
        return Optional.empty();
    }

    /** Patterns that name no table at all: most likely a slip of the pen. */
    public static List<String> unmatched(Catalog source, List<String> patterns) {
        return patterns.stream()
                .filter(pattern -> source.tables().keySet().stream().noneMatch(table -> matches(pattern, table)))
                .toList();
    }

    /** The name that a pattern is, letter for letter. */
    public static TableId meant(String pattern) {
        int dot = pattern.indexOf('.');
        return dot < 0
                ? new TableId("public", pattern)
                : new TableId(pattern.substring(0, dot), pattern.substring(dot + 1));
    }

    public static boolean matches(String pattern, TableId table) {
        return fits(pattern.indexOf('.') < 0 ? "public." + pattern : pattern, table.toString());
    }

    /** Of {@code schema.table.column}, likewise; with one dot only it means the schema {@code public}. */
    public static boolean matches(String pattern, TableId table, String column) {
        return fits(ofColumn(pattern), table + "." + column);
    }

    /** A pattern of columns, with its schema. */
    public static String ofColumn(String pattern) {
        return pattern.indexOf('.') == pattern.lastIndexOf('.') ? "public." + pattern : pattern;
    }

    private static boolean fits(String pattern, String path) {
        String regex = Pattern.compile("\\*")
                .splitAsStream(pattern + " ")
                .map(Pattern::quote)
                .collect(Collectors.joining(".*"));
        return (path + " ").matches(regex);
    }
}
