package io.understudy.orphans;

import io.understudy.postgres.Column;
import io.understudy.postgres.Constraint;
import io.understudy.postgres.Table;
import io.understudy.rules.Policy;
import java.util.List;

/**
 * What is to become of one foreign key's rows without a parent, at the target.
 *
 * @param assigned the values that {@link OrphanPolicy#ASSIGN} gives, in the order of the key's columns
 */
public record OrphanFix(OrphanKey key, OrphanPolicy policy, List<String> assigned) {

    Constraint constraint() {
        return key.target().counted().orElseThrow();
    }

    Table table() {
        return key.target().table().orElseThrow();
    }

    /** Columns that get another value; with {@link OrphanPolicy#NULL} all that may be empty. */
    List<String> changed() {
        return switch (policy) {
            case NULL ->
                constraint().columns().stream()
                        .filter(name -> !key.rowKey().contains(name))
                        .filter(name -> table().column(name)
                                .filter(column -> !column.notNull() && !column.generated())
                                .map(Column::name)
                                .isPresent())
                        .toList();
            case ASSIGN -> constraint().columns();
            default -> List.of();
        };
    }

    /**
     * As {@code understudy.quarantine} has it. Where the settings say the same for ever, the copy is the mirror's: it
     * puts the row back when the parent arrives. In all other cases the mirror leaves it alone, or it would put orphans
     * back at its next start.
     */
    String action() {
        if (isLasting()) {
            return policy == OrphanPolicy.NULL ? "emptied" : "quarantined";
        }
        return "orphan-" + policy.word();
    }

    /** Whether {@code understudy.constraints} has the same policy for this key. */
    public boolean isLasting() {
        return key.rule()
                .filter(rule -> policy == OrphanPolicy.NULL && rule.policy() == Policy.NULL
                        || policy == OrphanPolicy.QUARANTINE && rule.policy() == Policy.QUARANTINE)
                .isPresent();
    }

    /** As it is typed, without the values of {@code assign}. */
    @Override
    public String toString() {
        return key.path() + "=" + policy.word();
    }
}
