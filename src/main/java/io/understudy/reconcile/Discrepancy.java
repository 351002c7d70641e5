package io.understudy.reconcile;

import java.util.List;

/**
 * A row that is not the same on both sides, though nothing of it is on its way.
 *
 * @param key as the target has it, or would; without a key the digest of the row
 * @param rows 1; without a key how many of these rows one side has more
 */
public record Discrepancy(List<String> key, Kind kind, long rows) {

    public enum Kind {
        /** Only the source has it. */
        MISSING("missing"),
        DIFFERENT("different"),
        /** Only the target has it. */
        EXTRA("extra"),
        /** Not in its table, or not with all its values, because understudy.constraints said so: see understudy.quarantine. */
        KEPT_APART("kept apart");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }
}
