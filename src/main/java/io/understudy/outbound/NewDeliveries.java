package io.understudy.outbound;

import io.understudy.outbound.Enqueuer.Statement;
import io.understudy.stream.TransactionPart.Commit;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Rows that are put into {@code understudy.sync_queue} by one statement. Those of a large transaction, whose position is not
 * known before its end, wait in {@code understudy.sync_open} for it: writing them twice there costs less than changing
 * rows that indexes know.
 */
final class NewDeliveries {

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
                       ordering_key, last_error, ordinal, idempotency_key, commit_lsn, status, finished_at, max_attempts)
                select $1, ($2::text[])[x.config], ($3::text[])[x.config], ($4::text[])[x.config], x.record, x.operation,
                       x.payload::jsonb, x.ordering, x.problem, x.ordinal, x.key, x.lsn::pg_lsn,
                       case when x.problem is null then 'pending' else 'discarded' end,
                       case when x.problem is not null then now() end, $14
                  from unnest($5::int[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::int[], $12::text[],
                              $13::text[])
                       as x(config, record, operation, payload, ordering, problem, ordinal, key, lsn)
                 where x.config = any (array(select place from locked))
                on conflict (idempotency_key) do nothing)
            select pg_notify('understudy_queue', $1)
            """;

    private static final String ENQUEUE_OPEN = """
            insert into understudy.sync_open (mirror, schema_name, table_name, destination, record_id, operation, payload,
                   ordering_key, problem, ordinal)
            select $1, ($2::text[])[x.config], ($3::text[])[x.config], ($4::text[])[x.config], x.record, x.operation, x.payload,
                   x.ordering, x.problem, x.ordinal
              from unnest($5::int[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::int[])
                   as x(config, record, operation, payload, ordering, problem, ordinal)
            """;

    /** In the order of their index: as many as there may be are not sorted. */
    private static final String IN_ORDER = "set local enable_sort = off";

    private static final String COMPLETE = """
            with locked as materialized (
                select schema_name, table_name, destination from understudy.sync_config where mirror = $1 for key share),
            queued as (
                insert into understudy.sync_queue (mirror, schema_name, table_name, destination, record_id, operation, payload,
                       ordering_key, last_error, ordinal, idempotency_key, commit_lsn, status, finished_at, max_attempts)
                select $1, o.schema_name, o.table_name, o.destination, o.record_id, o.operation,
                       (o.payload || $2::text || o.ordinal || '}}')::jsonb, o.ordering_key, o.problem, o.ordinal,
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

    private final String mirror;
    private final OutboundSettings settings;
    private final List<SyncConfig> configs = new ArrayList<>();
    private final Map<SyncConfig, Integer> places = new HashMap<>();
    private final List<Integer> config = new ArrayList<>();
    private final List<String> record = new ArrayList<>();
    private final List<String> operation = new ArrayList<>();
    private final List<String> payload = new ArrayList<>();
    private final List<String> ordering = new ArrayList<>();
    private final List<String> problem = new ArrayList<>();
    private final List<Integer> ordinal = new ArrayList<>();
    private final List<String> key = new ArrayList<>();
    private final List<String> lsn = new ArrayList<>();

    NewDeliveries(String mirror, OutboundSettings settings) {
        this.mirror = mirror;
        this.settings = settings;
    }

    /** @param trouble why it cannot be sent; it is kept all the same */
    void add(
            RecordChange change,
            SyncConfig by,
            String recordId,
            String text,
            String orderingKey,
            Optional<String> trouble) {
        config.add(places.computeIfAbsent(by, none -> {
            configs.add(by);
            return configs.size();
        }));
        record.add(recordId);
        operation.add(change.operation().word());
        payload.add(change.commit()
                .map(commit -> text + position(commit) + change.ordinal() + "}}")
                .orElse(text));
        ordering.add(orderingKey);
        problem.add(trouble.or(() -> tooLarge(text)).orElse(null));
        ordinal.add(change.ordinal());
        key.add(change.commit()
                .map(commit -> mirror + "-" + by.destination() + "-" + hex(commit) + "-" + change.ordinal() + "-"
                        + seconds(commit))
                .orElse(null));
        lsn.add(change.commit().map(commit -> commit.lsn().toString()).orElse(null));
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

    /** Empty when there is nothing to put in. All are of transactions that have ended, or all of one that has not. */
    Optional<Statement> statement() {
        if (config.isEmpty()) {
            return Optional.empty();
        }
        Tuple arguments = Tuple.tuple(new ArrayList<>(14))
                .addString(mirror)
                .addArrayOfString(
                        configs.stream().map(by -> by.table().schema()).toArray(String[]::new))
                .addArrayOfString(configs.stream().map(by -> by.table().name()).toArray(String[]::new))
                .addArrayOfString(configs.stream().map(SyncConfig::destination).toArray(String[]::new))
                .addArrayOfInteger(config.toArray(Integer[]::new))
                .addArrayOfString(record.toArray(String[]::new))
                .addArrayOfString(operation.toArray(String[]::new))
                .addArrayOfString(payload.toArray(String[]::new))
                .addArrayOfString(ordering.toArray(String[]::new))
                .addArrayOfString(problem.toArray(String[]::new))
                .addArrayOfInteger(ordinal.toArray(Integer[]::new));
        if (key.get(0) == null) {
            return Optional.of(new Statement(ENQUEUE_OPEN, arguments));
        }
        arguments
                .addArrayOfString(key.toArray(String[]::new))
                .addArrayOfString(lsn.toArray(String[]::new))
                .addInteger(settings.maxAttempts());
        return Optional.of(new Statement(ENQUEUE, arguments));
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
