package io.understudy.mirror;

import io.understudy.postgres.Lsn;
import io.understudy.postgres.Sequence;
import io.understudy.postgres.SequenceLevel;
import io.understudy.postgres.Session;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TargetDatabase;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jboss.logging.Logger;

/**
 * Keeps the target's sequences level with the source's while a mirror streams. The log does not carry them: they are
 * read at the source every two seconds. Rows raise theirs by themselves ({@code SequenceLevels}), so that this is about
 * free sequences, values that no row has, and the way down.
 *
 * <p>Up at once: the source has given every value that a row up to now can have. Down only after a restart, and late:
 *
 * <pre>
 *   restart seen -> transactions of that moment have ended -> the target has reached where the log was then -> lowered
 *   (the truncate may commit after its setval)                (the rows are gone there as well)
 * </pre>
 *
 * <p>A restart is a level behind the one read before, or another file. The first reading of each attempt only raises: a
 * level ahead of the source's is then taken for what staging's people have used.
 *
 * <p>Both ways are written under the fence, a lock on the checkpoint's row that a commit of rows waits for. Otherwise a
 * row could arrive between reading and setting, raise the sequence, and be overtaken by the older level.
 */
final class SequenceKeeper implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(SequenceKeeper.class);

    private static final Duration PERIOD = Duration.ofSeconds(2);

    /**
     * Of the time that the source took to answer: it is kept busy for 2 % of the time at most, however many sequences
     * there are. The first answer after the catalog was read does not count: once a minute, and caches are cold.
     */
    private static final int REST = 49;

    /** How often the catalog is asked which sequences there are, and the target about those that have not moved. */
    private static final Duration SCOPE_PERIOD = Duration.ofMinutes(1);

    /** It holds up the commits of rows, and waits for people who alter a sequence of staging: both not for long. */
    private static final String LIMITS = "set local lock_timeout = '2s'; set local statement_timeout = '10s'; "
            + "set local idle_in_transaction_session_timeout = '10s'";

    private static final Duration LAST_LOOK = Duration.ofSeconds(3);

    /** Where the source is after a reading, and the first of its transactions that was still open. */
    private record Moment(Lsn log, long oldestOpen) {}

    /**
     * A restart on its way to the target.
     *
     * @param next transactions from this one on began after it was seen
     * @param due where the log was when all before had ended; empty as long as one has not
     */
    private record Restart(long next, Optional<Lsn> due) {
        Restart at(Moment now) {
            return due.isEmpty() && now.oldestOpen() >= next ? new Restart(next, Optional.of(now.log())) : this;
        }
    }

    private final SourceDatabase source;
    private final TargetDatabase target;
    private final Supplier<List<TableId>> tables;
    private final String fence;
    private final Predicate<Lsn> reached;
    private final CountDownLatch stopSignal = new CountDownLatch(1);
    private final Thread thread = new Thread(this::keep, "understudy-sequences");

    private Duration pause = PERIOD;
    private List<TableId> scope = List.of();
    private Instant scopeReadAt = Instant.MIN;
    private final Map<TableId, SequenceLevel> before = new HashMap<>();
    /** Those that moved at the source since the target's were last compared. */
    private final Set<TableId> moved = new HashSet<>();

    private final Map<TableId, Restart> restarts = new HashMap<>();
    private final Set<TableId> toldOf = new HashSet<>();

    /**
     * @param fence a statement that fails when another process has taken over this mirror, and holds up commits of rows
     * @param reached whether everything that the source had committed up to a position is at the target
     */
    SequenceKeeper(
            SourceDatabase source,
            TargetDatabase target,
            Supplier<List<TableId>> tables,
            String fence,
            Predicate<Lsn> reached) {
        this.source = source;
        this.target = target;
        this.tables = tables;
        this.fence = fence;
        this.reached = reached;
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Its thread is not interrupted, so that it leaves no transaction open that holds up its successor. */
    @Override
    public void close() {
        stopSignal.countDown();
        try {
            thread.join(LAST_LOOK.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void keep() {
        try {
            do {
                pause = PERIOD;
                lookSafely();
            } while (!stopSignal.await(pause.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lookSafely() {
        try {
            look();
        } catch (RuntimeException e) {
            // A database that is gone is told by the mirror's own thread; anything else is tried again.
            LOG.debugf("could not look at the sequences: %s", e.getMessage());
        }
    }

    private void look() {
        boolean everything = scopeReadAt.plus(SCOPE_PERIOD).isBefore(Instant.now());
        if (everything) {
            scope = Sequence.ofMirror(source.client(), tables.get());
            moved.addAll(scope);
            scopeReadAt = Instant.now();
        }
        if (scope.isEmpty()) {
            return;
        }
        Instant asked = Instant.now();
        Map<TableId, SequenceLevel> there = SequenceLevel.read(source.client(), scope);
        Moment now = moment();
        Duration rest = Duration.between(asked, Instant.now()).multipliedBy(REST);
        if (!everything && rest.compareTo(PERIOD) > 0) {
            pause = rest;
        }
        note(there.values());
        restarts.replaceAll((sequence, restart) -> restart.at(now));
        raise(there);
        moved.clear();
        lower(restarts.entrySet().stream()
                .filter(restart -> restart.getValue().due().filter(reached).isPresent())
                .map(Map.Entry::getKey)
                .toList());
    }

    private Moment moment() {
        Row row = source.client().query("""
                        select pg_current_wal_insert_lsn()::text as log,
                               pg_snapshot_xmin(pg_current_snapshot())::text::bigint as oldest_open
                        """).iterator().next();
        return new Moment(Lsn.parse(row.getString("log")), row.getLong("oldest_open"));
    }

    /**
     * A transaction of our own tells those that may have restarted a sequence from later ones. The end of a snapshot
     * does not: it is the one after the last that has ended, and the one that is open may be just that.
     */
    private void note(Collection<SequenceLevel> levels) {
        List<TableId> restarted = levels.stream()
                .filter(level -> before.containsKey(level.sequence()))
                .filter(level -> isRestarted(before.get(level.sequence()), level))
                .map(SequenceLevel::sequence)
                .toList();
        if (!restarted.isEmpty()) {
            Restart restart = new Restart(newTransaction(), Optional.empty());
            restarted.forEach(sequence -> restarts.put(sequence, restart));
        }
        for (SequenceLevel level : levels) {
            SequenceLevel last = before.put(level.sequence(), level);
            if (last == null || !last.isAt(level)) {
                moved.add(level.sequence());
            }
        }
    }

    private long newTransaction() {
        return source.client()
                .query("select pg_current_xact_id()::text::bigint as id")
                .iterator()
                .next()
                .getLong("id");
    }

    private static boolean isRestarted(SequenceLevel last, SequenceLevel level) {
        return level.isBehind(last) || level.storage() != last.storage();
    }

    private boolean canBeSet(SequenceLevel here, SequenceLevel there) {
        boolean can = here.canBeAt(there);
        if (!can && toldOf.add(here.sequence())) {
            LOG.warnf(
                    "a sequence of the target cannot be where the source's is, and is left as it is sequence=%s "
                            + "lowest=%d highest=%d source=%d",
                    here.sequence(), here.lowest(), here.highest(), there.value());
        }
        return can;
    }

    private void raise(Map<TableId, SequenceLevel> there) {
        Map<TableId, SequenceLevel> here = SequenceLevel.read(target.client(), List.copyOf(moved));
        List<SequenceLevel> levels = here.values().stream()
                .filter(level -> there.containsKey(level.sequence()))
                .filter(level -> level.isBehind(there.get(level.sequence())))
                .filter(level -> canBeSet(level, there.get(level.sequence())))
                .map(level -> there.get(level.sequence()))
                .toList();
        if (!levels.isEmpty()) {
            int raised = fenced(session -> SequenceLevel.raise(session, levels));
            LOG.debugf("sequences raised=%d", raised);
        }
    }

    /**
     * Read again under the fence: rows that were committed since the last reading may have values beyond it. None can
     * be added until the fence is lifted, and all that are there had their values before this reading. One that was
     * restarted once more meanwhile begins to wait again with the next look.
     */
    private void lower(List<TableId> sequences) {
        if (sequences.isEmpty()) {
            return;
        }
        int lowered = fenced(session -> SequenceLevel.set(
                session,
                SequenceLevel.read(source.client(), sequences).values().stream()
                        .filter(level -> !isRestarted(before.get(level.sequence()), level))
                        .toList()));
        sequences.forEach(restarts::remove);
        LOG.infof("sequences restarted at the source and so at the target: %d of %d", lowered, sequences.size());
    }

    /** What setval did before a failure stays, rolled back or not: each level is right by itself. */
    private int fenced(ToIntFunction<Session> work) {
        return target.client().transaction(session -> {
            session.query(LIMITS);
            session.query(fence);
            return work.applyAsInt(session);
        });
    }
}
