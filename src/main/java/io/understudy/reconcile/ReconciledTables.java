package io.understudy.reconcile;

import io.understudy.postgres.Lsn;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.TableId;
import io.understudy.reconcile.Discrepancy.Kind;
import io.understudy.reconcile.TableResult.Verdict;
import io.vertx.core.json.JsonArray;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tables {@code understudy.reconciled_table} and {@code understudy.discrepancy}. */
public final class ReconciledTables {

    /** Rows of a table that are noted one by one; the others are counted. */
    public static final int NOTED = 10_000;

    /**
     * What is known of a table.
     *
     * @param verdict of the last comparison
     * @param reason why it could not be checked; null otherwise
     * @param unequal rows that are missing, different or extra
     * @param verifiedLsn up to where, and when, it was last found equal; empty when it never was since its copy
     */
    public record Known(
            Verdict verdict,
            String reason,
            Instant startedAt,
            long unequal,
            Optional<Lsn> verifiedLsn,
            Optional<Instant> verifiedAt) {}

    private final PostgresClient target;
    private final String mirror;

    public ReconciledTables(PostgresClient target, String mirror) {
        this.target = target;
        this.mirror = mirror;
    }

    public static boolean areKept(PostgresClient target) {
        return target.query("select to_regclass('understudy.reconciled_table') is not null as there")
                .iterator()
                .next()
                .getBoolean("there");
    }

    /** Before a comparison: what an earlier one noted is not known to be so any more. */
    void forgetDiscrepancies(TableId table) {
        target.query(
                "delete from understudy.discrepancy where mirror = $1 and schema_name = $2 and table_name = $3",
                mirror,
                table.schema(),
                table.name());
    }

    void note(TableId table, List<Discrepancy> found) {
        target.query(
                """
                insert into understudy.discrepancy (mirror, schema_name, table_name, key, kind, row_count)
                select $1, $2, $3, x.key::jsonb, x.kind, x.rows from unnest($4::text[], $5::text[], $6::bigint[]) as x(key, kind, rows)
                on conflict (mirror, schema_name, table_name, key) do update
                   set kind = excluded.kind, row_count = excluded.row_count, found_at = now()
                """,
                mirror,
                table.schema(),
                table.name(),
                found.stream().map(one -> json(one.key())).toArray(String[]::new),
                found.stream().map(one -> one.kind().word()).toArray(String[]::new),
                found.stream().map(Discrepancy::rows).toArray(Long[]::new));
    }

    /** @param json the key as it is noted, by which the next ones are asked for */
    record Noted(String json, List<String> key) {}

    /** @param after the last one that is known; null for the first ones */
    List<Noted> noted(TableId table, Kind kind, String after, int most) {
        List<Noted> noted = new ArrayList<>();
        for (Row row : target.query("""
                select key::text as key from understudy.discrepancy
                 where mirror = $1 and schema_name = $2 and table_name = $3 and kind = $4 and ($5::text is null or key > $5::text::jsonb)
                 order by key limit $6
                """, mirror, table.schema(), table.name(), kind.word(), after, most)) {
            List<String> key = new ArrayList<>();
            new JsonArray(row.getString("key")).forEach(value -> key.add((String) value));
            noted.add(new Noted(row.getString("key"), key));
        }
        return noted;
    }

    /** Of these keys those whose rows, or values of theirs, understudy.constraints keeps apart. */
    Collection<List<String>> keptApart(TableId table, Collection<List<String>> keys) {
        Map<String, List<String>> byJson = new LinkedHashMap<>();
        keys.forEach(key -> byJson.put(json(key), key));
        Collection<List<String>> apart = new ArrayList<>();
        for (Row row : target.query(
                """
                select x.key as given from unnest($4::text[]) as x(key)
                 where exists (select from understudy.quarantine q
                                where q.mirror = $1 and q.schema_name = $2 and q.table_name = $3 and q.key = x.key::jsonb)
                """, mirror, table.schema(), table.name(), byJson.keySet().toArray(String[]::new))) {
            apart.add(byJson.get(row.getString("given")));
        }
        return apart;
    }

    private static String json(List<String> key) {
        return new JsonArray(List.copyOf(key)).encode();
    }

    void save(TableResult result) {
        boolean equal = result.verdict() == Verdict.EQUAL;
        target.query(
                """
                insert into understudy.reconciled_table as t (mirror, schema_name, table_name, result, reason, started_at,
                       source_rows, target_rows, missing, differing, extra, kept_apart, verified_lsn, verified_at,
                       as_of)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::text::pg_lsn, $14, $15::text::pg_lsn)
                on conflict (mirror, schema_name, table_name) do update
                   set result = excluded.result, reason = excluded.reason, started_at = excluded.started_at, finished_at = now(),
                       source_rows = excluded.source_rows, target_rows = excluded.target_rows, missing = excluded.missing,
                       differing = excluded.differing, extra = excluded.extra, kept_apart = excluded.kept_apart,
                       verified_lsn = coalesce(excluded.verified_lsn, t.verified_lsn),
                       verified_at = coalesce(excluded.verified_at, t.verified_at), as_of = excluded.as_of
                """,
                mirror,
                result.table().schema(),
                result.table().name(),
                result.verdict().word(),
                result.reason(),
                time(result.startedAt()),
                result.sourceRows(),
                result.targetRows(),
                result.missing(),
                result.different(),
                result.extra(),
                result.keptApart(),
                equal ? result.asOf().toString() : null,
                equal ? time(result.startedAt()) : null,
                result.asOf().equals(Lsn.ZERO) ? null : result.asOf().toString());
    }

    /** Of a table that was copied since nothing is known. */
    public Map<TableId, Known> load() {
        Map<TableId, Known> known = new LinkedHashMap<>();
        for (Row row : target.query("""
                select r.schema_name, r.table_name, r.result, r.reason, r.started_at, r.missing + r.differing + r.extra as unequal,
                       case when r.verified_lsn >= t.copied_lsn then r.verified_lsn end::text as verified_lsn,
                       case when r.verified_lsn >= t.copied_lsn then r.verified_at end as verified_at
                  from understudy.reconciled_table r
                  join understudy.mirrored_table t using (mirror, schema_name, table_name)
                 where r.mirror = $1 and (r.as_of is null or t.copied_lsn is null or r.as_of >= t.copied_lsn)
                 order by 1, 2
                """, mirror)) {
            known.put(
                    new TableId(row.getString("schema_name"), row.getString("table_name")),
                    new Known(
                            Verdict.valueOf(row.getString("result").toUpperCase()),
                            row.getString("reason"),
                            row.getOffsetDateTime("started_at").toInstant(),
                            row.getLong("unequal"),
                            Optional.ofNullable(row.getString("verified_lsn")).map(Lsn::parse),
                            Optional.ofNullable(row.getOffsetDateTime("verified_at"))
                                    .map(OffsetDateTime::toInstant)));
        }
        return known;
    }

    private static OffsetDateTime time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
