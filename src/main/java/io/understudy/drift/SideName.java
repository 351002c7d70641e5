package io.understudy.drift;

import java.util.Locale;

/** Source is production, target is staging. */
public enum SideName {
    SOURCE,
    TARGET;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public SideName other() {
        return this == SOURCE ? TARGET : SOURCE;
    }
}
