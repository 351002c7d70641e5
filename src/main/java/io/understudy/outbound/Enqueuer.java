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
    public List<Statement> complete(Commit commit) {
        return NewDeliveries.complete(mirror, settings, commit);
    }

    /** Asked before the rows are written. Empty when none of them is to be delivered. */
    public Optional<Statement> statement(List<Arrival> arrivals, Asking asking) {
        List<Arrival> fed =
                arrivals.stream().filter(arrival -> feed(arrival).isPresent()).toList();
        if (fed.isEmpty()) {
            return Optional.empty();
        }
        List<RecordChange> changes = changes(fed, images(fed, asking));
        NewDeliveries deliveries = new NewDeliveries(mirror, settings);
        Map<SyncConfig, Map<RecordChange, Boolean>> verdicts = verdicts(changes, asking);
        for (RecordChange change : changes) {
            for (SyncConfig config : change.feed().configs()) {
                if (isWanted(change, config)) {
                    Boolean verdict = verdicts.containsKey(config)
                            ? verdicts.get(config).getOrDefault(change, Boolean.FALSE)
                            : Boolean.TRUE;
                    if (verdict == null || verdict) {
                        String id = recordId(change.key());
                        deliveries.add(
                                change,
                                config,
                                id,
                                PayloadText.of(change, shown(change.feed(), config), id),
                                orderingKey(change, config, id),
                                verdict == null
                                        ? Optional.of("Its condition failed on this row: "
                                                + config.condition().orElse(""))
                                        : Optional.empty());
                    }
                }
            }
        }
        return deliveries.statement();
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
