package io.understudy.outbound;

import io.understudy.outbound.Conditions.Verdict;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.TableId;
import io.understudy.stream.TransactionPart.Commit;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Makes deliveries of what a target transaction writes: one statement for all of its changes, committed with the rows and
 * the checkpoint, and put into the queue by the {@link Unpacker}. So each change is enqueued exactly once: a transaction that rolls back takes its deliveries with it,
 * and a checkpoint that has passed a change has them beside it.
 *
 * <p>What a record was like before is asked of the target, for many records at once, before the rows are written: the
 * log itself does not tell it. Belongs to the applying thread.
 */
public final class Enqueuer {

    /** How questions are asked within the open transaction. */
    public interface Asking {

        /** Empty when it fails for reasons of its own; the transaction goes on. */
        Optional<RowSet<Row>> askSafely(String sql, Tuple arguments);
    }

    /** What has to be sent. */
    public record Statement(String sql, Tuple arguments) {}

    /** For {@code listen} and {@code notify}; the payload is the mirror's name. */
    public static final String CHANNEL = "understudy_queue";

    /** Letters of payloads that are made and packed at once. */
    private static final long SLICE = 8 << 20;

    private static final String BEGIN = """
            update understudy.sync_config set seen = true, since_lsn = coalesce(since_lsn, $2::text::pg_lsn)
             where mirror = $1 and not seen
            """;

    /** What is being unpacked under the old name is in the queue before {@link #RENAME} looks at it. */
    private static final String STOP_UNPACKING = "lock table understudy.sync_packet in exclusive mode";

    /**
     * Where the new name has a row already, that one holds, and gets the deliveries of the old one. Ordering keys begin
     * with the name.
     */
    private static final String RENAME = """
            with config as (
                update understudy.sync_config c set schema_name = $4, table_name = $5
                 where mirror = $1 and schema_name = $2 and table_name = $3
                   and not exists (select from understudy.sync_config o where o.mirror = $1 and o.schema_name = $4
                                      and o.table_name = $5 and o.destination = c.destination)),
            packet as (
                update understudy.sync_packet p
                   set schema_names = x.schema_names, table_names = x.table_names,
                       ordering_keys = array(
                           select case when k.config = any (x.places) then $6 || substr(k.key, length($7) + 1) else k.key end
                             from unnest(p.configs, p.ordering_keys) with ordinality as k(config, key, place) order by place),
                       also_after = array(
                           select case when k.config = any (x.places) then $6 || substr(k.key, length($7) + 1) else k.key end
                             from unnest(p.configs, p.also_after) with ordinality as k(config, key, place) order by place)
                  from (select id, array_agg(case when is_it then $4 else name.schema end order by place) as schema_names,
                               array_agg(case when is_it then $5 else name.table end order by place) as table_names,
                               array_agg(place) filter (where is_it) as places
                          from understudy.sync_packet
                         cross join unnest(schema_names, table_names) with ordinality as name("schema", "table", place)
                         cross join lateral (select name.schema = $2 and name.table = $3 as is_it) as compared
                         where mirror = $1
                         group by id having bool_or(is_it)) as x
                 where x.id = p.id),
            masks as (
                insert into understudy.sync_masks as m (mirror, schema_name, table_name, masks, key_columns, former, noted)
                select mirror, $4, $5, masks, key_columns, former, noted from understudy.sync_masks
                 where mirror = $1 and schema_name = $2 and table_name = $3
                on conflict (mirror, schema_name, table_name) do update
                   set key_columns = m.key_columns || excluded.key_columns,
                       former = coalesce(m.former || excluded.former, m.former, excluded.former),
                       noted = m.noted and excluded.noted)
            update understudy.sync_queue
               set schema_name = $4, table_name = $5, ordering_key = $6 || substr(ordering_key, length($7) + 1),
                   also_after = $6 || substr(also_after, length($7) + 1)
             where mirror = $1 and schema_name = $2 and table_name = $3
            """;

    private final String mirror;
    private final OutboundSettings settings;
    private final Map<TableId, MirroredTable> tables;
    private final Function<TableId, Map<String, String>> masks;
    private Map<TableId, List<SyncConfig>> configs = Map.of();
    private final Map<TableId, Feed> feeds = new HashMap<>();

    /**
     * @param tables a live view
     * @param masks by what the values of a table's columns are masked, as the ledger has it
     */
    public Enqueuer(
            String mirror,
            OutboundSettings settings,
            Map<TableId, MirroredTable> tables,
            Function<TableId, Map<String, String>> masks) {
        this.masks = masks;
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
    public List<Statement> rename(TableId from, TableId to) {
        return List.of(
                new Statement(STOP_UNPACKING, Tuple.tuple()),
                new Statement(
                        RENAME,
                        Tuple.of(
                                mirror,
                                from.schema(),
                                from.name(),
                                to.schema(),
                                to.name(),
                                to.toString(),
                                from.toString())));
    }

    /** The source transaction whose parts were enqueued before its end was known has ended here. */
    public Statement complete(Commit commit) {
        return DeliveryPacket.complete(mirror, commit);
    }

    /**
     * Asks, so before the rows are written. What writes the deliveries is made packet by packet, each of a bounded size.
     */
    public Iterator<Statement> prepare(List<Arrival> arrivals, Asking asking) {
        List<RecordChange> changes = RecordChanges.of(arrivals, this::feed, settings.payloadLimit(), asking);
        return new Packing(changes.iterator(), Conditions.judged(changes, this::isWanted, asking));
    }

    /** Makes the next packet when it is asked for. */
    private final class Packing implements Iterator<Statement> {

        private final Iterator<RecordChange> changes;
        private final Conditions conditions;
        private DeliveryPacket next;

        Packing(Iterator<RecordChange> changes, Conditions conditions) {
            this.changes = changes;
            this.conditions = conditions;
        }

        @Override
        public boolean hasNext() {
            if (next == null) {
                next = new DeliveryPacket(mirror, settings);
                while (changes.hasNext() && next.letters() < SLICE) {
                    pack(changes.next());
                }
            }
            return !next.isEmpty();
        }

        private void pack(RecordChange change) {
            for (SyncConfig config : change.feed().configs()) {
                Verdict verdict = isWanted(change, config) ? conditions.of(config, change) : Verdict.DOES_NOT;
                if (verdict != Verdict.DOES_NOT) {
                    next.add(change, config, verdict);
                }
            }
        }

        @Override
        public Statement next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            Statement statement = next.statement();
            next = null;
            return statement;
        }
    }

    /** Null for a table of which nothing is delivered. */
    private Feed feed(TableId table) {
        List<SyncConfig> ours = configs.get(table);
        MirroredTable mirrored = ours == null ? null : tables.get(table);
        if (mirrored == null) {
            return null;
        }
        Feed feed = feeds.get(table);
        Map<String, String> maskedBy = masks.apply(table);
        if (feed == null || feed.table() != mirrored || feed.masks() != maskedBy) {
            feed = new Feed(mirrored, ours, maskedBy);
            feeds.put(table, feed);
        }
        return feed.isKeyed() ? feed : null;
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
                || changed.get().intersects(change.feed().shown(config))
                || change.oldKey().isPresent();
    }
}
