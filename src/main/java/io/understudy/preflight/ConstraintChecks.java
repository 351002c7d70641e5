package io.understudy.preflight;

import static io.understudy.preflight.Finding.blocking;
import static io.understudy.preflight.Finding.warning;

import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.SourceDatabase;
import io.understudy.rules.Policy;
import io.understudy.rules.Rule;
import io.understudy.rules.Rules;
import io.understudy.stream.RowFilter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The constraints of the target that production does not vouch for (field notes A3, A4, C1): what will become of rows
 * that break them, and how many there are now.
 */
final class ConstraintChecks {

    /** One count: a table that takes longer is told and not counted. */
    private static final Duration COUNT_LIMIT = Duration.ofSeconds(30);

    /** All of them: somebody waits for the answer. */
    private static final Duration ALL_LIMIT = Duration.ofMinutes(3);

    /** What else the connection may take to say so. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private ConstraintChecks() {}

    /** Without looking at rows. */
    static List<Finding> findings(Rules rules) {
        List<Finding> findings = new ArrayList<>();
        for (String unfit : rules.unfit()) {
            findings.add(blocking(
                    unfit,
                    "Correct it: schema.table.constraint=policy, a column that must not be null as schema.table.column; "
                            + "the target's are listed by psql's \\d."));
        }
        for (Rule rule : rules.all()) {
            if (rule.constraint().isForeignKey()) {
                foreignKey(rule).map(finding -> finding.about(rule.child())).ifPresent(findings::add);
            }
        }
        return findings;
    }

    private static Optional<Finding> foreignKey(Rule rule) {
        if (rule.parent().isEmpty()) {
            String what = what(rule) + " refers to "
                    + rule.constraint().referenced().orElseThrow() + ", which is not mirrored";
            return Optional.of(
                    rule.policy() == Policy.STOP
                            ? blocking(
                                    what + ": rows would arrive whose parent is not there.",
                                    "Mirror " + rule.constraint().referenced().orElseThrow()
                                            + " as well; or exclude the table: understudy.tables.exclude="
                                            + rule.child() + "; or choose what becomes of such rows: " + choices(rule))
                            : warning(what + ": " + consequence(rule) + ".", "Nothing, if that is meant."));
        }
        if (rule.hasFilteredParent() && !rule.follows() && rule.policy() == Policy.STOP) {
            // One that is filtered alike is counted, and that is enough.
            return rule.table().filter().isPresent()
                    ? Optional.empty()
                    : Optional.of(warning(
                            what(rule) + " refers to " + rule.parentId().orElseThrow()
                                    + ", of which not all rows are mirrored: one that refers to any of the others stops"
                                    + " its table.",
                            follow(rule)));
        }
        if (rule.follows()) {
            return Optional.of(warning(
                    what(rule)
                            + " refers to a table whose rows may go to the quarantine: rows that refer to those follow them.",
                    "Nothing, or choose otherwise: " + rule.setting(Policy.KEEP)
                            + (Policy.NULL
                                            .unfit(rule.constraint(), rule.table())
                                            .isEmpty()
                                    ? " or null."
                                    : ".")));
        }
        return Optional.of(
                rule.policy() == Policy.STOP
                        ? warning(
                                what(rule) + " is not kept by production: it exists only at the target, or was never "
                                        + "validated at the source.",
                                "A row that breaks it stops its table. Drop it there, add it to the source by a migration, "
                                        + "or choose: " + choices(rule))
                        : warning(
                                what(rule) + ": " + consequence(rule) + " where its parent is not at the target.",
                                "Nothing, if that is meant."));
    }

    /** What can be set so that children of rows that are left out are no surprise. */
    private static String follow(Rule rule) {
        return "Leave out the children as well: " + RowFilter.setting(rule.child())
                + "=..., or understudy.tables.schema-only=" + rule.child() + "; or choose what becomes of them: "
                + choices(rule);
    }

    private static String what(Rule rule) {
        return "The " + rule.constraint().kind().words() + " "
                + (rule.constraint().isForeignKey() ? "" : "constraint ")
                + rule.constraint().name() + " of "
                + rule.child();
    }

    private static String consequence(Rule rule) {
        return switch (rule.policy()) {
            case STOP -> "a row stops its table";
            case KEEP -> "rows arrive as they are";
            case NULL -> "rows arrive with " + String.join(", ", rule.emptied()) + " emptied";
            case QUARANTINE -> "rows go to understudy.quarantine";
        };
    }

    private static String choices(Rule rule) {
        StringBuilder choices = new StringBuilder();
        for (Policy policy : List.of(Policy.KEEP, Policy.NULL, Policy.QUARANTINE)) {
            if (policy.unfit(rule.constraint(), rule.table()).isEmpty()) {
                choices.append(choices.isEmpty() ? rule.setting(policy) : ", or =" + policy.word())
                        .append(
                                switch (policy) {
                                    case KEEP -> " (they arrive as they are)";
                                    case NULL -> " (" + String.join(", ", rule.emptied()) + " is emptied)";
                                    default -> " (they go to understudy.quarantine)";
                                });
            }
        }
        return choices + ".";
    }

    /** Looks at the source's rows: one question for each constraint, each with a bound. */
    static List<Finding> counted(Rules rules, SourceDatabase source) {
        List<Finding> findings = new ArrayList<>();
        Instant end = Instant.now().plus(ALL_LIMIT);
        for (Rule rule : rules.all()) {
            boolean countable = !rule.follows()
                    && (rule.parent().isPresent() || !rule.constraint().isForeignKey());
            if (countable) {
                counted(rule, source, end)
                        .map(finding -> finding.about(rule.child()))
                        .ifPresent(findings::add);
            }
        }
        return findings;
    }

    private static Optional<Finding> counted(Rule rule, SourceDatabase source, Instant end) {
        OptionalLong rows = Instant.now().isBefore(end) ? count(rule, source) : OptionalLong.empty();
        if (rows.isEmpty()) {
            return Optional.of(warning(
                    what(rule) + " (" + rule.columns()
                            + "): how many rows of production break it could not be counted within "
                            + COUNT_LIMIT.toSeconds() + " s, or not there.",
                    "Count them yourself if that matters: " + question(rule)));
        }
        if (rows.getAsLong() == 0) {
            return Optional.empty();
        }
        String many = rows.getAsLong() == 1 ? "1 row" : rows.getAsLong() + " rows";
        String breaks = many + " of production " + (rows.getAsLong() == 1 ? "breaks " : "break ") + lower(what(rule))
                + " (" + rule.columns() + ")";
        if (rule.policy() != Policy.STOP) {
            return Optional.of(warning(breaks + ": " + consequence(rule) + ".", "Nothing, if that is meant."));
        }
        return Optional.of(
                rule.hasFilteredParent()
                        ? blocking(
                                many + " of production that " + (rows.getAsLong() == 1 ? "is" : "are")
                                        + " mirrored would break " + lower(what(rule)) + " (" + rule.columns()
                                        + "): the rows of " + rule.parentId().orElseThrow()
                                        + " to which they refer are left out.",
                                follow(rule))
                        : blocking(
                                breaks + ", which production does not keep by itself.",
                                "Mend them there; or drop the constraint at the target; or choose what becomes of them: "
                                        + choices(rule)));
    }

    private static String lower(String sentence) {
        return Character.toLowerCase(sentence.charAt(0)) + sentence.substring(1);
    }

    private static String question(Rule rule) {
        return "select count(*) as rows from " + rule.brokenAtSource();
    }

    private static OptionalLong count(Rule rule, SourceDatabase source) {
        try {
            return source.client()
                    .with(session -> session.transaction("begin read only", asking -> {
                        asking.query("set local statement_timeout = '" + COUNT_LIMIT.toSeconds() + "s'");
                        return OptionalLong.of(
                                asking.run(question(rule), COUNT_LIMIT.plus(GRACE), "Counting rows at the source")
                                        .iterator()
                                        .next()
                                        .getLong("rows"));
                    }));
        } catch (PostgresFailure failure) {
            if (failure.kind() == PostgresFailure.Kind.CONNECTION) {
                throw failure;
            }
            // Too many rows for the time, or a column or function that the source has not.
            return OptionalLong.empty();
        }
    }
}
