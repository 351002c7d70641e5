package io.understudy.outbound;

import io.understudy.outbound.Conditions.Verdict;
import io.understudy.outbound.Enqueuer.Statement;
import io.understudy.stream.TransactionPart.Commit;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A row of {@code understudy.sync_packet}: deliveries as they are committed with the rows and the checkpoint, as cheaply as
 * they can be. What costs more is left to the {@link Unpacker}.
 */
final class DeliveryPacket {

    private static final String PACK = """
            with packed as (
                insert into understudy.sync_packet (mirror, schema_names, table_names, destinations, counts, commit_lsns,
                       commit_times, configs, commits, ordinals, operations, record_ids, ordering_keys, also_after, problems,
                       payloads)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16))
            select pg_notify('understudy_queue', $1 || '%s')
            """.formatted(Outbound.PACKED);

    /** Packets without transactions are of the one that is written: no other leaves one. */
    private static final String COMPLETE = """
            update understudy.sync_packet
               set commit_lsns = array[$2::text], commit_times = array[$3::text]
             where mirror = $1 and commit_lsns is null
            """;

    /** What is referred to, by its place, from 1 on. Compared by identity: their hashes are of all that they say. */
    private static final class Places<T> {

        private final Map<T, Integer> places = new IdentityHashMap<>();
        private final List<T> all = new ArrayList<>();

        int of(T one) {
            return places.computeIfAbsent(one, none -> {
                all.add(one);
                return all.size();
            });
        }

        String[] texts(Function<T, String> value) {
            return all.stream().map(value).toArray(String[]::new);
        }
    }

    private record Row(
            int config,
            int commit,
            int ordinal,
            Operation operation,
            String record,
            String ordering,
            String after,
            String problem,
            String payload) {}

    private final String mirror;
    private final long limit;
    private final Places<SyncConfig> configs = new Places<>();
    private final List<Integer> counts = new ArrayList<>();
    private final Places<Commit> commits = new Places<>();
    private final List<Row> rows = new ArrayList<>();
    private long letters;

    DeliveryPacket(String mirror, OutboundSettings settings) {
        this.mirror = mirror;
        this.limit = settings.payloadLimit();
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    long letters() {
        return letters;
    }

    void add(RecordChange change, SyncConfig by, Verdict verdict) {
        BitSet shown = change.feed().shown(by);
        String recordId = OrderingKey.recordId(change.key());
        String payload = PayloadText.of(change, shown, recordId);
        String problem = verdict == Verdict.FAILED
                ? "The condition of its configuration failed on this row: "
                        + by.condition().orElse("")
                : tooLarge(payload).orElse(null);
        String ordering = OrderingKey.of(change, by);
        String before = OrderingKey.before(change, by)
                .filter(former -> !former.equals(ordering))
                .orElse(null);
        letters += payload.length();
        rows.add(new Row(
                place(by),
                change.commit().map(commits::of).orElse(1),
                change.ordinal(),
                change.operation(),
                recordId,
                ordering,
                before,
                problem,
                payload));
    }

    private int place(SyncConfig config) {
        int place = configs.of(config);
        if (place > counts.size()) {
            counts.add(0);
        }
        counts.set(place - 1, counts.get(place - 1) + 1);
        return place;
    }

    private Optional<String> tooLarge(String payload) {
        // No letter takes more than three bytes.
        if (payload.length() <= limit / 3) {
            return Optional.empty();
        }
        long bytes = payload.getBytes(StandardCharsets.UTF_8).length;
        return bytes <= limit ? Optional.empty() : Optional.of(tooLarge(bytes, limit));
    }

    static String tooLarge(long bytes, long limit) {
        return "Its payload has " + bytes + " bytes, more than understudy.outbound.payload-limit (" + limit
                + "). Raise it, or leave columns out: ./understudy queue configure --columns.";
    }

    /** All are of transactions that have ended, or all of one that has not. */
    Statement statement() {
        boolean ended = !commits.all.isEmpty();
        return new Statement(
                PACK,
                Tuple.tuple(new ArrayList<>(16))
                        .addString(mirror)
                        .addArrayOfString(configs.texts(config -> config.table().schema()))
                        .addArrayOfString(configs.texts(config -> config.table().name()))
                        .addArrayOfString(configs.texts(SyncConfig::destination))
                        .addArrayOfInteger(counts.toArray(Integer[]::new))
                        .addArrayOfString(
                                ended ? commits.texts(commit -> commit.lsn().toString()) : null)
                        .addArrayOfString(
                                ended ? commits.texts(commit -> commit.at().toString()) : null)
                        .addArrayOfInteger(numbers(Row::config))
                        .addArrayOfInteger(numbers(Row::commit))
                        .addArrayOfInteger(numbers(Row::ordinal))
                        .addArrayOfString(texts(row -> row.operation().word()))
                        .addArrayOfString(texts(Row::record))
                        .addArrayOfString(texts(Row::ordering))
                        .addArrayOfString(texts(Row::after))
                        .addArrayOfString(texts(Row::problem))
                        .addArrayOfString(texts(Row::payload)));
    }

    private String[] texts(Function<Row, String> value) {
        return rows.stream().map(value).toArray(String[]::new);
    }

    private Integer[] numbers(Function<Row, Integer> value) {
        return rows.stream().map(value).toArray(Integer[]::new);
    }

    /** What was packed of a transaction that was open has this end. */
    static Statement complete(String mirror, Commit commit) {
        return new Statement(
                COMPLETE, Tuple.of(mirror, commit.lsn().toString(), commit.at().toString()));
    }
}
