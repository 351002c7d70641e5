package io.understudy.postgres;

/** How the log tells which row of a table was updated or deleted. */
public enum RowIdentity {
    PRIMARY_KEY,
    /** By the columns of another unique index, chosen with {@code replica identity using index}. */
    INDEX,
    /** By all its values, for want of a key: {@code replica identity full}. Equal rows are told apart by nobody. */
    WHOLE_ROW,
    /** Not at all: such a table must not be in a publication of updates, or production's own updates of it fail. */
    NONE
}
