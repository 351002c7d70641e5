package io.understudy.orphans;

import java.util.List;

/**
 * What would be done, and what comes of it.
 *
 * @param steps parents first
 * @param consequences of foreign keys that nobody wants mended: rows that lose their parent by it
 */
public record OrphanPlan(List<Step> steps, List<Consequence> consequences) {

    /**
     * @param rows that it changes; with {@link OrphanPolicy#REPORT} those that it leaves
     * @param change the statement that changes them, shortened for people; empty when none does
     * @param afterwards what is run, or has to be run by somebody ({@code byHand}), when no row is left
     */
    public record Step(OrphanFix fix, long rows, String change, List<String> afterwards, boolean byHand) {}

    public record Consequence(OrphanKey key, long rows) {}

    public long rows() {
        return steps.stream()
                .filter(step -> step.fix().policy() != OrphanPolicy.REPORT)
                .mapToLong(Step::rows)
                .sum();
    }

    /** Whether applying it does anything. */
    public boolean hasWork() {
        return rows() > 0
                || steps.stream()
                        .anyMatch(step -> !step.byHand() && !step.afterwards().isEmpty());
    }
}
