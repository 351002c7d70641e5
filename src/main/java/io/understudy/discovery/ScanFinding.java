package io.understudy.discovery;

import io.understudy.postgres.TableId;
import java.util.Optional;

/**
 * Something at the target that looks unmasked. No part of it ever repeats a value.
 *
 * @param place in its JSON, if it is in one: names with dots between
 * @param found how many values
 * @param of how many were looked at
 * @param what as it follows the figures
 * @param remedy the rule that would mask it
 */
public record ScanFinding(
        TableId table, String column, Optional<String> place, long found, long of, String what, String remedy) {

    public String key() {
        return RuleKey.of(table, column);
    }
}
