package io.understudy.orphans;

import io.understudy.rules.Policy;
import io.understudy.rules.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the settings do with rows that break a foreign key, and what somebody can do: lines to read or to type. */
public final class OrphanAdvice {

    private OrphanAdvice() {}

    /** What becomes of such rows when production's changes bring them. */
    public static String settings(OrphanKey key) {
        if (key.target().declared().isEmpty()) {
            return "the target does not have this foreign key: such rows arrive as they are";
        }
        if (key.child().isEmpty()) {
            return key.table() + " is not mirrored: the stream does not write it";
        }
        if (key.rule().isEmpty()) {
            return "production keeps it by itself: no such row arrives";
        }
        Rule rule = key.rule().get();
        return rule.policy().word()
                + switch (rule.policy()) {
                    case STOP -> ": such a row stops its table";
                    case KEEP -> ": such rows arrive as they are";
                    case NULL -> ": they arrive with " + String.join(", ", rule.emptied()) + " emptied";
                    case QUARANTINE ->
                        ": they go to understudy.quarantine, and come back with their parent"
                                + (rule.follows() ? " (because rows of the parent may go there)" : "");
                };
    }

    /** What to do about a line; empty when there is nothing to do. */
    public static List<String> remedies(OrphanReport.Line line) {
        OrphanKey key = line.key();
        List<String> remedies = new ArrayList<>();
        if (line.isUnknown()) {
            remedies.add("Count it with more time: ./understudy orphans "
                    + quoted(key.table().toString()) + " --timeout 10m");
        }
        if (line.atTarget().isFound()) {
            remedies.add("At the target: ./understudy orphans --fix " + quoted(key.path() + "=quarantine") + " (or "
                    + (mayBeEmptied(key) ? "null, " : "") + "assign=KEY, delete)");
        }
        if (line.atSource().isFound() && key.child().isPresent()) {
            remedies.add(
                    key.target().declared().isPresent()
                            ? "Production holds such rows itself, and brings them again with their next change. Mend them"
                                    + " there, or for good: understudy.constraints=" + key.path() + "="
                                    + lasting(key)
                            : "Production holds such rows itself. Mend them there first.");
        }
        if (!line.isFound() && !line.isUnknown()) {
            remedies.addAll(missing(key));
        }
        if (key.isAtTarget()
                && !key.indexed()
                && (line.isFound() || !key.target().isValidated())) {
            remedies.add("No index of the target begins with its columns: " + OrphanSql.index(key) + ";");
        }
        return remedies;
    }

    private static List<String> missing(OrphanKey key) {
        if (key.isAtTarget() && key.target().declared().isEmpty()) {
            return List.of("To have it at the target as well: " + String.join("; ", OrphanSql.add(key)) + ";");
        }
        return key.target().declared().isPresent() && !key.target().isValidated()
                ? List.of(
                        "Have it validated: ./understudy orphans --fix " + quoted(key.path() + "=report") + " --apply")
                : List.of();
    }

    private static boolean mayBeEmptied(OrphanKey key) {
        OrphanFix fix = new OrphanFix(key, OrphanPolicy.NULL, List.of());
        return key.constraint().matchFull()
                ? fix.changed().equals(key.constraint().columns())
                : !fix.changed().isEmpty();
    }

    private static String lasting(OrphanKey key) {
        Optional<Policy> chosen = key.rule().map(Rule::policy).filter(policy -> policy != Policy.STOP);
        return chosen.map(policy -> policy.word() + ", as it is now").orElse("quarantine (or null, keep)");
    }

    /** As a shell takes it. */
    public static String quoted(String text) {
        return text.matches("[A-Za-z0-9_.=-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
