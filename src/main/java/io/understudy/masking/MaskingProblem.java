package io.understudy.masking;

import io.understudy.postgres.TableId;
import java.util.List;

/** @param tables whose own matter it is; empty when it concerns the mirror as a whole */
public record MaskingProblem(Weight weight, String what, String remedy, List<TableId> tables) {

    public enum Weight {
        BLOCKS,
        /** Nothing is copied like this; a mirror that runs already goes on. */
        BLOCKS_FIRST_COPY,
        WARNS
    }
}
