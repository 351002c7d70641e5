package io.understudy.demo;

import io.understudy.demo.MirrorUnderDemo.View;
import io.understudy.postgres.Lsn;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Looks at the mirror once a second and tells what it sees, until something ends the watch. */
final class Watch {

    enum End {
        DONE,
        INTERRUPTED,
        /** The workload was ended by an error. */
        WORKLOAD_ENDED,
        STALLED
    }

    private static final Duration TICK = Duration.ofSeconds(1);

    /** How often we ask whether the last change has arrived; asking costs next to nothing. */
    private static final Duration ARRIVAL_TICK = Duration.ofMillis(100);

    /**
     * A copy of this size takes seconds, a reconnect at most half a minute: nothing new for this long is a standstill.
     */
    private static final Duration STANDSTILL = Duration.ofMinutes(2);

    private final Narration narration;
    private final Interruption interruption;
    private final MirrorUnderDemo mirror;
    private final Workload workload;

    Watch(Narration narration, Interruption interruption, MirrorUnderDemo mirror, Workload workload) {
        this.narration = narration;
        this.interruption = interruption;
        this.mirror = mirror;
        this.workload = workload;
    }

    /** The mirror may stall and recover while somebody watches; even the workload's end is only told. */
    End untilInterrupted() {
        End end = watch(() -> false, () -> workload.error().isPresent());
        if (end == End.WORKLOAD_ENDED) {
            narration.say("workload", workloadError());
            end = watch(() -> false, () -> false);
        }
        return end;
    }

    End during(Duration duration) {
        Duration until = narration.elapsed().plus(duration);
        return watch(
                () -> narration.elapsed().compareTo(until) >= 0,
                () -> workload.error().isPresent());
    }

    private End watch(BooleanSupplier done, BooleanSupplier workloadEnded) {
        while (!done.getAsBoolean()) {
            if (workloadEnded.getAsBoolean()) {
                return End.WORKLOAD_ENDED;
            }
            if (interruption.within(TICK)) {
                return End.INTERRUPTED;
            }
            tell(mirror.view());
        }
        return End.DONE;
    }

    End untilArrived(Lsn last) {
        narration.say("workload", "waiting until its last change has arrived");
        Duration moved = narration.elapsed();
        Duration told = moved;
        List<Object> marks = List.of();
        while (!mirror.hasApplied(last)) {
            if (interruption.within(ARRIVAL_TICK)) {
                return End.INTERRUPTED;
            }
            View view = mirror.view();
            if (!marks(view).equals(marks)) {
                marks = marks(view);
                moved = narration.elapsed();
            }
            if (narration.elapsed().minus(moved).compareTo(STANDSTILL) > 0) {
                return End.STALLED;
            }
            if (narration.elapsed().minus(told).compareTo(TICK) >= 0) {
                told = narration.elapsed();
                tell(view);
            }
        }
        return End.DONE;
    }

    /** What changes as long as the mirror gets anywhere. */
    private static List<Object> marks(View view) {
        return List.of(view.tablesCopied(), view.rowsCopied(), view.bytesCopied(), view.appliedLsn());
    }

    private void tell(View view) {
        narration.say("mirror", ProgressLine.of(view));
    }

    String standstill() {
        View view = mirror.view();
        return "The last change did not arrive: the mirror is " + view.state() + " at " + view.appliedLsn()
                + " and has not moved for " + STANDSTILL.toMinutes() + " minutes"
                + view.reason().map(reason -> " (" + reason + ")").orElse("") + ".";
    }

    String workloadError() {
        return "The workload was ended by an error: "
                + workload.error().map(RuntimeException::getMessage).orElse("none");
    }
}
