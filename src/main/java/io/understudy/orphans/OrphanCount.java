package io.understudy.orphans;

/** How many rows of one side have no parent, or why that is not known. */
public sealed interface OrphanCount {

    record Counted(long rows) implements OrphanCount {}

    /** The table, its parent or a column of the key is not there: no row can be without a parent. */
    record NotThere() implements OrphanCount {}

    /** @param why as the end of a sentence */
    record Unknown(String why) implements OrphanCount {}

    default boolean isFound() {
        return this instanceof Counted counted && counted.rows() > 0;
    }

    default boolean isUnknown() {
        return this instanceof Unknown;
    }

    /** 0 when that is not known. */
    default long rows() {
        return this instanceof Counted counted ? counted.rows() : 0;
    }
}
