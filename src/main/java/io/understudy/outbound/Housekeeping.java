package io.understudy.outbound;

import io.understudy.postgres.PostgresClient;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
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

    private static final long WORTH_A_VACUUM = 50_000;
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

    void giveSign(UUID worker) {
        target.query("""
                insert into understudy.sync_worker (worker, mirror) values ($1, $2)
                on conflict (worker) do update set seen_at = now()
                """, worker, mirror);
    }

    void takeLeave(UUID worker) {
        rescue("where q.worker = $2", worker);
        target.query("delete from understudy.sync_worker where worker = $1", worker);
    }

    /** Of workers that have not been heard of for a lease. */
    void rescue() {
        RowSet<Row> lost = target.query("""
                select worker from understudy.sync_worker where mirror = $1 and seen_at < now() - make_interval(secs => $2)
                """, mirror, leaseSeconds);
        for (Row row : lost) {
            UUID worker = row.getUUID("worker");
            rescue("where q.worker = $2", worker);
            target.query("delete from understudy.sync_worker where worker = $1", worker);
        }
    }

    /** Of workers that nobody knows, as in a target that was restored from a backup. */
    void rescueUnknown() {
        rescue(
                "where q.worker <> $2 and not exists (select from understudy.sync_worker w where w.worker = q.worker)",
                new UUID(0, 0));
    }

    private void rescue(String where, UUID worker) {
        long rescued = target.query(
                        RETRY_AT_ONCE + where + " and q.mirror = $1 and q.finished_at is null and q.status = 'running'",
                        mirror,
                        worker)
                .rowCount();
        if (rescued > 0) {
            LOG.infof("mirror=%s deliveries rescued=%d", mirror, rescued);
            target.query("select pg_notify($1, $2)", Enqueuer.CHANNEL, mirror);
        }
    }

    /**
     * From the oldest on, and no further than to the first ones that were completed too late: what was enqueued after
     * them was too, or will be found another time.
     */
    void prune() {
        long after = 0;
        boolean more = true;
        while (more) {
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
            more = row.getLong("seen") == CHUNK && (gone > 0 || row.getLong("fresh") == 0);
            after = more ? row.getLong("last") : after;
        }
        if (removed >= WORTH_A_VACUUM) {
            removed = 0;
            target.with(session -> session.run(
                    "vacuum (skip_locked, truncate false) understudy.sync_queue", VACUUM_LIMIT, "Tidying the queue"));
        }
    }
}
