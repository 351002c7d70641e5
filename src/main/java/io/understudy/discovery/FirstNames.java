package io.understudy.discovery;

import io.understudy.postgres.Sql;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** First names that are common in several languages: enough to recognise a column, not a person. */
final class FirstNames {

    private static final Set<String> NAMES = Stream.of(
                    Sql.file(FirstNames.class, "first-names.txt").split("\\s+"))
            .map(ColumnName::plain)
            .collect(Collectors.toUnmodifiableSet());

    private FirstNames() {}

    /** Whether the first word of {@code name} is one, or the first after a comma ("Smith, Anna"). */
    static boolean begin(String name) {
        int comma = name.indexOf(',');
        String given = name.substring(comma + 1).strip();
        int end = 0;
        while (end < given.length() && Character.isLetter(given.charAt(end))) {
            end++;
        }
        return NAMES.contains(ColumnName.plain(given.substring(0, end)).toLowerCase(Locale.ROOT));
    }
}
