package io.understudy.orphans;

import java.util.Map;
import java.util.stream.Collectors;

/**
 * A row of the target without a parent. Values are the target's, as text and cut at 60 letters.
 *
 * @param key of the row; empty when its table has none
 * @param refersTo the foreign key's columns
 */
public record OrphanSample(Map<String, String> key, Map<String, String> refersTo) {

    /** {@code (id=3) -> (user_id=9)}. */
    @Override
    public String toString() {
        return (key.isEmpty() ? "" : shown(key) + " -> ") + shown(refersTo);
    }

    private static String shown(Map<String, String> values) {
        return values.entrySet().stream()
                // A terminal would obey what may stand in a text.
                .map(value ->
                        value.getKey() + "=" + String.valueOf(value.getValue()).replaceAll("\\p{Cntrl}", "?"))
                .collect(Collectors.joining(", ", "(", ")"));
    }
}
