package io.understudy.mirror;

import io.understudy.apply.ApplyWorker;
import io.understudy.masking.CanaryException;
import io.understudy.postgres.FencedException;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.PostgresFailure;
import io.understudy.preflight.RefusedException;
import io.understudy.stream.CaptureFailure;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;

/**
 * A mirror from start to stop. Its thread makes one {@link MirrorRun} after another: each goes on where the checkpoint
 * is, and one that fails is followed by the next after a wait. A dead database never ends it.
 *
 * <pre>
 *   settings -> checks -> lock -> snapshot, the first time  (slot + exported snapshot -> COPY out -> COPY in -> checkpoint)
 *                              -> stream, ever after        (capture -> transport -> apply: rows + checkpoint -> acknowledge)
 * </pre>
 *
 * <p>What ends it: {@link #stop()}; a refusal by the very first check, before anything was changed; a copy that met an
 * error which copying again will not mend.
 */
public final class Mirror {

    private static final Logger LOG = Logger.getLogger(Mirror.class);

    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    /** Longer would keep people waiting after the database is back; shorter would only fill the log. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private final Vertx vertx;
    private final Settings settings;
    private final boolean copyAnew;
    private final AtomicReference<Entered> state =
            new AtomicReference<>(new Entered(new MirrorState.Starting(), Instant.now()));
    private final CountDownLatch ended = new CountDownLatch(1);
    private final CountDownLatch stopSignal = new CountDownLatch(1);
    private final MirrorMonitor monitor;
    private final Thread thread;
    private volatile MirrorRun current;

    record Entered(MirrorState state, Instant at) {}

    /** @param copyAnew begin with a new snapshot, whatever was mirrored before */
    public Mirror(Vertx vertx, Settings settings, boolean copyAnew) {
        this.vertx = vertx;
        this.settings = settings;
        this.copyAnew = copyAnew;
        this.monitor = new MirrorMonitor(vertx, this, settings);
        this.thread = new Thread(this::live, "understudy-mirror");
    }

    public void start() {
        thread.start();
        monitor.start();
    }

    private void live() {
        try {
            boolean anew = copyAnew;
            boolean everChanged = false;
            int failures = 0;
            while (!isStopping()) {
                try (MirrorRun run = new MirrorRun(vertx, settings, anew, this::enter)) {
                    current = run;
                    if (isStopping()) {
                        run.stop();
                    }
                    try {
                        run.run();
                    } catch (RuntimeException failure) {
                        everChanged |= run.hasChangedSomething();
                        anew &= !run.hasChangedSomething();
                        // An attempt that got as far as streaming was well: this failure is a new one.
                        failures = state() instanceof MirrorState.Streaming ? 1 : failures + 1;
                        if (!isStopping() && !goesOnAfter(failure, everChanged, failures)) {
                            return;
                        }
                    } finally {
                        current = null;
                    }
                }
                await(waitAfter(failures));
            }
            enter(new MirrorState.Stopped());
        } catch (InterruptedException e) {
            enter(new MirrorState.Stopped());
        } catch (Error e) {
            enter(new MirrorState.Failed("The process cannot go on: " + e));
            throw e;
        } finally {
            ended.countDown();
        }
    }

    private boolean goesOnAfter(RuntimeException failure, boolean everChanged, int failures) {
        Instant next = Instant.now().plus(waitAfter(failures));
        if (failure instanceof RefusedException refused && !everChanged) {
            enter(new MirrorState.Refused(refused.findings()));
            return false;
        }
        if (failure instanceof SnapshotFailedException) {
            enter(new MirrorState.Failed(failure.getMessage()));
            return false;
        }
        if (failure instanceof RefusedException refused) {
            enter(new MirrorState.Blocked(
                    refused.findings().get(0).what(),
                    Optional.of(refused.findings().get(0).remedy()),
                    next));
        } else if (failure instanceof CanaryException canary) {
            enter(new MirrorState.Blocked(canary.getMessage() + ".", Optional.of(canary.remedy()), next));
        } else if (passes(failure)) {
            enter(new MirrorState.Retrying(failure.getMessage(), failures, next));
        } else {
            enter(new MirrorState.Blocked(
                    Optional.ofNullable(failure.getMessage()).orElseGet(failure::toString), Optional.empty(), next));
            if (!(failure instanceof PostgresFailure)) {
                LOG.error("unexpected failure", failure);
            }
        }
        return true;
    }

    private static boolean passes(RuntimeException failure) {
        return failure instanceof PostgresFailure postgres && postgres.passes()
                || failure instanceof CaptureFailure
                || failure instanceof FencedException
                || failure instanceof SlotInUseException;
    }

    private static Duration waitAfter(int failures) {
        long seconds = failures == 0 ? 0 : FIRST_WAIT.toSeconds() << Math.min(failures - 1, 5);
        return Duration.ofSeconds(Math.min(seconds, LONGEST_WAIT.toSeconds()));
    }

    private void await(Duration wait) throws InterruptedException {
        stopSignal.await(wait.toMillis(), TimeUnit.MILLISECONDS);
    }

    void enter(MirrorState next) {
        MirrorState last = state.get().state();
        boolean looksAgain =
                next instanceof MirrorState.Checking && last.reason().isPresent();
        if (last.equals(next) || looksAgain) {
            // Whoever asks while it looks again is told what it was found in, not that it looks.
            return;
        }
        state.set(new Entered(next, Instant.now()));
        if (!next.reason().equals(last.reason()) || !next.word().equals(last.word())) {
            log(next);
        }
    }

    /** Unless the mirror's own thread has entered another state meanwhile. */
    void replace(Entered seen, MirrorState next) {
        if (state.compareAndSet(seen, new Entered(next, Instant.now()))) {
            log(next);
        }
    }

    private void log(MirrorState next) {
        if (next instanceof MirrorState.Refused || next instanceof MirrorState.Failed) {
            return; // The end of the command, which says why in full.
        }
        if (next.reason().isPresent()) {
            LOG.warnf(
                    "mirror=%s state=%s reason=%s%s",
                    settings.name(),
                    next.word(),
                    next.reason().get(),
                    next.remedy().map(text -> " remedy=" + text).orElse(""));
        } else {
            LOG.infof("mirror=%s state=%s", settings.name(), next.word());
        }
    }

    private boolean isStopping() {
        return stopSignal.getCount() == 0;
    }

    /** Ends it: what was received whole is applied, what was not is left at the source for the next start. */
    public void stop() {
        stopSignal.countDown();
        MirrorRun run = current;
        if (run != null) {
            run.stop();
        }
    }

    /** Waits for the end. @return the state it ended in, or nothing when it did not end in time */
    public Optional<MirrorState> awaitEnd(Duration patience) throws InterruptedException {
        boolean over = ended.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        if (over) {
            monitor.stop();
        }
        return over ? Optional.of(state()) : Optional.empty();
    }

    public MirrorState state() {
        return state.get().state();
    }

    Entered entered() {
        return state.get();
    }

    Optional<MirrorRun> current() {
        return Optional.ofNullable(current);
    }

    public Settings settings() {
        return settings;
    }

    /** Whether it has more to write than it can at the moment. */
    public boolean isCatchingUp() {
        return current().flatMap(MirrorRun::worker).map(ApplyWorker::isBusy).orElse(false);
    }

    /** As of the last second. */
    public MirrorStatus status() {
        return monitor.status();
    }

    /** How old {@link #status} is: more than a few seconds when a server does not answer. */
    public Duration statusAge() {
        return monitor.age();
    }

    /** Whether everything that the source had committed up to {@code lsn} is at the target. */
    public boolean hasReached(Lsn lsn) {
        return monitor.lag().map(lag -> !lsn.isAfter(lag.reached())).orElse(false);
    }
}
