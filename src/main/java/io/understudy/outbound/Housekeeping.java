package io.understudy.outbound;

import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.Session;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * Keeps the queue in order: signs of life, deliveries whose worker gives none, rows that are finished long enough.
 *
 * <p>The table does not grow under load: an update while a delivery runs writes no index and leaves its room to the next
 * one on the page; what is removed here is given back by a vacuum of our own as soon as it is worth one, which does not
 * wait for the server's.
 */
final class Housekeeping {

    private static final Logger LOG = Logger.getLogger(Housekeeping.class);

    private static final int CHUNK = 10_000;

    /** A round from the start comes after so many times as long as the last one read what stays. */
    private static final int START_OVER_PER_ROUND = 100;

    private static final Duration START_OVER = Duration.ofMinutes(10);

    static final long WORTH_A_VACUUM = 50_000;
    private static final Duration VACUUM_LIMIT = Duration.ofMinutes(10);

    private static final String RETRY_AT_ONCE = """
            update understudy.sync_queue q
               set status = 'retrying', next_attempt_at = now(), worker = null,
                   last_error = 'The process that delivered it was not heard of any more.'
            """;

    private static final String PRUNE = """
            with oldest as materialized (
                select id, status, finished_at < now() - make_interval(secs => case status when 'completed' then $4::float8 else $5::float8 end) as expired
                  from understudy.sync_queue where mirror = $1 and id > $2 order by id limit $3),
            gone as (
                delete from understudy.sync_queue q using oldest o where o.expired and q.id = o.id and q.status = o.status
                returning 1)
            select count(*) as seen, max(id) as last, count(*) filter (where status = 'completed' and not expired) as fresh,
                   (select count(*) from gone) as gone
              from oldest
            """;

    private final PostgresClient target;
    private final String mirror;
    private final OutboundSettings settings;
    private final double leaseSeconds;
    private long removed;
    /** Where the next round of pruning begins: behind this id. */
    private long after;

    private long startOverAt = System.nanoTime();

    Housekeeping(PostgresClient target, String mirror, OutboundSettings settings, Duration lease) {
        this.target = target;
        this.mirror = mirror;
        this.settings = settings;
        this.leaseSeconds = lease.toMillis() / 1000.0;
    }

    /** Whether this target was adopted for this mirror, and has a queue. */
    boolean isReady() {
        boolean there = target.query("select to_regclass('understudy.sync_pause') is not null as there")
                .iterator()
                .next()
                .getBoolean("there");
        return there
                && target.query("select from understudy.adoption where mirror = $1", mirror)
                                .size()
                        > 0;
    }

    /** The first sign of life of a worker. */
    void enroll(UUID worker) {
        target.query("""
                insert into understudy.sync_worker (worker, mirror, alive_until)
                values ($1, $2, now() + make_interval(secs => $3))
                """, worker, mirror, leaseSeconds);
    }

    /** A further one. @return false when somebody has taken the worker to be gone, and its deliveries with it */
    boolean renew(UUID worker) {
        return target.query("""
                                update understudy.sync_worker
                                   set seen_at = now(), alive_until = now() + make_interval(secs => $2) where worker = $1
                                """, worker, leaseSeconds).rowCount() > 0;
    }

    void takeLeave(UUID worker) {
        rescue("worker = $1", worker);
    }

    /** Of workers whose time is over. */
    void rescue() {
        rescue("mirror = $1 and alive_until < now()", mirror);
    }

    /**
     * Of workers that nobody knows, as in a target that was restored from a backup, or when a claim came in just after its
     * worker was taken to be gone.
     */
    void rescueUnknown() {
        target.transaction(session -> {
            retryAtOnce(
                    session,
                    "q.worker <> all (array(select worker from understudy.sync_worker)) and q.worker is not null");
            return null;
        });
    }

    /** In one transaction with the worker's end: a sign of life that comes in meanwhile finds it alive, or not at all. */
    private void rescue(String gone, Object of) {
        target.transaction(session -> {
            RowSet<Row> lost =
                    session.query("delete from understudy.sync_worker where " + gone + " returning worker", of);
            if (lost.rowCount() > 0) {
                List<UUID> workers = new ArrayList<>();
                lost.forEach(row -> workers.add(row.getUUID("worker")));
                retryAtOnce(session, "q.worker = any ($2)", (Object) workers.toArray(UUID[]::new));
            }
            return null;
        });
    }

    private void retryAtOnce(Session session, String whose, Object... workers) {
        List<Object> arguments = new ArrayList<>(List.of(mirror));
        arguments.addAll(List.of(workers));
        long rescued = session.query(
                        RETRY_AT_ONCE + "where q.mirror = $1 and q.finished_at is null and q.status = 'running' and "
                                + whose,
                        arguments.toArray())
                .rowCount();
        if (rescued > 0) {
            LOG.infof("mirror=%s deliveries rescued=%d", mirror, rescued);
            session.query("select pg_notify($1, $2)", Enqueuer.CHANNEL, mirror + Outbound.AGAIN);
        }
    }

    /**
     * From where the last round ended, and no further than to the first ones that were completed too late: what was
     * enqueued after them was too, or will be found another time. What stays for other reasons, which may be a million,
     * is read again only by the rounds that begin at the start.
     */
    void prune() {
        long now = System.nanoTime();
        if (now - startOverAt >= 0) {
            after = 0;
        }
        boolean whole = after == 0;
        long inVain = 0;
        boolean more = true;
        while (more) {
            long began = System.nanoTime();
            Row row = target.query(
                            PRUNE,
                            mirror,
                            after,
                            CHUNK,
                            (double) settings.keepCompleted().toSeconds(),
                            (double) settings.keepDiscarded().toSeconds())
                    .iterator()
                    .next();
            long gone = row.getLong("gone");
            removed += gone;
            inVain += gone == 0 ? System.nanoTime() - began : 0;
            long fresh = row.getLong("fresh");
            // Single fresh ones may be old rows that were completed late.
            more = row.getLong("seen") == CHUNK && (gone > 0 || fresh < CHUNK / 2);
            after = more ? row.getLong("last") : after;
        }
        if (whole) {
            startOverAt = now + Math.min(inVain * START_OVER_PER_ROUND, START_OVER.toNanos());
        }
        if (removed >= WORTH_A_VACUUM) {
            removed = 0;
            target.with(Housekeeping::vacuum);
        }
    }

    static RowSet<Row> vacuum(Session session) {
        return session.run(
                "vacuum (skip_locked, truncate false) understudy.sync_queue", VACUUM_LIMIT, "Tidying the queue");
    }
}
