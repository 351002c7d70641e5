package io.understudy.snapshot;

import io.understudy.postgres.CopyOrder;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.TableId;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** The ledger of a snapshot: what each table was estimated to hold, what was copied of it, and when. */
public final class SnapshotProgress {

    public enum State {
        WAITING,
        COPYING,
        COPIED
    }

    /** @param rowsEstimated the planner's guess, negative when the source never analyzed the table */
    public record TableProgress(
            TableId table, int layer, State state, long rowsEstimated, long bytesEstimated, long rows, long bytes) {}

    private static final class Entry {
        private final TableId id;
        private final int layer;
        private final long rowsEstimated;
        private final long bytesEstimated;
        private final LongAdder rows = new LongAdder();
        private final LongAdder bytes = new LongAdder();
        private final AtomicInteger chunksLeft = new AtomicInteger();
        private volatile Instant startedAt;
        private volatile Instant finishedAt;

        Entry(MirroredTable table, int layer) {
            this.id = table.id();
            this.layer = layer;
            this.rowsEstimated = table.source().rows();
            this.bytesEstimated = table.source().bytes();
        }

        State state() {
            return finishedAt != null ? State.COPIED : startedAt != null ? State.COPYING : State.WAITING;
        }
    }

    private final String mirror;
    private final Map<TableId, Entry> entries = new LinkedHashMap<>();

    public SnapshotProgress(String mirror, List<MirroredTable> tables, CopyOrder order) {
        this.mirror = mirror;
        for (int layer = 0; layer < order.layers().size(); layer++) {
            for (TableId id : order.layers().get(layer)) {
                for (MirroredTable table : tables) {
                    if (table.id().equals(id)) {
                        entries.put(id, new Entry(table, layer));
                    }
                }
            }
        }
    }

    void expect(Chunk chunk) {
        entries.get(chunk.table().id()).chunksLeft.incrementAndGet();
    }

    void started(Chunk chunk) {
        Entry entry = entries.get(chunk.table().id());
        if (entry.startedAt == null) {
            entry.startedAt = Instant.now();
        }
    }

    void copied(Chunk chunk, long rows, long bytes) {
        Entry entry = entries.get(chunk.table().id());
        entry.rows.add(rows);
        entry.bytes.add(bytes);
    }

    /** @return whether this was the last chunk of its table */
    boolean finished(Chunk chunk) {
        return entries.get(chunk.table().id()).chunksLeft.decrementAndGet() == 0;
    }

    void finishedTable(TableId table) {
        entries.get(table).finishedAt = Instant.now();
    }

    public List<TableProgress> tables() {
        return entries.values().stream()
                .map(entry -> new TableProgress(
                        entry.id,
                        entry.layer,
                        entry.state(),
                        entry.rowsEstimated,
                        entry.bytesEstimated,
                        entry.rows.sum(),
                        entry.bytes.sum()))
                .toList();
    }

    /** For the log: {@code tables=3 of 12 rows=1200000 bytes=104857600 of about 209715200}. */
    String summary() {
        List<TableProgress> tables = tables();
        return "tables="
                + tables.stream().filter(table -> table.state() == State.COPIED).count() + " of " + tables.size()
                + " rows=" + tables.stream().mapToLong(TableProgress::rows).sum()
                + " bytes=" + tables.stream().mapToLong(TableProgress::bytes).sum()
                + " of about "
                + tables.stream().mapToLong(TableProgress::bytesEstimated).sum();
    }

    /** Writes the ledger anew: one statement however many tables there are. */
    void save(PostgresClient target) {
        List<Entry> all = new ArrayList<>(entries.values());
        target.query(
                """
                insert into understudy.snapshot_table as t (mirror, schema_name, table_name, layer, state, rows_estimated,
                       bytes_estimated, rows_copied, bytes_copied, started_at, finished_at)
                select $1, *
                  from unnest($2::text[], $3::text[], $4::int[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[],
                              $9::bigint[], $10::timestamptz[], $11::timestamptz[])
                on conflict (mirror, schema_name, table_name) do update
                   set layer = excluded.layer, state = excluded.state, rows_estimated = excluded.rows_estimated,
                       bytes_estimated = excluded.bytes_estimated, rows_copied = excluded.rows_copied,
                       bytes_copied = excluded.bytes_copied, started_at = excluded.started_at,
                       finished_at = excluded.finished_at
                """,
                mirror,
                all.stream().map(entry -> entry.id.schema()).toArray(String[]::new),
                all.stream().map(entry -> entry.id.name()).toArray(String[]::new),
                all.stream().map(entry -> entry.layer).toArray(Integer[]::new),
                all.stream().map(entry -> entry.state().name().toLowerCase()).toArray(String[]::new),
                all.stream().map(entry -> entry.rowsEstimated).toArray(Long[]::new),
                all.stream().map(entry -> entry.bytesEstimated).toArray(Long[]::new),
                all.stream().map(entry -> entry.rows.sum()).toArray(Long[]::new),
                all.stream().map(entry -> entry.bytes.sum()).toArray(Long[]::new),
                all.stream().map(entry -> time(entry.startedAt)).toArray(OffsetDateTime[]::new),
                all.stream().map(entry -> time(entry.finishedAt)).toArray(OffsetDateTime[]::new));
    }

    private static OffsetDateTime time(Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }

    /** Forgets an earlier snapshot of this mirror and notes down this one. */
    void begin(PostgresClient target) {
        target.query("delete from understudy.snapshot_table where mirror = $1", mirror);
        save(target);
    }

    /** Takes tables out of the ledger: they count as never copied. */
    public static void forget(PostgresClient target, String mirror, Collection<TableId> tables) {
        target.query(
                """
                delete from understudy.snapshot_table t using unnest($2::text[], $3::text[]) as x(schema_name, table_name)
                 where t.mirror = $1 and t.schema_name = x.schema_name and t.table_name = x.table_name
                """,
                mirror,
                tables.stream().map(TableId::schema).toArray(String[]::new),
                tables.stream().map(TableId::name).toArray(String[]::new));
    }

    /** The ledger as it was last saved, by this process or another. */
    public static List<TableProgress> saved(PostgresClient target, String mirror) {
        List<TableProgress> tables = new ArrayList<>();
        for (Row row : target.query("""
                select schema_name, table_name, layer, state, rows_estimated, bytes_estimated, rows_copied, bytes_copied
                  from understudy.snapshot_table where mirror = $1 order by layer, schema_name, table_name
                """, mirror)) {
            tables.add(new TableProgress(
                    new TableId(row.getString("schema_name"), row.getString("table_name")),
                    row.getInteger("layer"),
                    State.valueOf(row.getString("state").toUpperCase()),
                    row.getLong("rows_estimated"),
                    row.getLong("bytes_estimated"),
                    row.getLong("rows_copied"),
                    row.getLong("bytes_copied")));
        }
        return tables;
    }
}
