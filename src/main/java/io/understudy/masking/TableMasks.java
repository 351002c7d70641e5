package io.understudy.masking;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What becomes of the values of one table.
 *
 * @param masked by column; those that are not named leave as they are
 * @param withheld columns whose values do not leave
 * @param columns those that the source had when this was decided; a change that has others is of another moment
 */
record TableMasks(Map<String, ColumnMask> masked, Set<String> withheld, Set<String> columns) {

    /**
     * @param seeds columns whose raw values seed the mask; empty when its own value does
     * @param signature the same for the same pseudonyms, and tells nothing of the secret
     */
    record ColumnMask(MaskRule rule, Secret secret, Fit fit, List<String> seeds, String signature) {

        /** For one thread. */
        Mask mask() {
            return Masks.of(rule, secret, fit);
        }
    }

    static final TableMasks NONE = new TableMasks(Map.of(), Set.of(), Set.of());

    /** What the values of each column are masked by; columns that leave as they are are not named. */
    Map<String, String> signatures() {
        Map<String, String> signatures = new TreeMap<>();
        masked.forEach((column, mask) -> signatures.put(column, mask.signature()));
        withheld.forEach(column -> signatures.put(column, Signatures.WITHHELD));
        return signatures;
    }

    boolean isNothing() {
        return masked.isEmpty() && withheld.isEmpty();
    }

    /** The words of the rules in force, for people. */
    Map<String, String> words() {
        Map<String, String> words = new LinkedHashMap<>();
        masked.forEach((column, mask) -> words.put(column, mask.rule().text()));
        return words;
    }
}
