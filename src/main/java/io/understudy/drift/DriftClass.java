package io.understudy.drift;

import java.util.Locale;

/** What kind of difference it is. docs/drift.md has the rules by which it is decided. */
public enum DriftClass {
    /** A migration is recorded, and what it makes is not there. */
    PHANTOM,
    /** What a migration makes is there, and it is not recorded. */
    UNRECORDED,
    SOURCE_AHEAD,
    TARGET_AHEAD,
    /** No known migration makes it. */
    BY_HAND,
    /** A migration is recorded as failed or as begun. */
    FAILED,
    /** The folder of migrations and the histories disagree. */
    FOLDER;

    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    static DriftClass ahead(SideName side) {
        return side == SideName.SOURCE ? SOURCE_AHEAD : TARGET_AHEAD;
    }
}
