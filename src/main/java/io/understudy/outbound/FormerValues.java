package io.understudy.outbound;

import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.Session;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * Removes values of former masking rules from the queue, as {@link PayloadMasks} names them: from payloads, and where a
 * record is named or ordered by such a value, all that says which record it is.
 *
 * <p>In chunks by id, each a transaction of its own. A process that is killed in between leaves the order in
 * {@code sync_masks}, and the next one begins again; what is removed already is not written a second time.
 */
final class FormerValues {

    private static final Logger LOG = Logger.getLogger(FormerValues.class);

    private static final int CHUNK = 2000;
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private static final String ORDERS = """
            select schema_name, table_name, masks, former, former::text as former_text from understudy.sync_masks
             where mirror = $1 and former is not null and noted
            """;

    /** Statistics of a queue are never true; a chunk is found by its ids, however large the rest is. */
    private static final String BEGIN = "begin isolation level read committed; set local jit = off;"
            + " set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off";

    /**
     * An ordering key tells the column that it is of; one that only looks like it is removed as well. What waits by a
     * former value has no order with what comes by the new one, so that it is given up and not only deprived of it.
     */
    private static final String REMOVE = """
            with chunk as materialized (
                select id from understudy.sync_queue where id > $2 and id <= $3 order by id limit %d),
            found as materialized (
                select q.id, m.former,
                       m.former && m.key_columns
                       or exists (select from unnest(m.former) as column_name
                                   where strpos(q.ordering_key, '/' || column_name || '/') > 0
                                      or strpos(q.also_after, '/' || column_name || '/') > 0) as is_name
                  from chunk
                  join understudy.sync_queue q using (id)
                  join understudy.sync_masks m using (mirror, schema_name, table_name)
                 where mirror = $1 and m.former is not null and m.noted and not q.emptied),
            emptied as (
                update understudy.sync_queue q
                   set payload = q.payload - array['recordId', 'oldKey', 'row', 'changedColumns', 'omitted'],
                       record_id = 'removed-' || q.id,
                       ordering_key = q.schema_name || '.' || q.table_name || '/removed-' || q.id,
                       also_after = null, emptied = true, worker = null,
                       status = case when q.status = 'completed' then q.status else 'discarded' end,
                       finished_at = coalesce(q.finished_at, now()),
                       last_error = 'Emptied, since the masking rule changed of what its record was named or ordered by: '
                           || array_to_string(f.former, ', ') || '. It cannot be sent any more, retried or replayed. '
                           || 'If it did not arrive before, fill the receiver anew from staging.'
                  from found f
                 where q.id = f.id and f.is_name
                returning 1),
            freed as (
                update understudy.sync_queue q
                   set payload = jsonb_set(
                           jsonb_set(q.payload, '{row}', (q.payload -> 'row') - f.former), '{omitted}',
                           coalesce(q.payload -> 'omitted', '[]')
                           || (select jsonb_agg(column_name) from unnest(f.former) as column_name
                                where q.payload -> 'row' ? column_name))
                  from found f
                 where q.id = f.id and not f.is_name and q.payload -> 'row' ?| f.former
                returning 1)
            select (select max(id) from chunk) as last, (select count(*) from emptied) as emptied,
                   (select count(*) from freed) as freed
            """.formatted(CHUNK);

    /** Unless more has been ordered meanwhile. */
    private static final String DONE = """
            update understudy.sync_masks set former = null
             where mirror = $1 and schema_name = $2 and table_name = $3 and masks = $4 and former::text = $5 and noted
            """;

    private record Order(String schema, String table, String masks, String[] former, String text) {}

    private final PostgresClient target;
    private final String mirror;
    private final OutboundSettings settings;
    private final BooleanSupplier isStopping;

    FormerValues(PostgresClient target, String mirror, OutboundSettings settings, BooleanSupplier isStopping) {
        this.target = target;
        this.mirror = mirror;
        this.settings = settings;
        this.isStopping = isStopping;
    }

    /** All that is to be removed now. Two processes may do this at once: the second finds nothing left. */
    void remove() {
        List<Order> orders = new ArrayList<>();
        for (Row row : target.query(ORDERS, mirror)) {
            orders.add(new Order(
                    row.getString("schema_name"),
                    row.getString("table_name"),
                    row.getString("masks"),
                    row.getArrayOfStrings("former"),
                    row.getString("former_text")));
        }
        if (orders.isEmpty()) {
            return;
        }
        try (Session session = target.session()) {
            remove(session, orders);
        }
    }

    private void remove(Session session, List<Order> orders) {
        unpackAll(session);
        if (isStopping.getAsBoolean()) {
            return;
        }
        // What is put into the queue from here on was packed without them.
        long end = number(session, "select coalesce(max(id), 0) as n from understudy.sync_queue");
        long after = 0;
        long freed = 0;
        long emptied = 0;
        // Old versions of rows, which hold the values too.
        long unswept = 0;
        while (after < end) {
            if (isStopping.getAsBoolean()) {
                return;
            }
            Tuple chunk = Tuple.of(mirror, after, end);
            Row row = session.transaction(
                    BEGIN, held -> ask(held, REMOVE, chunk).iterator().next());
            after = row.getLong("last") == null ? end : row.getLong("last");
            freed += row.getLong("freed");
            emptied += row.getLong("emptied");
            unswept += row.getLong("freed") + row.getLong("emptied");
            if (unswept >= Housekeeping.WORTH_A_VACUUM) {
                Housekeeping.vacuum(session);
                unswept = 0;
            }
        }
        for (Order order : orders) {
            ask(session, DONE, Tuple.of(mirror, order.schema(), order.table(), order.masks(), order.text()));
            LOG.infof(
                    "table=%s.%s values of former masking rules are removed from deliveries columns=%s",
                    order.schema(), order.table(), String.join(",", order.former()));
        }
        if (freed + emptied > 0) {
            LOG.infof("mirror=%s deliveries without former values=%d emptied=%d", mirror, freed, emptied);
        }
        if (unswept > 0) {
            Housekeeping.vacuum(session);
        }
    }

    /** What was packed until now; others may unpack at the same time. */
    private void unpackAll(Session session) {
        Unpacker unpacker = new Unpacker(session, mirror, settings);
        long last = number(
                session, "select coalesce(max(id), 0) as n from understudy.sync_packet where mirror = $1", mirror);
        while (!isStopping.getAsBoolean()
                && number(
                                session,
                                "select count(*) as n from understudy.sync_packet where mirror = $1 and id <= $2",
                                mirror,
                                last)
                        > 0) {
            unpacker.unpack();
        }
    }

    private static long number(Session session, String sql, Object... arguments) {
        return ask(session, sql, Tuple.from(arguments)).iterator().next().getLong("n");
    }

    private static RowSet<Row> ask(Session session, String sql, Tuple arguments) {
        return session.await(session.send(sql, arguments, LIMIT), LIMIT, "Removing former values from deliveries");
    }
}
