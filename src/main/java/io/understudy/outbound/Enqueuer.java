package io.understudy.outbound;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.TableId;
import io.understudy.stream.Change;
import io.understudy.stream.TransactionPart.Commit;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Makes deliveries of what a target transaction writes: one statement for all of its changes, committed with the rows and
 * the checkpoint. So each change is enqueued exactly once: a transaction that rolls back takes its deliveries with it,
 * and a checkpoint that has passed a change has them beside it.
 *
 * <p>What a record was like before is asked of the target, once for each table and batch, before the rows are written:
 * the log itself does not tell it. Belongs to the applying thread.
 */
public final class Enqueuer {

    /** How questions are asked within the open transaction. */
    public interface Asking {
        RowSet<Row> ask(TableId about, String sql, Tuple arguments);

        /** Empty when the answer fails on a row; the transaction goes on. */
        Optional<RowSet<Row>> askSafely(String sql, Tuple arguments);
    }

    /** What has to be sent after the rows. */
    public record Statement(String sql, Tuple arguments) {}

    /** For {@code listen} and {@code notify}; the payload is the mirror's name. */
    public static final String CHANNEL = "understudy_queue";

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
                       idempotency_key, ordering_key, status, max_attempts, last_error, commit_lsn, ordinal, finished_at)
                select $1, ($2::text[])[x.config], ($3::text[])[x.config], ($4::text[])[x.config], x.record, x.operation,
                       x.payload::jsonb, x.key, x.ordering, case when x.problem is null then 'pending' else 'discarded' end, $14,
                       x.problem, x.lsn::pg_lsn, x.ordinal, case when x.problem is not null then now() end
                  from unnest($5::int[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[],
                              $13::int[])
                       as x(config, record, operation, payload, key, ordering, problem, lsn, ordinal)
                 where x.config = any (array(select place from locked))
                on conflict (idempotency_key) do nothing)
            select pg_notify('understudy_queue', $1)
            """;

    private static final String COMPLETE = """
            update understudy.sync_queue
               set commit_lsn = $2::text::pg_lsn,
                   idempotency_key = $1 || '-' || destination || '-' || $3::text || '-' || ordinal || '-' || $4::text,
                   payload = payload || jsonb_build_object('commitTime', $5::text, 'position',
                                 jsonb_build_object('lsn', $2::text, 'ordinal', ordinal))
             where mirror = $1 and commit_lsn is null
            """;

    private static final String BEGIN = """
            update understudy.sync_config set since_lsn = $2::text::pg_lsn where mirror = $1 and since_lsn is null
            """;

    private static final String RENAME = """
            with config as (
                update understudy.sync_config set schema_name = $4, table_name = $5
                 where mirror = $1 and schema_name = $2 and table_name = $3)
            update understudy.sync_queue set schema_name = $4, table_name = $5
             where mirror = $1 and schema_name = $2 and table_name = $3
            """;

    private record Key(TableId table, List<String> values) {}

    private final String mirror;
    private final OutboundSettings settings;
    private final Map<TableId, MirroredTable> tables;
    private Map<TableId, List<SyncConfig>> configs = Map.of();
    private final Map<TableId, Feed> feeds = new HashMap<>();

    /** @param tables a live view */
    public Enqueuer(String mirror, OutboundSettings settings, Map<TableId, MirroredTable> tables) {
        this.mirror = mirror;
        this.settings = settings;
        this.tables = tables;
    }

    /**
     * First what is new comes into force, then all that are in force are loaded: so nothing is in force that is not
     * loaded.
     */
    public Statement begin(Lsn applied) {
        return new Statement(BEGIN, Tuple.of(mirror, applied.toString()));
    }

    public Statement load() {
        return new Statement(SyncConfigs.LOAD, Tuple.of(mirror));
    }

    public void loaded(RowSet<Row> rows) {
        Map<TableId, List<SyncConfig>> next = SyncConfigs.of(rows).stream()
                .filter(config -> config.enabled() && config.since().isPresent())
                .collect(Collectors.groupingBy(SyncConfig::table));
        if (!next.equals(configs)) {
            configs = next;
            feeds.clear();
        }
    }

    public boolean isIdle() {
        return configs.isEmpty();
    }

    /** The deliveries of a renamed table are those of its new name. */
    public Statement rename(TableId from, TableId to) {
        return new Statement(RENAME, Tuple.of(mirror, from.schema(), from.name(), to.schema(), to.name()));
    }

    /** The source transaction whose parts were enqueued before its end was known has ended here. */
    public Statement complete(Commit commit) {
        return new Statement(
                COMPLETE,
                Tuple.of(
                        mirror,
                        commit.lsn().toString(),
                        positionText(commit),
                        secondsText(commit),
                        commit.at().toString()));
    }

    /** Asked before the rows are written. Empty when none of them is to be delivered. */
    public Optional<Statement> statement(List<Arrival> arrivals, Asking asking) {
        List<Arrival> fed =
                arrivals.stream().filter(arrival -> feed(arrival).isPresent()).toList();
        if (fed.isEmpty()) {
            return Optional.empty();
        }
        List<RecordChange> changes = changes(fed, images(fed, asking));
        Rows rows = new Rows();
        Map<SyncConfig, Map<RecordChange, Boolean>> verdicts = verdicts(changes, asking);
        for (RecordChange change : changes) {
            for (SyncConfig config : change.feed().configs()) {
                if (isWanted(change, config)) {
                    Boolean verdict = verdicts.containsKey(config)
                            ? verdicts.get(config).getOrDefault(change, Boolean.FALSE)
                            : Boolean.TRUE;
                    if (verdict == null || verdict) {
                        rows.add(change, config, verdict == null);
                    }
                }
            }
        }
        return rows.isEmpty() ? Optional.empty() : Optional.of(new Statement(ENQUEUE, rows.arguments()));
    }

    private Optional<Feed> feed(Arrival arrival) {
        TableId table = arrival.change().shape().table();
        List<SyncConfig> ours = configs.get(table);
        MirroredTable mirrored = tables.get(table);
        if (ours == null || mirrored == null) {
            return Optional.empty();
        }
        Feed feed = feeds.get(table);
        if (feed == null || feed.table() != mirrored) {
            feed = new Feed(mirrored, ours);
            feeds.put(table, feed);
        }
        return Optional.of(feed).filter(Feed::isKeyed);
    }

    /** Records as the target has them before this batch: of those whose first change in it needs that. */
    private Map<Key, String[]> images(List<Arrival> arrivals, Asking asking) {
        Map<Feed, Set<List<String>>> wanted = new LinkedHashMap<>();
        for (Arrival arrival : arrivals) {
            Feed feed = feed(arrival).orElseThrow();
            boolean asks = feed.configs().stream()
                    .anyMatch(config -> config.on().contains(Operation.UPDATE)
                            || config.on().contains(Operation.DELETE));
            if (asks && !(arrival.change() instanceof Change.Insert)) {
                wanted.computeIfAbsent(feed, none -> new LinkedHashSet<>())
                        .add(feed.keyOf(feed.image(arrival.change().shape(), identifying(arrival.change()))));
            }
        }
        Map<Key, String[]> images = new HashMap<>();
        wanted.forEach((feed, keys) -> {
            List<List<String>> asked = List.copyOf(keys);
            for (Row row : asking.ask(feed.table().id(), feed.before(), feed.keyArguments(asked))) {
                String[] image = new String[feed.columns().size()];
                for (int i = 0; i < image.length; i++) {
                    image[i] = row.getString(i + 1);
                }
                images.put(new Key(feed.table().id(), asked.get(row.getLong("n").intValue() - 1)), image);
            }
        });
        return images;
    }

    /** Values in which the key of the record before the change stands. */
    private static String[] identifying(Change.OfRow change) {
        if (change instanceof Change.Update update) {
            return update.oldRow() == null ? update.row().values() : update.oldValues();
        }
        return ((Change.Delete) change).oldRow().values();
    }

    /** One after the other: what a change leaves is what the next one finds. */
    private List<RecordChange> changes(List<Arrival> arrivals, Map<Key, String[]> images) {
        List<RecordChange> changes = new ArrayList<>(arrivals.size());
        for (Arrival arrival : arrivals) {
            Feed feed = feed(arrival).orElseThrow();
            TableId table = feed.table().id();
            Operation operation = operation(arrival.change());
            String[] before = null;
            if (operation != Operation.INSERT) {
                String[] told = feed.image(arrival.change().shape(), identifying(arrival.change()));
                before = images.remove(new Key(table, feed.keyOf(told)));
                before = before == null ? keyOnly(feed, told) : before;
            }
            String[] after = operation == Operation.DELETE ? null : after(feed, arrival.change(), before);
            if (after != null) {
                images.put(new Key(table, feed.keyOf(after)), after);
            }
            changes.add(new RecordChange(feed, operation, before, after, arrival.commit(), arrival.ordinal()));
        }
        return changes;
    }

    private static Operation operation(Change.OfRow change) {
        return change instanceof Change.Insert
                ? Operation.INSERT
                : change instanceof Change.Update ? Operation.UPDATE : Operation.DELETE;
    }

    /** Of a record that the target does not have. */
    private static String[] keyOnly(Feed feed, String[] told) {
        String[] image = new String[told.length];
        java.util.Arrays.fill(image, Change.UNCHANGED);
        for (int place : feed.keyPlaces()) {
            image[place] = told[place];
        }
        return image;
    }

    /** With large values that the log leaves out as the target has them. */
    private static String[] after(Feed feed, Change.OfRow change, String[] before) {
        String[] row = change instanceof Change.Insert insert
                ? insert.row().values()
                : ((Change.Update) change).row().values();
        String[] after = feed.image(change.shape(), row);
        for (int i = 0; before != null && i < after.length; i++) {
            if (after[i] == Change.UNCHANGED) {
                after[i] = before[i];
            }
        }
        return after;
    }

    private boolean isWanted(RecordChange change, SyncConfig config) {
        boolean later = change.commit().isEmpty()
                || change.commit().get().lsn().isAfter(config.since().orElseThrow());
        if (!later || !config.on().contains(change.operation())) {
            return false;
        }
        if (change.operation() != Operation.UPDATE || config.columns().isEmpty()) {
            return true;
        }
        Optional<BitSet> changed = change.changed();
        return changed.isEmpty()
                || changed.get().intersects(shown(change.feed(), config))
                || change.oldKey().isPresent();
    }

    private static BitSet shown(Feed feed, SyncConfig config) {
        if (config.columns().isEmpty()) {
            return null;
        }
        BitSet shown = new BitSet();
        config.columns().get().stream()
                .map(feed.columns()::indexOf)
                .filter(place -> place >= 0)
                .forEach(shown::set);
        for (int place : feed.keyPlaces()) {
            shown.set(place);
        }
        return shown;
    }

    /** Of configurations with a condition: whether it holds, null where it failed. */
    private Map<SyncConfig, Map<RecordChange, Boolean>> verdicts(List<RecordChange> changes, Asking asking) {
        Map<SyncConfig, List<RecordChange>> asked = new LinkedHashMap<>();
        for (RecordChange change : changes) {
            for (SyncConfig config : change.feed().configs()) {
                if (config.condition().isPresent() && isWanted(change, config)) {
                    asked.computeIfAbsent(config, none -> new ArrayList<>()).add(change);
                }
            }
        }
        Map<SyncConfig, Map<RecordChange, Boolean>> verdicts = new HashMap<>();
        asked.forEach((config, of) -> {
            Map<RecordChange, Boolean> held = new java.util.IdentityHashMap<>();
            judge(config.condition().get(), of, held, asking);
            verdicts.put(config, held);
        });
        return verdicts;
    }

    /** A row on which the condition fails is found by halves, so that it alone is set apart. */
    private static void judge(
            String condition, List<RecordChange> changes, Map<RecordChange, Boolean> held, Asking asking) {
        Feed feed = changes.get(0).feed();
        Optional<RowSet<Row>> answer = asking.askSafely(
                feed.holding(condition),
                feed.imageArguments(changes.stream().map(RecordChange::image).toList()));
        if (answer.isPresent()) {
            for (Row row : answer.get()) {
                held.put(changes.get(row.getLong("n").intValue() - 1), Boolean.TRUE);
            }
        } else if (changes.size() == 1) {
            held.put(changes.get(0), null);
        } else {
            int half = changes.size() / 2;
            judge(condition, changes.subList(0, half), held, asking);
            judge(condition, changes.subList(half, changes.size()), held, asking);
        }
    }

    private static String positionText(Commit commit) {
        return String.format("%016X", commit.lsn().value());
    }

    /** A source that was restored from a backup uses positions again; the time tells them apart. */
    private static String secondsText(Commit commit) {
        return Long.toHexString(commit.at().getEpochSecond()).toUpperCase(java.util.Locale.ROOT);
    }

    /** What becomes rows of the queue, column by column. */
    private final class Rows {

        private final List<SyncConfig> used = new ArrayList<>();
        private final Map<SyncConfig, Integer> places = new HashMap<>();
        private final Map<SyncConfig, BitSet> shown = new HashMap<>();
        private final List<Integer> config = new ArrayList<>();
        private final List<String> record = new ArrayList<>();
        private final List<String> operation = new ArrayList<>();
        private final List<String> payload = new ArrayList<>();
        private final List<String> key = new ArrayList<>();
        private final List<String> ordering = new ArrayList<>();
        private final List<String> problem = new ArrayList<>();
        private final List<String> lsn = new ArrayList<>();
        private final List<Integer> ordinal = new ArrayList<>();

        boolean isEmpty() {
            return config.isEmpty();
        }

        void add(RecordChange change, SyncConfig by, boolean conditionFailed) {
            int place = places.computeIfAbsent(by, none -> {
                used.add(by);
                shown.put(by, shown(change.feed(), by));
                return used.size();
            });
            String id = recordId(change.key());
            String text = PayloadText.of(change, shown.get(by), id);
            config.add(place);
            record.add(id);
            operation.add(change.operation().word());
            payload.add(text);
            key.add(change.commit()
                    .map(commit -> mirror + "-" + by.destination() + "-" + positionText(commit) + "-" + change.ordinal()
                            + "-" + secondsText(commit))
                    .orElseGet(() -> mirror + "-" + by.destination() + "-open-" + change.ordinal()));
            ordering.add(orderingKey(change, by, id));
            problem.add(
                    conditionFailed
                            ? "Its condition failed on this row: "
                                    + by.condition().orElse("")
                            : tooLarge(text));
            lsn.add(change.commit().map(commit -> commit.lsn().toString()).orElse(null));
            ordinal.add(change.ordinal());
        }

        private String tooLarge(String text) {
            long limit = settings.payloadLimit();
            if (text.length() <= limit / 3) {
                return null;
            }
            long bytes = text.getBytes(StandardCharsets.UTF_8).length;
            return bytes <= limit ? null : tooLargeText(bytes, limit);
        }

        Tuple arguments() {
            return Tuple.tuple(new ArrayList<>(14))
                    .addString(mirror)
                    .addArrayOfString(
                            used.stream().map(by -> by.table().schema()).toArray(String[]::new))
                    .addArrayOfString(used.stream().map(by -> by.table().name()).toArray(String[]::new))
                    .addArrayOfString(used.stream().map(SyncConfig::destination).toArray(String[]::new))
                    .addArrayOfInteger(config.toArray(Integer[]::new))
                    .addArrayOfString(record.toArray(String[]::new))
                    .addArrayOfString(operation.toArray(String[]::new))
                    .addArrayOfString(payload.toArray(String[]::new))
                    .addArrayOfString(key.toArray(String[]::new))
                    .addArrayOfString(ordering.toArray(String[]::new))
                    .addArrayOfString(problem.toArray(String[]::new))
                    .addArrayOfString(lsn.toArray(String[]::new))
                    .addArrayOfInteger(ordinal.toArray(Integer[]::new))
                    .addInteger(settings.maxAttempts());
        }
    }

    static String tooLargeText(long bytes, long limit) {
        return "Its payload has " + bytes + " bytes, more than understudy.outbound.payload-limit (" + limit
                + "). Raise it, or leave columns out: ./understudy queue configure --columns.";
    }

    /** A key of several columns as a JSON array of texts. */
    private static String recordId(List<String> key) {
        if (key.size() == 1) {
            return key.get(0);
        }
        return key.stream()
                .map(value -> "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(value)) + "\"")
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static String orderingKey(RecordChange change, SyncConfig config, String recordId) {
        String table = change.feed().table().id().toString();
        return switch (config.orderBy()) {
            case SyncConfig.RECORD -> table + "/" + recordId;
            case SyncConfig.TABLE -> table;
            default -> {
                int place = change.feed().columns().indexOf(config.orderBy());
                String value = place < 0 ? null : change.image()[place];
                yield table + "/" + config.orderBy() + "/" + (value == Change.UNCHANGED ? null : value);
            }
        };
    }
}
