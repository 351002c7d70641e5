package io.understudy.ledger;

import io.understudy.postgres.Lsn;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.Session;
import io.understudy.postgres.TableId;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** The table {@code understudy.mirrored_table}. One statement however many tables there are. */
public final class TableLedger {

    /**
     * Brings entries to the ledger as they are now, except what the copy counts. As a statement, for whoever has a
     * transaction in which it must happen.
     */
    public static final String ENTER = """
            insert into understudy.mirrored_table as t (mirror, schema_name, table_name, layer, state, reason, remedy, since,
                   copied_lsn, source_relation, source_form, masks, filter, rows_estimated, bytes_estimated, set_aside_changes,
                   set_aside_bytes)
            select $1, x.schema, x.name, x.layer, x.state, x.reason, x.remedy, x.since::timestamptz, x.copied::pg_lsn,
                   x.relation, x.form, x.masks, x.filter, x.rows, x.bytes, x.aside_changes, x.aside_bytes
              from unnest($2::text[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                          $10::bigint[], $11::text[], $12::text[], $13::text[], $14::bigint[], $15::bigint[], $16::bigint[],
                          $17::bigint[])
                   as x(schema, name, layer, state, reason, remedy, since, copied, relation, form, masks, filter, rows, bytes,
                        aside_changes, aside_bytes)
            on conflict (mirror, schema_name, table_name) do update
               set layer = excluded.layer, state = excluded.state, reason = excluded.reason, remedy = excluded.remedy,
                   since = excluded.since, copied_lsn = excluded.copied_lsn, source_relation = excluded.source_relation,
                   source_form = excluded.source_form, masks = excluded.masks, filter = excluded.filter,
                   rows_estimated = excluded.rows_estimated, bytes_estimated = excluded.bytes_estimated,
                   set_aside_changes = excluded.set_aside_changes, set_aside_bytes = excluded.set_aside_bytes
            """;

    public static final String FORGET = """
            delete from understudy.mirrored_table t using unnest($2::text[], $3::text[]) as x(schema, name)
             where t.mirror = $1 and t.schema_name = x.schema and t.table_name = x.name
            """;

    private final PostgresClient target;
    private final String mirror;

    public TableLedger(PostgresClient target, String mirror) {
        this.target = target;
        this.mirror = mirror;
    }

    public String mirror() {
        return mirror;
    }

    public static Object[] entering(String mirror, Collection<TableEntry> entries) {
        // In one order, so that two who write several do not wait for each other.
        List<TableEntry> all =
                entries.stream().sorted(Comparator.comparing(TableEntry::table)).toList();
        return new Object[] {
            mirror,
            texts(all, entry -> entry.table().schema()),
            texts(all, entry -> entry.table().name()),
            all.stream().map(TableEntry::layer).toArray(Integer[]::new),
            texts(all, entry -> entry.state().word()),
            texts(all, entry -> entry.state().reason().orElse(null)),
            texts(all, entry -> entry.state().remedy().orElse(null)),
            texts(all, entry -> entry.since().toString()),
            texts(all, entry -> entry.copiedAt().map(Lsn::toString).orElse(null)),
            numbers(all, TableEntry::relation),
            texts(all, entry -> entry.form().map(TableForm::text).orElse(null)),
            texts(all, entry -> json(entry.masks())),
            texts(all, entry -> entry.filter().orElse(null)),
            numbers(all, TableEntry::rowsEstimated),
            numbers(all, TableEntry::bytesEstimated),
            numbers(all, TableEntry::asideChanges),
            numbers(all, TableEntry::asideBytes)
        };
    }

    public static Object[] naming(String mirror, Collection<TableId> tables) {
        return new Object[] {
            mirror,
            tables.stream().map(TableId::schema).toArray(String[]::new),
            tables.stream().map(TableId::name).toArray(String[]::new)
        };
    }

    private static String[] texts(List<TableEntry> entries, Function<TableEntry, String> value) {
        return entries.stream().map(value).toArray(String[]::new);
    }

    private static Long[] numbers(List<TableEntry> entries, Function<TableEntry, Long> value) {
        return entries.stream().map(value).toArray(Long[]::new);
    }

    private static String json(Map<String, String> masks) {
        return masks.isEmpty() ? null : new JsonObject(new TreeMap<String, Object>(masks)).encode();
    }

    private static Map<String, String> masks(String json) {
        Map<String, String> masks = new TreeMap<>();
        if (json != null) {
            new JsonObject(json).forEach(mask -> masks.put(mask.getKey(), (String) mask.getValue()));
        }
        return masks;
    }

    /** Forgets an earlier snapshot of this mirror, and what was set aside since, and notes down this one. */
    public void begin(Collection<TableEntry> entries) {
        target.transaction(session -> {
            session.query("delete from understudy.mirrored_table where mirror = $1", mirror);
            session.query("delete from understudy.set_aside where mirror = $1", mirror);
            session.query("delete from understudy.quarantine where mirror = $1", mirror);
            session.query("delete from understudy.rule_in_force where mirror = $1", mirror);
            return session.query(ENTER, entering(mirror, entries));
        });
    }

    public void enter(Session session, Collection<TableEntry> entries) {
        session.query(ENTER, entering(mirror, entries));
    }

    /** What the copy counts. Until it is complete the table is waiting or copying, nothing else. */
    public void saveProgress(Collection<TableEntry> copying) {
        List<TableEntry> all = List.copyOf(copying);
        target.query(
                """
                update understudy.mirrored_table t
                   set state = x.state, since = x.since::timestamptz, rows_copied = x.rows, bytes_copied = x.bytes
                  from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[])
                       as x(schema, name, state, since, rows, bytes)
                 where t.mirror = $1 and t.schema_name = x.schema and t.table_name = x.name
                   -- Whoever writes an entry at this moment knows more; a second later it is counted again.
                   and (t.mirror, t.schema_name, t.table_name) in (
                       select mirror, schema_name, table_name from understudy.mirrored_table
                        where mirror = $1 and state in ('waiting', 'copying') for update skip locked)
                """,
                mirror,
                texts(all, entry -> entry.table().schema()),
                texts(all, entry -> entry.table().name()),
                texts(all, entry -> entry.state().word()),
                texts(all, entry -> entry.since().toString()),
                numbers(all, TableEntry::rowsCopied),
                numbers(all, TableEntry::bytesCopied));
    }

    public List<TableEntry> load() {
        List<TableEntry> entries = new ArrayList<>();
        for (Row row : target.query("""
                select schema_name, table_name, layer, state, reason, remedy, since, copied_lsn::text as copied, source_relation,
                       source_form, masks, filter, rows_estimated, bytes_estimated, rows_copied, bytes_copied, set_aside_changes, set_aside_bytes
                  from understudy.mirrored_table where mirror = $1 order by layer, schema_name, table_name
                """, mirror)) {
            entries.add(new TableEntry(
                    new TableId(row.getString("schema_name"), row.getString("table_name")),
                    row.getInteger("layer"),
                    TableState.of(row.getString("state"), row.getString("reason"), row.getString("remedy")),
                    instant(row),
                    Optional.ofNullable(row.getString("copied")).map(Lsn::parse),
                    row.getLong("source_relation"),
                    Optional.ofNullable(row.getString("source_form")).map(TableForm::parse),
                    masks(row.getString("masks")),
                    Optional.ofNullable(row.getString("filter")),
                    row.getLong("rows_estimated"),
                    row.getLong("bytes_estimated"),
                    row.getLong("rows_copied"),
                    row.getLong("bytes_copied"),
                    row.getLong("set_aside_changes"),
                    row.getLong("set_aside_bytes")));
        }
        return entries;
    }

    private static Instant instant(Row row) {
        return row.getOffsetDateTime("since")
                .withOffsetSameInstant(ZoneOffset.UTC)
                .toInstant();
    }
}
