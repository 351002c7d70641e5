package io.understudy.stream;

/** Where a capture asks which rows are mirrored. From any thread. */
public interface FiltersInForce {

    RowFilters now();

    /** As of a look at both databases that begins after this is asked. */
    default RowFilters renewed() {
        return now();
    }
}
