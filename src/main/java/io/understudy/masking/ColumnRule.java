package io.understudy.masking;

import io.understudy.postgres.TableId;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What somebody decided on a column, or on all whose path fits a pattern: {@code schema.table.column}, with {@code *}
 * for any letters, as the catalog spells the names.
 */
public record ColumnRule(String pattern, MaskRule rule, Pattern regex) {

    public ColumnRule(String pattern, MaskRule rule) {
        this(
                pattern,
                rule,
                Pattern.compile(Pattern.compile("\\*")
                        .splitAsStream(pattern + " ")
                        .map(Pattern::quote)
                        .collect(Collectors.joining(".*"))));
    }

    public boolean matches(TableId table, String column) {
        return regex.matcher(table + "." + column + " ").matches();
    }

    /** Whether it names one column, and not all that look alike. */
    public boolean isExact() {
        return pattern.indexOf('*') < 0;
    }

    /** Of two patterns the one with more letters says more. */
    int letters() {
        return isExact() ? Integer.MAX_VALUE : pattern.replace("*", "").length();
    }
}
