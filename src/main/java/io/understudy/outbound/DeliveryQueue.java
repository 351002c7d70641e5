package io.understudy.outbound;

import io.understudy.postgres.Session;
import io.understudy.postgres.TableId;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * The table {@code understudy.sync_queue}, as the worker of one destination sees it. Claims and results are one statement
 * each, however many deliveries they are about.
 *
 * <p>Order: a delivery is claimed only when every earlier open one of its key is claimed by the same statement. Earlier
 * ones that are running, wait for another attempt, or are locked by somebody hold it back. What was enqueued earlier has a
 * smaller id and could be seen earlier, because one process at a time enqueues. A delivery whose record changed its key
 * has two, and stands in the order of both.
 *
 * <pre>
 *   pending -> running -> completed
 *                |  ^---- retrying   (another attempt, or its worker vanished)
 *                +------> discarded
 * </pre>
 */
final class DeliveryQueue {

    /** Of one statement. */
    static final Duration LIMIT = Duration.ofSeconds(60);

    /** Payloads claimed at once, as they are stored; some of them in a tenth of the space that they take as text. */
    private static final long CLAIM_BYTES = 8 << 20;

    /** Rows looked at by one statement for some that can be claimed. */
    private static final int MOST_LOOKED_AT = 20_000;

    /** Answers wait while it is looked for more. */
    private static final Duration LONGEST_LOOK = Duration.ofMillis(100);

    /**
     * Statistics of a queue are never true: with indexes, in their order, and hashes only, the plan is always the same. No
     * commit waits for the disk: a server that crashes forgets the last claims and results, later ones before earlier
     * ones, and what they were about is sent again, in order and with the same keys.
     */
    private static final String SETTINGS =
            "set plan_cache_mode = force_custom_plan; set enable_seqscan = off; set enable_bitmapscan = off;"
                    + " set enable_nestloop = off; set jit = off; set default_transaction_isolation = 'read committed';"
                    + " set synchronous_commit = off";

    /**
     * Keys are compared by their hashes: two that share one wait for each other, and no more. Rows are walked by all three
     * columns of the index of open ones, since the order of ids alone is that of all rows too, finished ones among them.
     *
     * <p>A move is a row whose record had another key before. It goes only when nothing earlier has either of its keys, and
     * what is later waits for it, also in the same claim.
     */
    private static final String CLAIM = """
            with open as materialized (
                select id, hashtextextended(ordering_key, 0) as key,
                       nullif(hashtextextended(also_after, 0), hashtextextended(ordering_key, 0)) as other,
                       status = 'running' or next_attempt_at > now() as busy, pg_column_size(payload) as bytes
                  from understudy.sync_queue
                 where (mirror, destination, id) >= ($1, $2, $3) and (mirror, destination) <= ($1, $2) and finished_at is null
                   and not exists (select from understudy.sync_pause where mirror = $1 and destination = $2)
                 order by mirror, destination, id limit $4),
            move as materialized (
                select id, key, other from open where other is not null),
            held_back as materialized (
                select key, min(first) as first
                  from (select key, id as first from open where busy
                        union all select unnest($8::bigint[]), 0
                        union all select other, id from move
                        union all select key, id + 1 from move) as reason
                 group by key),
            moved as materialized (
                select key from move union select other from move),
            first_of as materialized (
                select key, min(id) as first
                  from (select key, id from open union all select other, id from move
                        union all select unnest($8::bigint[]), 0) as place
                 where key in (select key from moved) group by key),
            candidate as materialized (
                select id, key
                  from (select o.id, o.key, sum(o.bytes) over (order by o.id) - o.bytes as before
                          from open o
                          left join held_back h on h.key = o.key
                          left join first_of f on f.key = o.key
                          left join first_of g on g.key = o.other
                         where not o.busy and (h.first is null or o.id < h.first)
                           and (o.other is null or (f.first >= o.id and g.first >= o.id))
                         order by o.id limit $5) as free
                 where before < $6),
            locked as materialized (
                select id from understudy.sync_queue
                 where id = any (array(select id from candidate))
                   and status in ('pending', 'retrying') and next_attempt_at <= now()
                 order by id for update skip locked),
            hole as materialized (
                select key, min(id) as first from candidate
                 where id not in (select id from locked) group by key),
            claimed as (
                update understudy.sync_queue q
                   set status = 'running', attempt = q.attempt + 1, started_at = now(), worker = $7
                 where q.id = any (array(select c.id from candidate c left join hole h on h.key = c.key
                                          where c.id in (select id from locked) and (h.first is null or c.id < h.first)))
                returning q.id, q.schema_name, q.table_name, q.record_id, q.operation, q.payload::text as data,
                          q.payload ->> 'commitTime' as committed_at, q.idempotency_key, q.ordering_key, q.attempt,
                          q.max_attempts, q.created_at)
            select o.first, o.seen, o.last, c.*, k.workflow, k.object_type,
                   case when c.id is null and o.seen = $4 then array(select key from open union select other from move) end as keys
              from (select min(id) as first, count(*) as seen, max(id) as last from open) as o
              left join claimed c on true
              left join understudy.sync_config k
                on k.mirror = $1 and k.destination = $2 and k.schema_name = c.schema_name and k.table_name = c.table_name
             order by c.id
            """;

    /** A claim whose answer was lost: nobody else will take these while this worker lives. */
    private static final String FORGOTTEN = """
            update understudy.sync_queue
               set status = 'retrying', next_attempt_at = now(), attempt = attempt - 1, worker = null
             where (mirror, destination, id) >= ($1, $2, $3) and (mirror, destination) <= ($1, $2) and finished_at is null
               and status = 'running' and worker = $4 and id <> all ($5)
            """;

    /** @param more whether another look may find more at once */
    record Claim(List<Delivery> deliveries, boolean more) {}

    /** @param keys hashes of all that were seen, when the search was in vain */
    private record Search(List<Delivery> claimed, long seen, long first, long last, boolean isFull, List<Long> keys) {

        /** All that it saw waits, and there is more. */
        boolean isInVain() {
            return claimed.isEmpty() && isFull;
        }
    }

    private final Session session;
    private final String mirror;
    private final String destination;
    /** Every open delivery has this id or a higher one, as far as this worker knows. */
    private long floor;

    private final Walk walk = new Walk();

    private DeliveryQueue(Session session, String mirror, String destination) {
        this.session = session;
        this.mirror = mirror;
        this.destination = destination;
    }

    static DeliveryQueue of(Session session, String mirror, String destination) {
        session.run(SETTINGS, LIMIT, "Preparing to deliver to " + destination);
        return new DeliveryQueue(session, mirror, destination);
    }

    /** What somebody has brought back may lie before what this worker knows. */
    void lookFromTheStart() {
        floor = 0;
        walk.startOver(0);
    }

    /** @param held all that this worker has claimed and not finished */
    void giveBackForgotten(UUID worker, Collection<Long> held) {
        ask(FORGOTTEN, Tuple.of(mirror, destination, floor, worker, held.toArray(Long[]::new)));
    }

    /**
     * Looks at the head of the queue, and when all that is there waits for others of its key, behind it.
     *
     * @param held how many it has claimed and not finished, which it passes by
     */
    Claim claim(UUID worker, int most, int held) {
        int window = Math.min((most + held) * 5 / 4, MOST_LOOKED_AT);
        Search head = search(worker, most, floor, window, new Long[0]);
        floor = head.seen() == 0 ? floor : head.first();
        if (!head.isInVain()) {
            return new Claim(head.claimed(), !head.claimed().isEmpty() && head.isFull());
        }
        if (walk.isDue()) {
            walk.startOver(floor);
            walk.passed(head.last(), head.keys());
        }
        return claimBehind(worker, most, window);
    }

    private Claim claimBehind(UUID worker, int most, int window) {
        long began = System.nanoTime();
        int reach = window;
        while (true) {
            long asked = System.nanoTime();
            Search found = search(worker, most, walk.place(), reach, walk.carried());
            walk.worked(found.claimed().isEmpty() ? System.nanoTime() - asked : 0);
            if (!found.isInVain() || !walk.mayGoOn()) {
                walk.rest();
                return new Claim(found.claimed(), !found.claimed().isEmpty() && found.isFull());
            }
            walk.passed(found.last(), found.keys());
            if (System.nanoTime() - began > LONGEST_LOOK.toNanos()) {
                return new Claim(List.of(), true);
            }
            reach = Math.min(reach * 8, MOST_LOOKED_AT);
        }
    }

    private Search search(UUID worker, int most, long from, int window, Long[] carried) {
        RowSet<Row> rows = ask(
                CLAIM,
                Tuple.of(mirror, destination, from, window, most, CLAIM_BYTES, worker)
                        .addArrayOfLong(carried));
        Row any = rows.iterator().next();
        List<Delivery> claimed = new ArrayList<>(rows.size());
        for (Row row : rows) {
            if (row.getLong("id") != null) {
                claimed.add(delivery(row));
            }
        }
        long seen = any.getLong("seen");
        Long[] keys = any.getArrayOfLongs("keys");
        return new Search(
                claimed,
                seen,
                seen == 0 ? from : any.getLong("first"),
                seen == 0 ? from : any.getLong("last"),
                seen == window,
                keys == null ? List.of() : List.of(keys));
    }

    private Delivery delivery(Row row) {
        return new Delivery(
                row.getLong("id"),
                mirror,
                destination,
                new TableId(row.getString("schema_name"), row.getString("table_name")),
                row.getString("record_id"),
                Operation.of(row.getString("operation")),
                row.getString("data"),
                row.getString("idempotency_key"),
                row.getString("ordering_key"),
                row.getInteger("attempt"),
                row.getInteger("max_attempts"),
                committedAt(row),
                Optional.ofNullable(row.getString("workflow")),
                Optional.ofNullable(row.getString("object_type")));
    }

    /** Read here and not by the server, where one that is no time would fail the whole claim, each time again. */
    private static Instant committedAt(Row row) {
        try {
            return Instant.parse(Objects.requireNonNullElse(row.getString("committed_at"), ""));
        } catch (DateTimeParseException e) {
            return row.getOffsetDateTime("created_at").toInstant();
        }
    }

    /** Of deliveries that are no longer this worker's, nothing is written. */
    void finish(UUID worker, List<DeliveryResult> results) {
        new ResultWriter(session, destination).write(worker, results);
        walk.finished(results.stream().map(result -> result.delivery().id()).toList());
    }

    private RowSet<Row> ask(String sql, Tuple arguments) {
        return session.await(session.send(sql, arguments, LIMIT), LIMIT, doing(destination));
    }

    /** For messages of failures. */
    static String doing(String destination) {
        return "Delivering to " + destination + ": the queue at the target";
    }
}
