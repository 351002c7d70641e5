package io.understudy.mirror;

import io.understudy.apply.ApplyWorker;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.SourceDatabase;
import io.understudy.stream.ChangeCapture;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;

/**
 * Measures the lag by asking the source once a second where its log is, and comparing what the target has reached with
 * those readings. The source's clock plays no part, nor does a table written only for the purpose.
 *
 * <p>The checkpoint alone would not do: it stands at the last commit that concerned the mirror, while a busy source
 * with quiet mirrored tables moves on. So when everything captured is applied, the target has reached what the capture
 * has drained.
 */
final class LagMeter {

    /** Ten minutes of readings; a lag beyond them is told as at least that long. */
    private static final int READINGS = 600;

    private record Reading(Instant at, Lsn source) {}

    private final SourceDatabase source;
    private final ApplyWorker worker;
    private final ChangeCapture capture;
    private final Deque<Reading> readings = new ArrayDeque<>();
    private volatile Lsn reached;

    LagMeter(SourceDatabase source, ApplyWorker worker, ChangeCapture capture) {
        this.source = source;
        this.worker = worker;
        this.capture = capture;
        this.reached = worker.applied();
    }

    Lag measure() {
        SourceDatabase.Slot slot = source.slot()
                .orElseThrow(
                        () -> new IllegalStateException("The replication slot " + source.slotName() + " is gone."));
        Instant now = Instant.now();
        readings.addLast(new Reading(now, slot.current()));
        if (readings.size() > READINGS) {
            readings.removeFirst();
        }
        reached = reached.orLater(worker.applied()).orLater(drainedUpTo());
        return new Lag(
                reached,
                slot.current(),
                slot.current().bytesSince(reached),
                secondsBehind(now),
                slot.active(),
                slot.retainedBytes(),
                now);
    }

    /** From any thread: whether the target had reached it by the last measurement. */
    boolean hasReached(Lsn lsn) {
        return !lsn.isAfter(reached);
    }

    /** The order matters: first what was drained, then whether everything captured, and so all of that, is applied. */
    private Lsn drainedUpTo() {
        Lsn drained = capture.drained();
        return worker.isIdle() ? drained : Lsn.ZERO;
    }

    /** When the source's log was at {@link #reached}, between two readings in proportion to the bytes. */
    private Optional<Double> secondsBehind(Instant now) {
        Reading later = null;
        for (Iterator<Reading> newestFirst = readings.descendingIterator(); newestFirst.hasNext(); ) {
            Reading earlier = newestFirst.next();
            if (!earlier.source().isAfter(reached)) {
                return Optional.of(seconds(Duration.between(moment(earlier, later), now)));
            }
            later = earlier;
        }
        boolean watchedLongEnough = readings.size() == READINGS;
        return watchedLongEnough
                ? Optional.of(seconds(Duration.between(readings.getFirst().at(), now)))
                : Optional.empty();
    }

    private Instant moment(Reading earlier, Reading later) {
        if (later == null) {
            return earlier.at();
        }
        double share =
                (double) reached.bytesSince(earlier.source()) / later.source().bytesSince(earlier.source());
        long nanos = (long) (Duration.between(earlier.at(), later.at()).toNanos() * share);
        return earlier.at().plusNanos(nanos);
    }

    private static double seconds(Duration duration) {
        return Math.max(0, duration.toMillis()) / 1000.0;
    }
}
