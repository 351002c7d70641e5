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

    /**
     * It refers to a column of which nothing is known here. A guess would be a rule for that one as well, so that it is
     * kept unless it is known to be personal.
     */
    Suggestion asReferring(TableId other, String otherColumn) {
        boolean guessed = confidence == Confidence.LOW;
        return new Suggestion(
                table,
                column,
                type,
                guessed ? RuleChoice.KEEP : rule,
                guessed ? Confidence.NONE : confidence,
                "foreign key to " + other + "." + otherColumn + ": write the rule that stands there",
                personal && !guessed,
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
