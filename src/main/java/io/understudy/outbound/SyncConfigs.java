package io.understudy.outbound;

import io.understudy.postgres.Lsn;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.Session;
import io.understudy.postgres.TableId;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/** The table {@code understudy.sync_config} of one mirror. */
public final class SyncConfigs {

    /** All of a mirror, which is $1, enabled or not. */
    public static final String LOAD = """
            select schema_name, table_name, destination, workflow, object_type, enabled, on_insert, on_update, on_delete,
                   columns, condition, order_by, since_lsn::text as since
              from understudy.sync_config where mirror = $1 order by schema_name, table_name, destination
            """;

    private static final int CHUNK = 10_000;

    /** The server looks through the queue for deliveries that a removed row would leave behind. */
    private static final Duration LONG = Duration.ofMinutes(10);

    private final PostgresClient target;
    private final String mirror;

    public SyncConfigs(PostgresClient target, String mirror) {
        this.target = target;
        this.mirror = mirror;
    }

    public List<SyncConfig> load() {
        return of(target.query(LOAD, mirror));
    }

    public Optional<SyncConfig> find(TableId table, String destination) {
        return load().stream()
                .filter(config ->
                        config.table().equals(table) && config.destination().equals(destination))
                .findFirst();
    }

    /** Whether the service goes by the row as it is now. */
    public boolean isSeen(TableId table, String destination) {
        return target.query("""
                                select from understudy.sync_config
                                 where mirror = $1 and schema_name = $2 and table_name = $3 and destination = $4 and seen
                                """, mirror, table.schema(), table.name(), destination)
                        .size()
                > 0;
    }

    /** Inserts the row or replaces what it says; since when its changes are enqueued stays. */
    public void put(SyncConfig config, String by) {
        target.transaction(session -> {
            session.query(
                    """
                    insert into understudy.sync_config as c
                           (mirror, schema_name, table_name, destination, workflow, object_type, enabled,
                            on_insert, on_update, on_delete, columns, condition, order_by, changed_by)
                    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
                    on conflict (mirror, schema_name, table_name, destination) do update
                       set workflow = excluded.workflow, object_type = excluded.object_type, enabled = excluded.enabled,
                           on_insert = excluded.on_insert, on_update = excluded.on_update,
                           on_delete = excluded.on_delete, columns = excluded.columns, condition = excluded.condition,
                           order_by = excluded.order_by, changed_at = now(), changed_by = excluded.changed_by,
                           seen = false, since_lsn = case when c.enabled or not excluded.enabled then c.since_lsn end
                    """,
                    mirror,
                    config.table().schema(),
                    config.table().name(),
                    config.destination(),
                    config.workflow().orElse(null),
                    config.objectType().orElse(null),
                    config.enabled(),
                    config.on().contains(Operation.INSERT),
                    config.on().contains(Operation.UPDATE),
                    config.on().contains(Operation.DELETE),
                    config.columns()
                            .map(columns -> columns.toArray(String[]::new))
                            .orElse(null),
                    config.condition().orElse(null),
                    config.orderBy(),
                    by);
            new QueueActions(mirror, by)
                    .done(session, "configure " + config.table() + " to " + config.destination(), 0);
            return null;
        });
    }

    /** @param unfinished how many deliveries stand against it; when there are none it was removed */
    public record Removed(boolean existed, long unfinished) {}

    /**
     * Removes the row with its finished deliveries, unless it has others. It is disabled first and the deliveries go in
     * chunks, so that the last transaction, which holds the row, is short.
     *
     * @param told how many deliveries so far, after each chunk
     */
    public Removed remove(TableId table, String destination, String by, LongConsumer told) {
        Optional<Removed> answer = target.transaction(session -> {
            Optional<Removed> against = against(session, table, destination);
            if (against.isEmpty()) {
                session.query("""
                        update understudy.sync_config set enabled = false, changed_at = now(), changed_by = $5
                         where mirror = $1 and schema_name = $2 and table_name = $3 and destination = $4 and enabled
                        """, mirror, table.schema(), table.name(), destination, by);
            }
            return against;
        });
        if (answer.isPresent()) {
            return answer.get();
        }
        removeFinished(table, destination, told);
        return target.transaction(session -> {
            Optional<Removed> against = against(session, table, destination);
            if (against.isEmpty()) {
                for (String from : List.of("sync_queue", "sync_config")) {
                    session.await(
                            session.send(
                                    "delete from understudy." + from + " where mirror = $1 and schema_name = $2"
                                            + " and table_name = $3 and destination = $4",
                                    Tuple.of(mirror, table.schema(), table.name(), destination),
                                    LONG),
                            LONG,
                            "Removing from understudy." + from);
                }
                new QueueActions(mirror, by).done(session, "remove " + table + " to " + destination, 0);
            }
            return against.orElse(new Removed(true, 0));
        });
    }

    /** Whoever unpacks waits for this transaction, or has ended before it looks. */
    private Optional<Removed> against(Session session, TableId table, String destination) {
        boolean exists = session.query("""
                        select from understudy.sync_config
                         where mirror = $1 and schema_name = $2 and table_name = $3 and destination = $4 for update
                        """, mirror, table.schema(), table.name(), destination)
                        .size()
                > 0;
        if (!exists) {
            return Optional.of(new Removed(false, 0));
        }
        long unfinished = session.query("""
                        select (select count(*) from understudy.sync_queue
                                 where mirror = $1 and schema_name = $2 and table_name = $3 and destination = $4
                                   and finished_at is null)
                               + (select coalesce(sum(x.count), 0)::bigint
                                    from understudy.sync_packet p
                                   cross join unnest(p.schema_names, p.table_names, p.destinations, p.counts)
                                         as x(schema, name, destination, count)
                                   where p.mirror = $1 and x.schema = $2 and x.name = $3 and x.destination = $4)
                               as unfinished
                        """, mirror, table.schema(), table.name(), destination)
                .iterator()
                .next()
                .getLong("unfinished");
        return unfinished == 0 ? Optional.empty() : Optional.of(new Removed(true, unfinished));
    }

    private void removeFinished(TableId table, String destination, LongConsumer told) {
        long removed = 0;
        Long last = 0L;
        while (last != null) {
            Row row = target.query("""
                            with chunk as (
                                select id, mirror, schema_name, table_name, destination, finished_at
                                  from understudy.sync_queue where id > $5 order by id limit %d
                            ), gone as (
                                delete from understudy.sync_queue q using chunk c
                                 where q.id = c.id and c.mirror = $1 and c.schema_name = $2 and c.table_name = $3
                                   and c.destination = $4 and q.finished_at is not null
                                returning 1
                            )
                            select (select max(id) from chunk) as last, (select count(*) from gone) as gone
                            """.formatted(CHUNK), mirror, table.schema(), table.name(), destination, last)
                    .iterator()
                    .next();
            last = row.getLong("last");
            removed += row.getLong("gone");
            told.accept(removed);
        }
    }

    /** Of the answer to {@link #LOAD}. */
    public static List<SyncConfig> of(RowSet<Row> rows) {
        List<SyncConfig> configs = new ArrayList<>();
        for (Row row : rows) {
            configs.add(new SyncConfig(
                    new TableId(row.getString("schema_name"), row.getString("table_name")),
                    row.getString("destination"),
                    Optional.ofNullable(row.getString("workflow")),
                    Optional.ofNullable(row.getString("object_type")),
                    row.getBoolean("enabled"),
                    operations(row),
                    Optional.ofNullable(row.getArrayOfStrings("columns"))
                            .map(names ->
                                    Stream.of(names).filter(Objects::nonNull).toList()),
                    Optional.ofNullable(row.getString("condition")),
                    row.getString("order_by"),
                    Optional.ofNullable(row.getString("since")).map(Lsn::parse)));
        }
        return configs;
    }

    private static Set<Operation> operations(Row row) {
        Set<Operation> operations = EnumSet.noneOf(Operation.class);
        for (Operation operation : Operation.values()) {
            if (row.getBoolean("on_" + operation.word())) {
                operations.add(operation);
            }
        }
        return operations;
    }
}
