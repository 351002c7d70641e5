package io.understudy.mirror;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.understudy.apply.ApplyWorker;
import io.understudy.ledger.TableEntry;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.SessionSettings;
import io.understudy.reconcile.ReconciledTables;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Once a second: measures the lag, decides whether the mirror is near the source's present, and writes what there is to
 * know to {@code understudy.service} at the target, for whoever asks from another process.
 */
final class MirrorMonitor {

    private static final Logger LOG = Logger.getLogger(MirrorMonitor.class);

    private static final Duration PERIOD = Duration.ofSeconds(1);

    /** Nearer than this is "streaming". A few periods: the measure itself is a second old. */
    private static final double NEAR_SECONDS = 5;

    /** How often a long catching up says where it is. */
    private static final Duration TELL_PERIOD = Duration.ofSeconds(5);

    /** The source is taken to be gone when it has answered no question for this long. */
    private static final Duration SILENCE = Duration.ofSeconds(20);

    private static final Duration LAST_WORD = Duration.ofSeconds(3);

    private static final long UNKNOWN = -1;

    private final Mirror mirror;
    private final Settings settings;
    private final ObjectMapper json = new ObjectMapper();
    private final Thread thread = new Thread(this::watch, "understudy-monitor");
    private final CountDownLatch stopSignal = new CountDownLatch(1);
    private volatile Lag lag;
    private volatile MirrorStatus status;
    private volatile Instant lookedAt = Instant.now();
    private Instant heardAt = Instant.now();

    private final PostgresClient target;
    private boolean heldLock;
    private MirrorRun seenRun;
    private List<TableEntry> tables = List.of();
    private long changesBefore = UNKNOWN;
    private Instant measuredBefore = Instant.now();
    private double changesPerSecond;
    private Instant toldAt = Instant.now();

    MirrorMonitor(Vertx vertx, Mirror mirror, Settings settings) {
        SessionSettings session = new SessionSettings("understudy: " + settings.name(), false);
        this.target = PostgresClient.open(vertx, settings.target(), session, 1);
        this.mirror = mirror;
        this.settings = settings;
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Returns when its last word is written, or cannot be. */
    void stop() throws InterruptedException {
        stopSignal.countDown();
        thread.join(LAST_WORD.toMillis());
        target.close();
    }

    private void watch() {
        try {
            do {
                lookSafely();
            } while (!stopSignal.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS));
            lookSafely();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lookSafely() {
        try {
            look();
        } catch (RuntimeException e) {
            // The mirror's own thread meets the same trouble and tells it; the watch goes on.
            LOG.debugf("could not look at the mirror: %s", e.getMessage());
        }
    }

    private void look() {
        Optional<MirrorRun> run = mirror.current();
        if (run.isEmpty() || run.get() != seenRun) {
            seenRun = run.orElse(null);
            lag = null;
            heardAt = Instant.now();
            changesBefore = UNKNOWN;
            changesPerSecond = 0;
        }
        heldLock |= run.map(MirrorRun::holdsLock).orElse(false);
        try {
            run.ifPresent(this::measure);
        } finally {
            status = status(run);
            lookedAt = Instant.now();
            save();
        }
    }

    private void measure(MirrorRun run) {
        tables = run.tables();
        run.worker().ifPresent(this::measureRate);
        run.meter().ifPresent(meter -> measureLag(meter, run));
    }

    private void measureLag(LagMeter meter, MirrorRun run) {
        try {
            lag = meter.measure();
        } catch (RuntimeException failure) {
            endIfSilent(run, failure);
            lag = null;
            throw failure;
        }
        if (!run.isStopping()) {
            followLag(lag);
        }
        heardAt = Instant.now();
    }

    /**
     * A network that stops without a word leaves the replication connection looking idle for hours. Questions that are
     * no longer answered tell; the next attempt to connect then says what is wrong.
     */
    private void endIfSilent(MirrorRun run, RuntimeException failure) {
        if (heardAt.plus(SILENCE).isBefore(Instant.now())) {
            run.fail(failure);
        }
    }

    private void followLag(Lag measured) {
        Mirror.Entered entered = mirror.entered();
        double seconds = measured.seconds().orElse(Double.MAX_VALUE);
        if (entered.state() instanceof MirrorState.CatchingUp && seconds <= NEAR_SECONDS) {
            mirror.replace(entered, new MirrorState.Streaming());
        } else if (entered.state() instanceof MirrorState.Streaming
                && seconds > settings.maxLag().toSeconds()) {
            mirror.replace(entered, new MirrorState.CatchingUp());
        }
        boolean catchingUp = mirror.state() instanceof MirrorState.CatchingUp;
        if (catchingUp && toldAt.plus(TELL_PERIOD).isBefore(Instant.now())) {
            toldAt = Instant.now();
            LOG.infof(
                    "mirror=%s catching up lagBytes=%d changesPerSecond=%.0f",
                    settings.name(), measured.bytes(), changesPerSecond);
        }
    }

    private void measureRate(ApplyWorker worker) {
        Instant now = Instant.now();
        long changes = worker.changes();
        double seconds = Duration.between(measuredBefore, now).toMillis() / 1000.0;
        if (seconds > 0 && changesBefore != UNKNOWN) {
            changesPerSecond = Math.max(0, changes - changesBefore) / seconds;
        }
        changesBefore = changes;
        measuredBefore = now;
    }

    private MirrorStatus status(Optional<MirrorRun> run) {
        Mirror.Entered entered = mirror.entered();
        Optional<Lag> known = Optional.ofNullable(lag);
        Optional<ApplyWorker> worker = run.flatMap(MirrorRun::worker);
        return new MirrorStatus(
                settings.name(),
                entered.state().word(),
                text(entered.at()),
                entered.state().reason().orElse(null),
                entered.state().remedy().orElse(null),
                settings.source().place(),
                settings.target().place(),
                known.map(Lag::slotActive).orElse(null),
                worker.map(applying -> applying.applied().toString()).orElse(null),
                known.map(measured -> measured.reached().toString()).orElse(null),
                known.map(measured -> measured.source().toString()).orElse(null),
                known.map(Lag::bytes).orElse(null),
                known.flatMap(Lag::seconds).orElse(null),
                known.map(Lag::retainedBytes).orElse(null),
                worker.flatMap(ApplyWorker::lastAppliedAt)
                        .map(MirrorMonitor::text)
                        .orElse(null),
                worker.map(ApplyWorker::transactions).orElse(0L),
                worker.map(ApplyWorker::changes).orElse(0L),
                Math.round(changesPerSecond * 10) / 10.0,
                worker.map(ApplyWorker::missingRows).orElse(0L),
                tables.stream()
                        .map(table -> MirrorStatus.TableStatus.of(table, verified(table)))
                        .toList(),
                List.of(),
                text(Instant.now()));
    }

    private Optional<ReconciledTables.Known> verified(TableEntry table) {
        return Optional.ofNullable(seenRun)
                .flatMap(MirrorRun::verifier)
                .map(verifier -> verifier.known().get(table.table()));
    }

    private static String text(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    /**
     * Over a connection of its own: a mirror that is blocked or waits for the next attempt has no other. Without the
     * tables: they stand in the snapshot's ledger, and two thousand of them a second would be a load of their own.
     */
    private void save() {
        if (!heldLock || mirror.state() instanceof MirrorState.Standby) {
            return; // Another process tells the state of this mirror, or none.
        }
        try {
            target.query("""
                    insert into understudy.service (mirror, said_at, status) values ($1, now(), $2::text::jsonb)
                    on conflict (mirror) do update set said_at = excluded.said_at, status = excluded.status
                    """, settings.name(), json.writeValueAsString(status.withoutTables()));
        } catch (PostgresFailure e) {
            LOG.debugf("the status could not be written to the target: %s", e.getMessage());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How old the status is: more than a few seconds when a server does not answer. */
    Duration age() {
        return Duration.between(lookedAt, Instant.now());
    }

    Optional<Lag> lag() {
        return Optional.ofNullable(lag);
    }

    MirrorStatus status() {
        MirrorStatus known = status;
        return known == null ? status(Optional.empty()) : known;
    }
}
