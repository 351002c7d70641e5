package io.understudy.discovery;

import io.understudy.postgres.TableId;
import java.util.List;
import java.util.Optional;

/**
 * A rule for one column, and why. No part of it ever repeats a value.
 *
 * @param rule as a setting has it
 * @param generated its server computes it, so that it needs no rule
 */
public record Suggestion(
        TableId table,
        String column,
        String type,
        String rule,
        Confidence confidence,
        String reason,
        boolean personal,
        boolean generated) {

    /**
     * Of all columns of one table.
     *
     * @param rowsSampled how many rows were looked at
     * @param notSampled why none was, if that is so
     */
    public record OfTable(TableId table, int rowsSampled, Optional<String> notSampled, List<Suggestion> columns) {

        public long personal() {
            return columns.stream().filter(Suggestion::personal).count();
        }
    }

    /** The key of its setting. */
    public String key() {
        return RuleKey.of(table, column);
    }

    /** It refers to a column of which nothing is known here. */
    Suggestion asReferring(TableId other, String otherColumn) {
        return new Suggestion(
                table,
                column,
                type,
                rule,
                confidence,
                "foreign key to " + other + "." + otherColumn + ": write the rule that stands there",
                personal,
                generated);
    }

    Suggestion asReferenced(Suggestion referenced) {
        return new Suggestion(
                table,
                column,
                type,
                referenced.rule(),
                referenced.confidence(),
                "foreign key to " + referenced.table() + "." + referenced.column() + ": masked as that is",
                referenced.personal(),
                generated);
    }
}
