package io.understudy.drift;

import java.util.Arrays;
import java.util.Locale;

/** What is compared, in the order in which it can be made: each kind needs earlier ones only, functions apart. */
public enum Kind {
    SCHEMA,
    EXTENSION,
    ENUM,
    TYPE,
    SEQUENCE,
    FUNCTION,
    TABLE,
    COLUMN,
    VIEW,
    MATERIALIZED_VIEW,
    CONSTRAINT,
    INDEX,
    RULE,
    TRIGGER,
    PRIVILEGE,
    ROW_SECURITY,
    POLICY,
    PUBLICATION,
    HISTORY_ENTRY;

    /** As the catalog queries and people say it: {@code materialized view}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    static Kind of(String word) {
        return Arrays.stream(values())
                .filter(kind -> kind.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no kind of object is called " + word));
    }

    boolean isRelation() {
        return this == TABLE || this == VIEW || this == MATERIALIZED_VIEW;
    }
}
