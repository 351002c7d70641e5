package io.understudy.masking;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What becomes of the values of one table.
 *
 * @param relation the source's oid of the table
 * @param numbers of the columns that the source had when this was decided, by name; a number stays when a column is renamed
 * @param masked by column
 * @param withheld columns whose values do not leave
 * @param generated columns that the log need not have
 * @param computed those of them that do not leave, because they tell what masked ones were
 * @param formerly names that columns had, to those they have: older changes call them so
 * @param gone what became of the values of columns that are no longer there; older changes still have them
 */
record TableMasks(
        long relation,
        Map<String, Integer> numbers,
        Map<String, ColumnMask> masked,
        Set<String> withheld,
        Set<String> generated,
        Set<String> computed,
        Map<String, String> formerly,
        Map<String, Decision> gone) {

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

    /** @param mask empty of a value that leaves as it is, or not at all */
    record Decision(boolean leaves, Optional<ColumnMask> mask) {
        static final Decision KEPT = new Decision(true, Optional.empty());
        static final Decision WITHHELD = new Decision(false, Optional.empty());
    }

    static final TableMasks NONE =
            new TableMasks(0, Map.of(), Map.of(), Set.of(), Set.of(), Set.of(), Map.of(), Map.of());

    /** Of a column by any name that it has or had. What is not known does not leave. */
    Decision decision(String name) {
        String present = formerly.getOrDefault(name, name);
        if (masked.containsKey(present)) {
            return new Decision(true, Optional.of(masked.get(present)));
        }
        if (withheld.contains(present) || computed.contains(present)) {
            return Decision.WITHHELD;
        }
        return numbers.containsKey(present) ? Decision.KEPT : gone.getOrDefault(name, Decision.WITHHELD);
    }

    /**
     * Whether these are the columns that were in view, by whatever names. One that is missing may have given its name to
     * another.
     */
    boolean knows(List<String> columns) {
        Set<String> present = new HashSet<>();
        for (String column : columns) {
            present.add(formerly.getOrDefault(column, column));
        }
        return columns.stream().allMatch(this::knows)
                && numbers.keySet().stream().allMatch(name -> present.contains(name) || generated.contains(name));
    }

    private boolean knows(String name) {
        return numbers.containsKey(formerly.getOrDefault(name, name)) || gone.containsKey(name);
    }

    private Set<String> everyName() {
        Set<String> names = new HashSet<>(numbers.keySet());
        names.addAll(formerly.keySet());
        names.addAll(gone.keySet());
        return names;
    }

    /** The same, and what an earlier one of this table knew of names that are no longer there. */
    TableMasks after(TableMasks earlier) {
        Map<Integer, String> present = new HashMap<>();
        numbers.forEach((name, number) -> present.put(number, name));
        Map<String, String> renamed = new HashMap<>(formerly);
        Map<String, Decision> left = new HashMap<>(gone);
        for (String name : earlier.everyName()) {
            if (!knows(name)) {
                Integer number = earlier.numbers.get(earlier.formerly.getOrDefault(name, name));
                if (number != null && present.containsKey(number)) {
                    renamed.put(name, present.get(number));
                } else {
                    left.put(name, earlier.decision(name));
                }
            }
        }
        return new TableMasks(relation, numbers, masked, withheld, generated, computed, renamed, left);
    }

    /** What the values of each column are masked by; columns that leave as they are are not named. */
    Map<String, String> signatures() {
        Map<String, String> signatures = new TreeMap<>();
        masked.forEach((column, mask) -> signatures.put(column, mask.signature()));
        withheld.forEach(column -> signatures.put(column, Signatures.WITHHELD));
        return signatures;
    }

    /** The words of the rules in force, for people. */
    Map<String, String> words() {
        Map<String, String> words = new LinkedHashMap<>();
        masked.forEach((column, mask) -> words.put(column, mask.rule().text()));
        return words;
    }
}
