package io.understudy.outbound;

import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.Session;
import io.understudy.postgres.TargetDatabase;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Iterator;
import org.jboss.logging.Logger;

/**
 * Puts what the applying session has packed into the queue: a packet at a time, the oldest first, in one transaction with its
 * removal. So each delivery is either in its packet or in the queue, and the queue's ids are in the order of the
 * changes: who would unpack at the same time waits for the lock on the oldest packet, and then for the next.
 *
 * <p>The crash windows: before the commit the packet is still there; after it the packet is gone; when the answer to the
 * commit is lost, the next look tells which.
 */
public final class Unpacker {

    private static final Logger LOG = Logger.getLogger(Unpacker.class);
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private static final String BEGIN = "begin isolation level read committed; " + TargetDatabase.SILENT;

    private static final String NEXT = """
            select id, cardinality(ordinals) as deliveries from understudy.sync_packet
             where mirror = $1 order by id limit 1 for update
            """;

    /**
     * Locks what it refers to, as the silent foreign key would. A key that is there already is of the same position, and
     * so of the same change: a source that was restored from a backup uses positions again, and the time tells them apart.
     * What is locked carries the rows it was joined with: never the packet, which would be read for each delivery.
     */
    private static final String UNPACK = """
            with packet as materialized (select * from understudy.sync_packet where id = $1),
            named as materialized (
                select x.place, p.mirror, x.schema_name, x.table_name, x.destination
                  from packet p
                 cross join unnest(p.schema_names, p.table_names, p.destinations) with ordinality
                       as x(schema_name, table_name, destination, place)),
            config as materialized (
                select n.place, n.schema_name, n.table_name, n.destination
                  from named n
                  join understudy.sync_config c using (mirror, schema_name, table_name, destination)
                   for key share of c),
            transaction as materialized (
                select x.place, x.lsn::pg_lsn as lsn,
                       lpad(split_part(x.lsn, '/', 1), 8, '0') || lpad(split_part(x.lsn, '/', 2), 8, '0') as hex,
                       upper(to_hex(floor(extract(epoch from x.at::timestamptz))::bigint)) as seconds,
                       ',"commitTime":"' || x.at || '","position":{"lsn":"' || x.lsn || '","ordinal":' as told
                  from packet p
                 cross join unnest(p.commit_lsns, p.commit_times) with ordinality as x(lsn, at, place))
            insert into understudy.sync_queue (mirror, schema_name, table_name, destination, record_id, operation, payload,
                   ordering_key, also_after, last_error, ordinal, idempotency_key, commit_lsn, status, finished_at,
                   max_attempts, created_at)
            select p.mirror, c.schema_name, c.table_name, c.destination, x.record_id, x.operation,
                   (case when $4::text is null then x.payload else '{"operation":"' || x.operation || '"' end
                    || t.told || x.ordinal || '}}')::jsonb,
                   x.ordering_key, x.also_after, coalesce($4, x.problem), x.ordinal,
                   p.mirror || '-' || c.destination || '-' || t.hex || '-' || x.ordinal || '-' || t.seconds, t.lsn,
                   case when coalesce($4, x.problem) is null then 'pending' else 'discarded' end,
                   case when coalesce($4, x.problem) is not null then now() end, $5, p.created_at
              from packet p
             cross join unnest(p.configs, p.commits, p.ordinals, p.operations, p.record_ids, p.ordering_keys, p.also_after,
                               p.problems, p.payloads) with ordinality
                   as x(config, commit, ordinal, operation, record_id, ordering_key, also_after, problem, payload, place)
              join config c on c.place = x.config
              join transaction t on t.place = x.commit
             where x.place between $2 and $3
             order by x.place
            on conflict (idempotency_key) do nothing
            """;

    private static final String REMOVE = """
            with gone as (delete from understudy.sync_packet where id = $1)
            select pg_notify('understudy_queue', $2)
            """;

    private static final String NOT_KEPT = "Its payload cannot be kept as jsonb: a value is beyond what that holds.";

    private final Session session;
    private final String mirror;
    private final int maxAttempts;

    /** @param session for nothing else, while this is used */
    public Unpacker(Session session, String mirror, OutboundSettings settings) {
        this.session = session;
        this.mirror = mirror;
        this.maxAttempts = settings.maxAttempts();
    }

    /** @return how many deliveries the oldest packet had; 0 when there is none */
    public long unpack() {
        try {
            session.run(BEGIN, LIMIT, "Beginning");
            Iterator<Row> found = ask(NEXT, Tuple.of(mirror)).iterator();
            if (!found.hasNext()) {
                session.run("rollback", LIMIT, "Ending");
                return 0;
            }
            Row packet = found.next();
            unpack(packet.getLong("id"), 1, packet.getInteger("deliveries"));
            ask(REMOVE, Tuple.of(packet.getLong("id"), mirror));
            session.run("commit", LIMIT, "Unpacking deliveries");
            return packet.getInteger("deliveries");
        } catch (RuntimeException e) {
            session.rollback();
            throw e;
        }
    }

    /** A payload that the target does not take must not keep the others from the queue: it is found by halves. */
    private void unpack(long packet, int first, int last) {
        session.run("savepoint part", LIMIT, "Unpacking deliveries");
        try {
            put(packet, first, last, null);
        } catch (PostgresFailure failure) {
            if (!isOfAValue(failure.sqlState())) {
                throw failure;
            }
            LOG.debugf("deliveries %d to %d of packet %d: SQLSTATE %s", first, last, packet, failure.sqlState());
            session.run("rollback to savepoint part", LIMIT, "Unpacking deliveries");
            if (first == last) {
                put(packet, first, last, NOT_KEPT);
            } else {
                int middle = first + (last - first) / 2;
                unpack(packet, first, middle);
                unpack(packet, middle + 1, last);
            }
        }
    }

    /** Data exceptions, and limits that a single value goes beyond. */
    private static boolean isOfAValue(String sqlState) {
        return sqlState.startsWith("22") || sqlState.startsWith("54");
    }

    /** @param problem for which they are kept without their payloads; null for none */
    private void put(long packet, int first, int last, String problem) {
        int put =
                ask(UNPACK, Tuple.of(packet, first, last, problem, maxAttempts)).rowCount();
        if (put < last - first + 1) {
            LOG.infof(
                    "mirror=%s deliveries dropped=%d reason=their configuration was removed, or they were in the queue",
                    mirror, last - first + 1 - put);
        }
    }

    private RowSet<Row> ask(String sql, Tuple arguments) {
        return session.await(session.send(sql, arguments, LIMIT), LIMIT, "Unpacking deliveries");
    }
}
