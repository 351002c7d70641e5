package io.understudy.rules;

import io.understudy.postgres.Constraint;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.TableId;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What somebody decided in {@code understudy.constraints}: {@code schema.table.constraint=policy}, with {@code *} for
 * any letters. A pattern with one dot means the schema {@code public}. A column that must not be null goes by
 * {@code schema.table.column}.
 */
public record Choice(String pattern, Policy policy) {

    /** @throws IllegalArgumentException with what is wrong, as the end of a sentence that names the setting */
    public static Choice parse(String text) {
        int equals = text.lastIndexOf('=');
        if (equals < 0) {
            throw new IllegalArgumentException("has \"" + text + "\"; it takes schema.table.constraint=policy");
        }
        String pattern = text.substring(0, equals).strip();
        String word = text.substring(equals + 1).strip();
        if (pattern.indexOf('.') < 0) {
            throw new IllegalArgumentException(
                    "has \"" + text + "\"; a constraint is named with its table: schema.table.constraint=policy");
        }
        Policy policy = Policy.of(word)
                .orElseThrow(() ->
                        new IllegalArgumentException("has \"" + text + "\"; a policy is one of " + Policy.words()));
        return new Choice(pattern, policy);
    }

    /** What somebody can set so that rows like the one that failed no longer stop the table; or nothing. */
    public static String insteadOf(TableId table, PostgresFailure failure) {
        return failure.brokenRule()
                .map(name -> ", or set understudy.constraints=" + table + "." + name + "=quarantine and start again")
                .orElse("");
    }

    public boolean matches(Constraint constraint) {
        boolean withoutSchema = pattern.indexOf('.') == pattern.lastIndexOf('.');
        String full = withoutSchema ? "public." + pattern : pattern;
        String regex = Pattern.compile("\\*")
                .splitAsStream(full + " ")
                .map(Pattern::quote)
                .collect(Collectors.joining(".*"));
        return (constraint.path() + " ").matches(regex);
    }

    /** Whether it names one constraint, and not all that look alike. */
    boolean isExact() {
        return pattern.indexOf('*') < 0;
    }

    /** The last one that names it and fits it. */
    static Optional<Choice> of(Constraint constraint, MirroredTable table, List<Choice> choices) {
        return choices.stream()
                .filter(choice -> choice.matches(constraint)
                        && choice.policy().unfit(constraint, table).isEmpty())
                .reduce((earlier, last) -> last);
    }

    @Override
    public String toString() {
        return pattern + "=" + policy.word();
    }
}
