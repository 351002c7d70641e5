package io.understudy.orphans;

import java.util.List;

/**
 * What was done, as it was found afterwards in the database itself (field notes C4, E2).
 *
 * @param consequences rows that have no parent now and had one before, of foreign keys that were not to be mended
 * @param unknown whether some of those could not be counted
 */
public record OrphanOutcome(List<Result> results, List<OrphanPlan.Consequence> consequences, boolean unknown) {

    /**
     * @param changed rows
     * @param left rows without a parent, counted at the end
     * @param refusal why it could not be validated; empty when it was, or did not have to be
     * @param byHand what somebody runs to have it at the target as the source has it
     */
    public record Result(
            OrphanFix fix, long changed, OrphanCount left, boolean validated, String refusal, List<String> byHand) {

        /** No row is left, and the server vouches for it where it has the constraint. */
        public boolean isDone() {
            return left instanceof OrphanCount.Counted counted
                    && counted.rows() == 0
                    && (validated || !byHand.isEmpty());
        }
    }

    public boolean isDone() {
        return results.stream().allMatch(Result::isDone) && consequences.isEmpty();
    }

    public boolean isUnknown() {
        return unknown || results.stream().anyMatch(result -> result.left().isUnknown());
    }
}
