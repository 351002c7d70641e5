package io.understudy.outbound;

import io.understudy.outbound.Conditions.Verdict;
import io.understudy.outbound.Enqueuer.Statement;
import io.understudy.stream.TransactionPart.Commit;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Rows that are put into {@code understudy.sync_queue} by one statement. Those of a large transaction, whose position is not
 * known before its end, wait in {@code understudy.sync_open} for it: writing them twice there costs less than changing
 * rows that indexes know.
 */
final class NewDeliveries implements Enqueuer.Part {

    /**
     * Locks what it refers to, as the silent foreign key would. A key that is there already is of the same position, and
     * so of the same change. Without a join, which would not keep the order of the changes, and so that of the ids.
     */
    private static final String ENQUEUE = """
            with locked as materialized (
                select x.place::int
                  from unnest($2::text[], $3::text[], $4::text[]) with ordinality as x(schema, name, destination, place)
                  join understudy.sync_config c on c.mirror = $1 and c.schema_name = x.schema and c.table_name = x.name
                                               and c.destination = x.destination
                   for key share of c),
            queued as (
                insert into understudy.sync_queue (mirror, schema_name, table_name, destination, record_id, operation, payload,
                       ordering_key, also_after, last_error, ordinal, idempotency_key, commit_lsn, status, finished_at,
                       max_attempts)
                select $1, ($2::text[])[x.config], ($3::text[])[x.config], ($4::text[])[x.config], x.record, x.operation,
                       x.payload::jsonb, x.ordering, x.after, x.problem, x.ordinal, x.key, x.lsn::pg_lsn,
                       case when x.problem is null then 'pending' else 'discarded' end,
                       case when x.problem is not null then now() end, $15
                  from unnest($5::int[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::int[],
                              $13::text[], $14::text[])
                       as x(config, record, operation, payload, ordering, after, problem, ordinal, key, lsn)
                 where x.config = any (array(select place from locked))
                on conflict (idempotency_key) do nothing)
            select pg_notify('understudy_queue', $1)
            """;

    private static final String ENQUEUE_OPEN = """
            insert into understudy.sync_open (mirror, schema_name, table_name, destination, record_id, operation, payload,
                   ordering_key, also_after, problem, ordinal)
            select $1, ($2::text[])[x.config], ($3::text[])[x.config], ($4::text[])[x.config], x.record, x.operation, x.payload,
                   x.ordering, x.after, x.problem, x.ordinal
              from unnest($5::int[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::int[])
                   as x(config, record, operation, payload, ordering, after, problem, ordinal)
             where (x.payload || '}')::jsonb is not null -- What jsonb does not take is found now, not at the end.
            """;

    /** In the order of their index: as many as there may be are not sorted. */
    private static final String IN_ORDER = "set local enable_sort = off";

    private static final String COMPLETE = """
            with locked as materialized (
                select schema_name, table_name, destination from understudy.sync_config where mirror = $1 for key share),
            queued as (
                insert into understudy.sync_queue (mirror, schema_name, table_name, destination, record_id, operation, payload,
                       ordering_key, also_after, last_error, ordinal, idempotency_key, commit_lsn, status, finished_at,
                       max_attempts)
                select $1, o.schema_name, o.table_name, o.destination, o.record_id, o.operation,
                       (o.payload || $2::text || o.ordinal || '}}')::jsonb, o.ordering_key, o.also_after, o.problem, o.ordinal,
                       $1 || '-' || o.destination || '-' || $3::text || '-' || o.ordinal || '-' || $4::text, $5::text::pg_lsn,
                       case when o.problem is null then 'pending' else 'discarded' end,
                       case when o.problem is not null then now() end, $6
                  from understudy.sync_open o
                 where o.mirror = $1
                   and (o.schema_name, o.table_name, o.destination) in (select schema_name, table_name, destination from locked)
                 order by o.place
                on conflict (idempotency_key) do nothing)
            select pg_notify('understudy_queue', $1)
            """;

    private static final String CLEAR = "delete from understudy.sync_open where mirror = $1";

    private record Row(
            int config,
            String record,
            Operation operation,
            String payload,
            String ordering,
            String after,
            String problem,
            int ordinal,
            String key,
            String lsn) {}

    private final String mirror;
    private final OutboundSettings settings;
    private final List<SyncConfig> configs;
    private final Map<SyncConfig, Integer> places = new HashMap<>();
    private final List<Row> rows;
    private long letters;

    NewDeliveries(String mirror, OutboundSettings settings) {
        this(mirror, settings, new ArrayList<>(), new ArrayList<>());
    }

    private NewDeliveries(String mirror, OutboundSettings settings, List<SyncConfig> configs, List<Row> rows) {
        this.mirror = mirror;
        this.settings = settings;
        this.configs = configs;
        this.rows = rows;
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    long letters() {
        return letters;
    }

    /** @param shown columns whose values the receiver gets; null for all */
    void add(RecordChange change, SyncConfig by, BitSet shown, Verdict verdict) {
        String recordId = OrderingKey.recordId(change.key());
        String open = PayloadText.of(change, shown, recordId);
        String text = change.commit()
                .map(commit -> open + position(commit) + change.ordinal() + "}}")
                .orElse(open);
        Optional<String> trouble = verdict == Verdict.FAILED
                ? Optional.of("The condition of its configuration failed on this row: "
                        + by.condition().orElse(""))
                : tooLarge(text);
        String ordering = OrderingKey.of(change, by);
        letters += text.length();
        rows.add(new Row(
                places.computeIfAbsent(by, none -> {
                    configs.add(by);
                    return configs.size();
                }),
                recordId,
                change.operation(),
                text,
                ordering,
                OrderingKey.before(change, by)
                        .filter(before -> !before.equals(ordering))
                        .orElse(null),
                trouble.orElse(null),
                change.ordinal(),
                change.commit()
                        .map(commit -> mirror + "-" + by.destination() + "-" + hex(commit) + "-" + change.ordinal()
                                + "-" + seconds(commit))
                        .orElse(null),
                change.commit().map(commit -> commit.lsn().toString()).orElse(null)));
    }

    private Optional<String> tooLarge(String text) {
        long limit = settings.payloadLimit();
        // No letter takes more than three bytes.
        if (text.length() <= limit / 3) {
            return Optional.empty();
        }
        long bytes = text.getBytes(StandardCharsets.UTF_8).length;
        return bytes <= limit ? Optional.empty() : Optional.of(tooLarge(bytes, limit));
    }

    static String tooLarge(long bytes, long limit) {
        return "Its payload has " + bytes + " bytes, more than understudy.outbound.payload-limit (" + limit
                + "). Raise it, or leave columns out: ./understudy queue configure --columns.";
    }

    @Override
    public boolean isSingle() {
        return rows.size() == 1;
    }

    @Override
    public List<Enqueuer.Part> halves() {
        int half = rows.size() / 2;
        return List.of(
                new NewDeliveries(mirror, settings, configs, rows.subList(0, half)),
                new NewDeliveries(mirror, settings, configs, rows.subList(half, rows.size())));
    }

    @Override
    public Statement withoutPayload() {
        Row row = rows.get(0);
        String payload =
                row.key() == null ? "{\"operation\":\"" + row.operation().word() + "\"" : "{}";
        return new NewDeliveries(
                        mirror,
                        settings,
                        configs,
                        List.of(new Row(
                                row.config(),
                                row.record(),
                                row.operation(),
                                payload,
                                row.ordering(),
                                row.after(),
                                "Its payload cannot be kept as jsonb: a value is beyond what that holds.",
                                row.ordinal(),
                                row.key(),
                                row.lsn())))
                .statement();
    }

    /** All are of transactions that have ended, or all of one that has not. */
    @Override
    public Statement statement() {
        Tuple arguments = Tuple.tuple(new ArrayList<>(15))
                .addString(mirror)
                .addArrayOfString(
                        configs.stream().map(by -> by.table().schema()).toArray(String[]::new))
                .addArrayOfString(configs.stream().map(by -> by.table().name()).toArray(String[]::new))
                .addArrayOfString(configs.stream().map(SyncConfig::destination).toArray(String[]::new))
                .addArrayOfInteger(rows.stream().map(Row::config).toArray(Integer[]::new))
                .addArrayOfString(texts(Row::record))
                .addArrayOfString(texts(row -> row.operation().word()))
                .addArrayOfString(texts(Row::payload))
                .addArrayOfString(texts(Row::ordering))
                .addArrayOfString(texts(Row::after))
                .addArrayOfString(texts(Row::problem))
                .addArrayOfInteger(rows.stream().map(Row::ordinal).toArray(Integer[]::new));
        if (rows.get(0).key() == null) {
            return new Statement(ENQUEUE_OPEN, arguments);
        }
        arguments
                .addArrayOfString(texts(Row::key))
                .addArrayOfString(texts(Row::lsn))
                .addInteger(settings.maxAttempts());
        return new Statement(ENQUEUE, arguments);
    }

    private String[] texts(Function<Row, String> value) {
        return rows.stream().map(value).toArray(String[]::new);
    }

    /** What was put in for a transaction that was open has this end. */
    static List<Statement> complete(String mirror, OutboundSettings settings, Commit commit) {
        Tuple arguments = Tuple.of(
                mirror,
                position(commit),
                hex(commit),
                seconds(commit),
                commit.lsn().toString(),
                settings.maxAttempts());
        return List.of(
                new Statement(IN_ORDER, Tuple.tuple()),
                new Statement(COMPLETE, arguments),
                new Statement(CLEAR, Tuple.of(mirror)));
    }

    /** The end of a payload, up to the ordinal. */
    private static String position(Commit commit) {
        return ",\"commitTime\":\"" + commit.at() + "\",\"position\":{\"lsn\":\"" + commit.lsn() + "\",\"ordinal\":";
    }

    private static String hex(Commit commit) {
        return String.format("%016X", commit.lsn().value());
    }

    /** A source that was restored from a backup uses positions again; the time tells them apart. */
    private static String seconds(Commit commit) {
        return Long.toHexString(commit.at().getEpochSecond()).toUpperCase(Locale.ROOT);
    }
}
