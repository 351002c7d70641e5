package io.understudy.outbound;

import java.util.Locale;

/** What was done to the record. */
public enum Operation {
    INSERT,
    UPDATE,
    DELETE;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Operation of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
