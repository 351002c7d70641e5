package io.understudy.orphans;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** What somebody wants done, once, with the rows of the target that have no parent (field note C2). */
public enum OrphanPolicy {
    /** Nothing. */
    REPORT,
    /** The foreign key's columns are emptied. */
    NULL,
    /** They refer to another row, which somebody named. */
    ASSIGN,
    /** They are taken out, and kept to be put back. */
    QUARANTINE,
    /** They are taken out. A copy is kept all the same. */
    DELETE;

    public String word() {
        return name().toLowerCase();
    }

    /** Whether rows leave their table, so that others that refer to them lose their parent. */
    boolean removes() {
        return this == QUARANTINE || this == DELETE;
    }

    /** Whether rows stay, with other values. */
    boolean alters() {
        return this == NULL || this == ASSIGN;
    }

    static Optional<OrphanPolicy> of(String word) {
        return Arrays.stream(values())
                .filter(policy -> policy.word().equals(word))
                .findFirst();
    }

    static String words() {
        return Arrays.stream(values())
                .map(policy -> policy == ASSIGN ? "assign=KEY" : policy.word())
                .collect(Collectors.joining(", "));
    }
}
