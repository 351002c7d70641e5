package io.understudy.outbound;

import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.Session;
import io.understudy.postgres.TableId;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The table {@code understudy.sync_queue}, as people look at it and change single deliveries of it. Many at once are the
 * matter of {@link DeliveryBatches}.
 */
public final class Deliveries {

    /** A filter that nothing supports, on a long queue, ends here. */
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** Everything but the payload, which may be large. */
    private static final String COLUMNS = """
            id, schema_name, table_name, destination, record_id, operation, status, attempt, max_attempts,
            next_attempt_at, last_error, idempotency_key, ordering_key, commit_lsn::text as commit_lsn, ordinal,
            created_at, started_at, finished_at, requeued_at
            """;

    /** Of which deliveries: any destination, any table, unless it is named. */
    public record Selection(Optional<String> destination, Optional<TableId> table) {}

    /** @param oldestFirst otherwise the newest */
    public record Listing(Optional<DeliveryStatus> status, Selection selection, int limit, boolean oldestFirst) {}

    /** What became of a request for one delivery. */
    public enum Result {
        DONE,
        /** It is as was asked already. */
        UNCHANGED,
        /** Not in the state it is in. */
        REFUSED,
        /** There is no such delivery. */
        UNKNOWN
    }

    /** @param text a sentence for whoever asked */
    public record Answer(Result result, String text) {}

    private final PostgresClient target;
    private final String mirror;

    public Deliveries(PostgresClient target, String mirror) {
        this.target = target;
        this.mirror = mirror;
    }

    public List<QueuedDelivery> list(Listing listing) {
        // Said so that it fits the conditions of the two partial indexes.
        String status = listing.status()
                .map(wanted -> switch (wanted) {
                    case DISCARDED -> " and discarded";
                    case COMPLETED -> " and status = 'completed'";
                    default -> " and finished_at is null and status = '" + wanted.word() + "'";
                })
                .orElse("");
        String sql = "select " + COLUMNS + " from understudy.sync_queue where mirror = $1" + status
                + " and ($2::text is null or destination = $2)"
                + " and ($3::text is null or (schema_name = $3 and table_name = $4))"
                + " order by id " + (listing.oldestFirst() ? "asc" : "desc") + " limit $5";
        Selection selection = listing.selection();
        return target.with(session -> session.transaction("begin read only", reading -> {
            reading.query("set local statement_timeout = " + LIMIT.toMillis());
            return of(
                    reading.query(
                            sql,
                            mirror,
                            selection.destination().orElse(null),
                            selection.table().map(TableId::schema).orElse(null),
                            selection.table().map(TableId::name).orElse(null),
                            listing.limit()),
                    false);
        }));
    }

    /** How many of these are newer than all of the queue, and will be put there by a running service: as pending. */
    public long packed(Optional<DeliveryStatus> status, Selection selection) {
        if (status.isPresent() && status.get() != DeliveryStatus.PENDING) {
            return 0;
        }
        return target.query(
                        """
                        select coalesce(sum(x.count), 0)::bigint as packed
                          from understudy.sync_packet p
                         cross join unnest(p.schema_names, p.table_names, p.destinations, p.counts)
                               as x(schema, name, destination, count)
                         where p.mirror = $1 and ($2::text is null or x.destination = $2)
                           and ($3::text is null or (x.schema = $3 and x.name = $4))
                        """,
                        mirror,
                        selection.destination().orElse(null),
                        selection.table().map(TableId::schema).orElse(null),
                        selection.table().map(TableId::name).orElse(null))
                .iterator()
                .next()
                .getLong("packed");
    }

    /** With its payload. */
    public Optional<QueuedDelivery> find(long id) {
        return of(
                        target.query(
                                "select " + COLUMNS + ", jsonb_pretty(payload) as payload"
                                        + " from understudy.sync_queue where mirror = $1 and id = $2",
                                mirror,
                                id),
                        true)
                .stream()
                .findFirst();
    }

    private static List<QueuedDelivery> of(RowSet<Row> rows, boolean withPayload) {
        List<QueuedDelivery> deliveries = new ArrayList<>();
        for (Row row : rows) {
            deliveries.add(new QueuedDelivery(
                    row.getLong("id"),
                    new TableId(row.getString("schema_name"), row.getString("table_name")).toString(),
                    row.getString("destination"),
                    row.getString("record_id"),
                    row.getString("operation"),
                    row.getString("status"),
                    row.getInteger("attempt"),
                    row.getInteger("max_attempts"),
                    time(row, "next_attempt_at"),
                    row.getString("last_error"),
                    row.getString("idempotency_key"),
                    row.getString("ordering_key"),
                    row.getString("commit_lsn"),
                    row.getInteger("ordinal"),
                    time(row, "created_at"),
                    time(row, "started_at"),
                    time(row, "finished_at"),
                    time(row, "requeued_at"),
                    withPayload ? row.getString("payload") : null));
        }
        return deliveries;
    }

    private static String time(Row row, String column) {
        OffsetDateTime time = row.getOffsetDateTime(column);
        return time == null
                ? null
                : time.withOffsetSameInstant(ZoneOffset.UTC)
                        .toInstant()
                        .truncatedTo(ChronoUnit.MILLIS)
                        .toString();
    }

    /** One that was discarded begins anew; one that waits for its next attempt has it now. */
    public Answer retry(long id, String by) {
        return change(id, (session, status) -> switch (status) {
            case COMPLETED ->
                new Answer(
                        Result.REFUSED,
                        "Delivery " + id
                                + " was completed. To have it delivered again: ./understudy deliveries replay");
            case PENDING, RUNNING ->
                new Answer(Result.UNCHANGED, "Delivery " + id + " is " + status.word() + ": nothing to do.");
            case RETRYING -> {
                session.query("update understudy.sync_queue set next_attempt_at = now() where id = $1", id);
                new QueueActions(mirror, by).done(session, "retry " + id, 1);
                yield new Answer(Result.DONE, "Delivery " + id + " is due now.");
            }
            case DISCARDED -> {
                boolean changed = session.query("""
                                update understudy.sync_queue
                                   set status = 'retrying', attempt = 0, next_attempt_at = now(), finished_at = null,
                                       requeued_at = now()
                                 where id = $1 and not emptied
                                """, id).rowCount() > 0;
                if (!changed) {
                    yield new Answer(
                            Result.REFUSED,
                            "Delivery " + id
                                    + " was emptied, since the masking rule changed of what its record was named"
                                    + " or ordered by. Fill the receiver anew from staging.");
                }
                new QueueActions(mirror, by).done(session, "retry " + id, 1);
                yield new Answer(Result.DONE, "Delivery " + id + " is retried from its first attempt on.");
            }
        });
    }

    /** Gives up one that is not finished. */
    public Answer discard(long id, String by) {
        return change(id, (session, status) -> switch (status) {
            case COMPLETED -> new Answer(Result.REFUSED, "Delivery " + id + " was completed: it has arrived.");
            case DISCARDED -> new Answer(Result.UNCHANGED, "Delivery " + id + " is discarded: nothing to do.");
            case RUNNING ->
                new Answer(
                        Result.REFUSED,
                        "Delivery " + id + " is under way just now. Wait for the end of the attempt, or pause its"
                                + " destination first: ./understudy deliveries pause DESTINATION");
            case PENDING, RETRYING -> {
                session.query("""
                        update understudy.sync_queue
                           set status = 'discarded', finished_at = now(), last_error = 'discarded by ' || $2::text
                         where id = $1
                        """, id, by);
                new QueueActions(mirror, by).done(session, "discard " + id, 1);
                yield new Answer(Result.DONE, "Delivery " + id + " is discarded.");
            }
        });
    }

    private interface Change {
        Answer of(Session session, DeliveryStatus status);
    }

    private Answer change(long id, Change change) {
        return target.transaction(session -> {
            for (Row row : session.query(
                    "select status from understudy.sync_queue where mirror = $1 and id = $2 for update", mirror, id)) {
                return change.of(session, DeliveryStatus.of(row.getString("status")));
            }
            return new Answer(
                    Result.UNKNOWN,
                    "There is no delivery " + id + "; it may have been pruned. They are listed by: ./understudy"
                            + " deliveries list");
        });
    }

    /** Nothing is delivered to it from now on; what is under way ends. @return false when it was paused before */
    public boolean pause(String destination, String by) {
        return target.transaction(session -> {
            boolean changed = session.query("""
                            insert into understudy.sync_pause (mirror, destination, paused_by) values ($1, $2, $3)
                            on conflict do nothing
                            """, mirror, destination, by).rowCount() > 0;
            new QueueActions(mirror, by).done(session, "pause " + destination, 0);
            return changed;
        });
    }

    /** @return false when it was not paused */
    public boolean resume(String destination, String by) {
        return target.transaction(session -> {
            boolean changed = session.query(
                                    "delete from understudy.sync_pause where mirror = $1 and destination = $2",
                                    mirror,
                                    destination)
                            .rowCount()
                    > 0;
            new QueueActions(mirror, by).done(session, "resume " + destination, 0);
            return changed;
        });
    }
}
