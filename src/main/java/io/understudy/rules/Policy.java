package io.understudy.rules;

import io.understudy.postgres.Column;
import io.understudy.postgres.Constraint;
import io.understudy.postgres.MirroredTable;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What becomes of a row of production that breaks a constraint of staging. */
public enum Policy {
    /** Nothing is written: the mirror does not start, or the table waits. */
    STOP,
    /** It arrives all the same. Foreign keys only: those are silent for mirrored rows. */
    KEEP,
    /** It arrives with the foreign key's columns emptied. */
    NULL,
    /** It goes to {@code understudy.quarantine} and comes back when it may. */
    QUARANTINE;

    public String word() {
        return name().toLowerCase();
    }

    public static Optional<Policy> of(String word) {
        return Arrays.stream(values())
                .filter(policy -> policy.word().equals(word))
                .findFirst();
    }

    public static String words() {
        return Arrays.stream(values()).map(Policy::word).collect(Collectors.joining(", "));
    }

    /** Why it is not one for this constraint, as the end of a sentence; empty when it is. */
    public Optional<String> unfit(Constraint constraint, MirroredTable table) {
        boolean row = !constraint.isForeignKey();
        if (row && (this == KEEP || this == NULL)) {
            return Optional.of("is for foreign keys only: Postgres lets no row break a "
                    + constraint.kind().words());
        }
        if (moves() && table.key().isEmpty()) {
            return Optional.of("needs a key by which a row is found again, and " + table.id() + " has none");
        }
        if (this == NULL) {
            List<String> emptied = emptied(constraint, table);
            boolean enough = constraint.matchFull() ? emptied.equals(constraint.columns()) : !emptied.isEmpty();
            return enough
                    ? Optional.empty()
                    : Optional.of("needs a column that may be null and is not part of the key, and "
                            + String.join(", ", constraint.columns()) + " is not");
        }
        return Optional.empty();
    }

    /** The columns of a foreign key that can be emptied; one is enough for it to refer to nothing. */
    static List<String> emptied(Constraint constraint, MirroredTable table) {
        return constraint.columns().stream()
                .filter(name -> !table.key().contains(name))
                .filter(name -> table.target()
                        .column(name)
                        .filter(column -> !column.notNull() && !column.generated())
                        .map(Column::name)
                        .isPresent())
                .toList();
    }

    /** Whether rows are taken out or altered, and put back when they keep the constraint again. */
    public boolean moves() {
        return this == NULL || this == QUARANTINE;
    }
}
