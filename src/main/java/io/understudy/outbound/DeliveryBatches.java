package io.understudy.outbound;

import io.understudy.outbound.Deliveries.Selection;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.TableId;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Changes many deliveries of {@code understudy.sync_queue}, in chunks by id, oldest first: each is a transaction of its
 * own, so that workers are never kept from more than a few, and the order of deliveries with one key stays. Every method
 * can be called again after it was interrupted.
 */
public final class DeliveryBatches {

    /** Well below a second each. */
    private static final int CHUNK = 10_000;

    /**
     * $1 mirror, $2 destination, after the id $3 and up to $4, $5 and $6 table.
     *
     * @see #throughDestinations
     */
    private static final String RETRY = """
            with chunk as (
                select id from understudy.sync_queue
                 where mirror = $1 and destination = $2 and discarded and id > $3 and id <= $4
                 order by id limit %d
            ), changed as (
                update understudy.sync_queue q
                   set status = 'retrying', attempt = 0, next_attempt_at = now(), finished_at = null, requeued_at = now()
                  from chunk
                 where q.id = chunk.id and q.discarded and not q.emptied
                   and ($5::text is null or (q.schema_name = $5 and q.table_name = $6))
                returning 1
            )
            select (select max(id) from chunk) as last, (select count(*) from changed) as changed, 0::bigint as kept
            """.formatted(CHUNK);

    private static final String DISCARD = """
            with chunk as (
                select id, status from understudy.sync_queue
                 where mirror = $1 and destination = $2 and finished_at is null and id > $3 and id <= $4
                   and ($5::text is null or (schema_name = $5 and table_name = $6))
                 order by id limit %d
            ), changed as (
                update understudy.sync_queue q
                   set status = 'discarded', finished_at = now(), last_error = 'discarded by ' || $7::text
                  from chunk
                 where q.id = chunk.id and q.status in ('pending', 'retrying')
                returning 1
            )
            select (select max(id) from chunk) as last, (select count(*) from changed) as changed,
                   (select count(*) from chunk where status = 'running') as kept
            """.formatted(CHUNK);

    /** Through all of the queue: no index knows positions, and pages are read in their order. */
    private static final String REPLAY = """
            with chunk as (
                select id, mirror, schema_name, table_name, destination, commit_lsn from understudy.sync_queue
                 where id > $1 and id <= $2 order by id limit %d
            ), held as (
                select id, commit_lsn from chunk
                 where mirror = $3 and schema_name = $4 and table_name = $5 and ($6::text is null or destination = $6)
            ), changed as (
                update understudy.sync_queue q
                   set status = 'retrying', attempt = 0, next_attempt_at = now(), finished_at = null, requeued_at = now()
                  from held
                 where q.id = held.id and held.commit_lsn >= $7::text::pg_lsn and q.finished_at is not null
                   and not q.emptied
                returning 1
            )
            select (select max(id) from chunk) as last, (select count(*) from changed) as changed,
                   (select min(commit_lsn)::text from held) as held_from
            """.formatted(CHUNK);

    /** @param running how many were under way, and were left alone */
    public record Discarded(long deliveries, long running) {}

    /** @param heldFrom the earliest position of which the queue has a delivery of the table; empty when it has none */
    public record Replayed(long deliveries, Optional<Lsn> heldFrom) {

        /** What somebody should know who asked for more than there is; a sentence. */
        public Optional<String> limits(Lsn since) {
            return heldFrom.filter(held -> held.isAfter(since))
                    .map(held -> "The queue has deliveries of this table from " + held
                            + " on. What was made before was pruned, if there was any, and cannot be replayed.");
        }
    }

    private final PostgresClient target;
    private final String mirror;
    private final QueueActions actions;

    /** @param by who does it */
    public DeliveryBatches(PostgresClient target, String mirror, String by) {
        this.target = target;
        this.mirror = mirror;
        this.actions = new QueueActions(mirror, by);
    }

    /**
     * What was discarded begins anew.
     *
     * @param told how many so far, after each chunk
     */
    public long retryAll(Selection selection, LongConsumer told) {
        return throughDestinations(RETRY, "retry all", selection, told, false)[0];
    }

    /** Gives up what is not finished, but for what is under way. */
    public Discarded discardAll(Selection selection, LongConsumer told) {
        long[] counts = throughDestinations(DISCARD, "discard all", selection, told, true);
        return new Discarded(counts[0], counts[1]);
    }

    /** Has everything of a table that is finished delivered again, from {@code since} on. */
    public Replayed replay(TableId table, Lsn since, Optional<String> destination, LongConsumer told) {
        String action = "replay " + table + " since " + since
                + destination.map(name -> " to " + name).orElse("");
        long end = lastId();
        long last = 0;
        long changed = 0;
        Optional<Lsn> heldFrom = Optional.empty();
        while (last < end) {
            long after = last;
            Row row = chunk(
                    REPLAY,
                    action,
                    after,
                    end,
                    mirror,
                    table.schema(),
                    table.name(),
                    destination.orElse(null),
                    since.toString());
            last = row.getLong("last") == null ? end : row.getLong("last");
            changed += row.getLong("changed");
            Optional<Lsn> held = Optional.ofNullable(row.getString("held_from")).map(Lsn::parse);
            if (held.isPresent() && (heldFrom.isEmpty() || heldFrom.get().isAfter(held.get()))) {
                heldFrom = held;
            }
            told.accept(changed);
        }
        return new Replayed(changed, heldFrom);
    }

    /** One destination after the other, as both indexes are ordered. @return how many were changed, and left alone */
    private long[] throughDestinations(
            String sql, String action, Selection selection, LongConsumer told, boolean tellsWho) {
        long end = lastId();
        long[] counts = {0, 0};
        for (String destination : destinations(selection)) {
            long last = 0;
            while (last < end) {
                List<Object> arguments = new ArrayList<>();
                arguments.add(mirror);
                arguments.add(destination);
                arguments.add(last);
                arguments.add(end);
                arguments.add(selection.table().map(TableId::schema).orElse(null));
                arguments.add(selection.table().map(TableId::name).orElse(null));
                if (tellsWho) {
                    arguments.add(actions.by());
                }
                String what = action + " to " + destination
                        + selection.table().map(table -> " of " + table).orElse("");
                Row row = chunk(sql, what, arguments.toArray());
                last = row.getLong("last") == null ? end : row.getLong("last");
                counts[0] += row.getLong("changed");
                counts[1] += row.getLong("kept");
                told.accept(counts[0]);
            }
        }
        return counts;
    }

    private Row chunk(String sql, String action, Object... arguments) {
        return target.transaction(session -> {
            Row row = session.query(sql, arguments).iterator().next();
            if (row.getLong("changed") > 0) {
                actions.done(session, action, row.getLong("changed"));
            }
            return row;
        });
    }

    /** Nothing that comes while this goes on is concerned. */
    private long lastId() {
        return target.query("select coalesce(max(id), 0) as last from understudy.sync_queue")
                .iterator()
                .next()
                .getLong("last");
    }

    private List<String> destinations(Selection selection) {
        List<String> destinations = new ArrayList<>();
        target.query("""
                        select distinct destination from understudy.sync_config
                         where mirror = $1 and ($2::text is null or destination = $2) order by 1
                        """, mirror, selection.destination().orElse(null))
                .forEach(row -> destinations.add(row.getString("destination")));
        return destinations;
    }
}
