package io.understudy.mirror;

import io.understudy.postgres.Lsn;
import java.time.Instant;
import java.util.Optional;

/**
 * How far the target is behind the source.
 *
 * @param reached everything the source had committed up to here is at the target. At or after the checkpoint: log that
 *     concerns no mirrored table moves this and not the checkpoint
 * @param bytes of the source's log after {@link #reached}, whether it concerns the mirror or not
 * @param seconds ago the source was where the target is now; empty when it is not known yet
 * @param measuredAt when the source was last asked
 */
public record Lag(
        Lsn reached,
        Lsn source,
        long bytes,
        Optional<Double> seconds,
        boolean slotActive,
        long retainedBytes,
        Instant measuredAt) {}
