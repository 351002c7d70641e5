package io.understudy.rules;

import io.understudy.postgres.Column;
import io.understudy.postgres.Constraint;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.TableId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The constraints of the target that the source does not vouch for. All others cost nothing: what production keeps by
 * itself is not looked at.
 *
 * @param unfit choices that name no constraint, or none that they fit; each a sentence
 */
public record Rules(List<Rule> all, List<String> unfit) {

    public static final Rules NONE = new Rules(List.of(), List.of());

    public static Rules of(
            List<Constraint> source, List<Constraint> target, List<MirroredTable> mirrored, List<Choice> choices) {
        return new Deciding(source, target, mirrored, choices).rules();
    }

    /** Those that somebody has to look after: foreign keys that are not just kept, and what goes to the quarantine. */
    public List<Rule> enforced() {
        return all.stream()
                .filter(rule ->
                        rule.policy().moves() || rule.constraint().isForeignKey() && rule.policy() == Policy.STOP)
                .toList();
    }

    /** In front of the tables that cannot be written without one. */
    public static Map<TableId, Sieve> sieves(String mirror, List<Rule> rules) {
        Map<TableId, Sieve> sieves = new HashMap<>();
        rules.stream()
                .filter(rule -> !rule.constraint().isForeignKey() && rule.policy() == Policy.QUARANTINE)
                .collect(Collectors.groupingBy(Rule::child))
                .forEach((table, some) -> sieves.put(table, new Sieve(mirror, some)));
        return sieves;
    }

    private static final class Deciding {

        private final List<Constraint> source;
        private final List<Constraint> target = new ArrayList<>();
        private final List<Choice> choices;
        private final Map<TableId, MirroredTable> tables = new HashMap<>();
        private final List<Rule> rules = new ArrayList<>();

        Deciding(List<Constraint> source, List<Constraint> target, List<MirroredTable> mirrored, List<Choice> choices) {
            this.source = source;
            this.choices = choices;
            mirrored.forEach(table -> tables.put(table.id(), table));
            target.stream()
                    .filter(constraint -> tables.containsKey(constraint.table()))
                    .forEach(this.target::add);
        }

        Rules rules() {
            for (Constraint constraint : target) {
                MirroredTable table = tables.get(constraint.table());
                Optional<Choice> chosen = Choice.of(constraint, table, choices);
                // A pattern for many is not meant for those that cannot be broken, and a rule costs something.
                if (!isVouchedFor(constraint, table)
                        || chosen.filter(Choice::isExact).isPresent()) {
                    rules.add(rule(constraint, chosen.map(Choice::policy).orElse(Policy.STOP), false));
                }
            }
            addFollowers();
            return new Rules(List.copyOf(rules), unfit());
        }

        private Rule rule(Constraint constraint, Policy policy, boolean follows) {
            return new Rule(
                    constraint,
                    policy,
                    tables.get(constraint.table()),
                    constraint.referenced().map(tables::get),
                    follows);
        }

        /** Whether no row of production can break it. */
        private boolean isVouchedFor(Constraint constraint, MirroredTable table) {
            return switch (constraint.kind()) {
                case FOREIGN_KEY ->
                    table.isSchemaOnly()
                            || hasWholeParent(constraint) && source.stream().anyMatch(constraint::isImpliedBy);
                case CHECK -> source.stream().anyMatch(constraint::isImpliedBy);
                // A column of the target's own is filled by its default.
                case NOT_NULL ->
                    table.source()
                            .column(constraint.name())
                            .filter(column -> !column.generated())
                            .map(Column::notNull)
                            .orElse(true);
            };
        }

        /** Production vouches for what it has; a row that a filter leaves out is not at the target. */
        private boolean hasWholeParent(Constraint constraint) {
            return Optional.ofNullable(tables.get(constraint.referenced().orElseThrow()))
                    .filter(parent -> parent.filter().isEmpty())
                    .isPresent();
        }

        /** A row that refers to a quarantined one would be an orphan, though production vouches for it. */
        private void addFollowers() {
            boolean more = true;
            while (more) {
                more = false;
                for (Constraint constraint : target) {
                    if (constraint.isForeignKey() && isFollower(constraint)) {
                        Optional<Choice> chosen = Choice.of(constraint, tables.get(constraint.table()), choices);
                        rules.add(rule(
                                constraint, chosen.map(Choice::policy).orElse(Policy.QUARANTINE), chosen.isEmpty()));
                        more = true;
                    }
                }
            }
        }

        private boolean isFollower(Constraint constraint) {
            return rules.stream().noneMatch(rule -> rule.constraint().equals(constraint))
                    && Policy.QUARANTINE
                            .unfit(constraint, tables.get(constraint.table()))
                            .isEmpty()
                    && rules.stream()
                            .anyMatch(rule -> rule.policy() == Policy.QUARANTINE
                                    && Optional.of(rule.child()).equals(constraint.referenced()));
        }

        private List<String> unfit() {
            List<String> unfit = new ArrayList<>();
            for (Choice choice : choices) {
                List<Constraint> named = target.stream().filter(choice::matches).toList();
                List<String> against = named.stream()
                        .flatMap(constraint ->
                                choice.policy().unfit(constraint, tables.get(constraint.table())).stream())
                        .toList();
                if (named.isEmpty()) {
                    unfit.add("understudy.constraints has " + choice
                            + ", which names no constraint of a mirrored table at the target.");
                } else if (against.size() == named.size()) {
                    unfit.add("understudy.constraints has " + choice + ": "
                            + choice.policy().word() + " " + against.get(0) + ".");
                }
            }
            return unfit;
        }
    }
}
