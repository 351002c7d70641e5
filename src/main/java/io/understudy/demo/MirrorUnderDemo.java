package io.understudy.demo;

import io.understudy.postgres.DatabaseUrl;
import io.understudy.postgres.Lsn;
import java.util.Optional;

/** What the demo needs of a mirror. */
public interface MirrorUnderDemo {

    /** Adopts the target and starts; returns when the mirror is at work, without waiting for the copy. */
    void adoptAndStart(DatabaseUrl source, DatabaseUrl target);

    View view();

    /** Whether everything that was committed at the source up to {@code upTo} is in the target. */
    boolean hasApplied(Lsn upTo);

    /** Drains and stops; may be called more than once, and without a start. */
    void stop();

    /**
     * The mirror at one moment.
     *
     * @param state as {@code understudy status} names it
     * @param reason why it is not well, if it is not
     * @param tables 0 until they are known
     * @param rowsEstimated the planner's estimate
     * @param changesPerSecond applied at the target, over the last second or so
     */
    record View(
            String state,
            Optional<String> reason,
            int tablesCopied,
            int tables,
            long rowsCopied,
            long rowsEstimated,
            long bytesCopied,
            long lagBytes,
            double lagSeconds,
            double changesPerSecond,
            String appliedLsn,
            String healthUrl) {

        boolean copied() {
            return tables > 0 && tablesCopied >= tables;
        }
    }
}
