package io.understudy.outbound;

import io.understudy.postgres.PostgresClient;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * How much waits for each destination. Reads what is not finished and what was discarded, each through an index of its
 * own; how many were completed would have to be counted among millions, and is not told.
 */
public final class QueueFigures {

    /** Of a queue so long that it takes longer nobody is helped by a second such question at the same time. */
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private static final String READ = """
            with unfinished as (
                select destination,
                       count(*) filter (where status = 'pending') as pending,
                       count(*) filter (where status = 'running') as running,
                       count(*) filter (where status = 'retrying') as retrying,
                       extract(epoch from now() - min(coalesce(requeued_at, created_at)))::float8 as oldest,
                       count(last_error) as failed
                  from understudy.sync_queue where mirror = $1 and finished_at is null group by 1
            ), packed as (
                select x.destination, sum(x.count)::bigint as pending,
                       extract(epoch from now() - min(p.created_at))::float8 as oldest
                  from understudy.sync_packet p cross join unnest(p.destinations, p.counts) as x(destination, count)
                 where p.mirror = $1 group by 1
            ), discarded as (
                select destination, count(*) as discarded
                  from understudy.sync_queue where mirror = $1 and discarded group by 1
            ), named as (
                select unnest($2::text[]) as destination
                union select destination from understudy.sync_config where mirror = $1
                union select destination from understudy.sync_pause where mirror = $1
            )
            select n.destination, n.destination = any ($2) as known, p.destination is not null as paused,
                   coalesce(u.pending, 0) + coalesce(w.pending, 0) as pending, coalesce(u.running, 0) as running,
                   coalesce(u.retrying, 0) as retrying, coalesce(d.discarded, 0) as discarded, greatest(u.oldest, w.oldest) as oldest,
                   coalesce(u.failed, 0) as failed,
                   case when u.failed > 0 then (
                       select q.last_error from understudy.sync_queue q
                        where q.mirror = $1 and q.destination = n.destination and q.finished_at is null
                          and q.last_error is not null
                        order by q.id limit 1) end as last_error
              from named n
              left join unfinished u on u.destination = n.destination
              left join packed w on w.destination = n.destination
              left join discarded d on d.destination = n.destination
              left join understudy.sync_pause p on p.mirror = $1 and p.destination = n.destination
             order by 1
            """;

    private QueueFigures() {}

    /** Whether the target has the tables of the queue. */
    public static boolean areKept(PostgresClient target) {
        return target.query("select to_regclass('understudy.sync_action') is not null as there")
                .iterator()
                .next()
                .getBoolean("there");
    }

    /** @param known the destinations that the settings have: they are told also when nothing waits for them */
    public static List<DestinationQueue> read(PostgresClient target, String mirror, Collection<String> known) {
        return target.with(session -> session.transaction("begin read only", reading -> {
            reading.query("set local statement_timeout = " + LIMIT.toMillis());
            List<DestinationQueue> queues = new ArrayList<>();
            for (Row row : reading.query(READ, mirror, known.toArray(String[]::new))) {
                queues.add(of(row));
            }
            return queues;
        }));
    }

    private static DestinationQueue of(Row row) {
        Double oldest = row.getDouble("oldest");
        return new DestinationQueue(
                row.getString("destination"),
                row.getBoolean("known"),
                row.getBoolean("paused"),
                row.getLong("pending"),
                row.getLong("running"),
                row.getLong("retrying"),
                row.getLong("discarded"),
                oldest == null ? null : Math.round(oldest * 10) / 10.0,
                row.getLong("failed"),
                row.getString("last_error"));
    }
}
