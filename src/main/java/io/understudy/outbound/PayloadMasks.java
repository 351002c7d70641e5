package io.understudy.outbound;

import io.understudy.masking.MaskingPolicy;
import io.understudy.masking.Signatures;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.TableId;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The table {@code understudy.sync_masks}: by what the values in packets and payloads are masked, so that those of a
 * former rule are never delivered. The mirror writes it, {@link FormerValues} removes what it names.
 *
 * <pre>
 *   another rule is found -> {@link #expect}: "former" names its columns, and nothing is delivered from here on
 *                         -> values are masked by it
 *                         -> the ledger says that its columns are stale: the {@link Enqueuer} leaves them out
 *                         -> {@link #noted}: no former value can come to packets any more
 *                         -> {@link FormerValues}: packets are unpacked, values removed, "former" is null again
 *                         -> deliveries go on
 * </pre>
 *
 * <p>Each step is durable before the next begins, and none depends on what an earlier process has in memory: whenever it
 * is killed, the next start finds {@code former}, or a rule that is not the one in {@code masks}, and goes on from there.
 */
public final class PayloadMasks {

    /** Where nothing is known of a table yet, what the ledger says of its values holds for those in payloads too. */
    private static final String READ = """
            select c.schema_name, c.table_name, m.masks, m.key_columns, m.former,
                   coalesce(t.masks, case when t.copied_lsn is not null then '{}' end) as of_ledger
              from (select distinct schema_name, table_name from understudy.sync_config where mirror = $1) as c
              left join understudy.sync_masks m
                on m.mirror = $1 and m.schema_name = c.schema_name and m.table_name = c.table_name
              left join understudy.mirrored_table t
                on t.mirror = $1 and t.schema_name = c.schema_name and t.table_name = c.table_name
            """;

    private static final String PUT = """
            insert into understudy.sync_masks as m (mirror, schema_name, table_name, masks, key_columns, former, noted)
            values ($1, $2, $3, $4, $5, $6, $6::text[] is null)
            on conflict (mirror, schema_name, table_name) do update
               set masks = excluded.masks, key_columns = excluded.key_columns,
                   former = coalesce(excluded.former, m.former), noted = m.noted and excluded.noted
            """;

    private static final String NOTED = """
            update understudy.sync_masks set noted = true
             where mirror = $1 and schema_name = $2 and table_name = $3 and masks = $4 and not noted
            """;

    private static final String REMEMBER = """
            insert into understudy.sync_masking as s (mirror, fingerprint) values ($1, $2)
            on conflict (mirror) do update set fingerprint = excluded.fingerprint
             where s.fingerprint <> excluded.fingerprint
            """;

    /** Before a mirror has run there is nothing that could have been masked by other rules. */
    private static final String MAY_DELIVER = """
            select coalesce((select fingerprint = $2 from understudy.sync_masking where mirror = $1), true)
                   and not exists (select from understudy.sync_masks where mirror = $1 and former is not null) as may
            """;

    private final PostgresClient target;
    private final String mirror;
    private final PayloadRules rules;

    /** @param rules of this process */
    public PayloadMasks(PostgresClient target, String mirror, PayloadRules rules) {
        this.target = target;
        this.mirror = mirror;
        this.rules = rules;
    }

    /** Of the rules as they are now. */
    public String fingerprint() {
        return rules.fingerprint(target, mirror);
    }

    /**
     * Before the first value is masked by this policy, in the one process that enqueues.
     *
     * @param formerNames of a table's columns, to the present ones
     */
    public void expect(
            Map<TableId, MirroredTable> tables,
            MaskingPolicy policy,
            Function<TableId, Map<String, String>> formerNames) {
        for (Row row : target.query(READ, mirror)) {
            TableId id = new TableId(row.getString("schema_name"), row.getString("table_name"));
            MirroredTable table = tables.get(id);
            if (table != null) {
                expect(row, table, policy.signatures(id), formerNames);
            }
        }
    }

    private void expect(
            Row row, MirroredTable table, Map<String, String> now, Function<TableId, Map<String, String>> formerNames) {
        boolean known = row.getString("masks") != null;
        Optional<Map<String, String>> before = Optional.ofNullable(row.getString(known ? "masks" : "of_ledger"))
                .map(PayloadMasks::parse);
        Set<String> key = names(row.getArrayOfStrings("key_columns"));
        boolean sameKey = !key.addAll(table.key());
        if (known && sameKey && before.orElseThrow().equals(now)) {
            return;
        }
        Set<String> former = before.filter(masks -> !masks.equals(now))
                .map(masks -> changed(masks, now, table, formerNames.apply(table.id())))
                .orElse(Set.of());
        String[] all = null;
        if (!former.isEmpty()) {
            former.addAll(names(row.getArrayOfStrings("former")));
            all = former.toArray(String[]::new);
        }
        put(table.id(), now, key, all);
    }

    private void put(TableId table, Map<String, String> masks, Set<String> key, String[] former) {
        target.transaction(session -> {
            session.query(PUT, mirror, table.schema(), table.name(), text(masks), key.toArray(String[]::new), former);
            if (former != null) {
                session.query("select pg_notify($1, $2)", Enqueuer.CHANNEL, mirror + Outbound.MASKS);
            }
            return null;
        });
    }

    /** By every name that a payload may have them under. */
    private static Set<String> changed(
            Map<String, String> before, Map<String, String> now, MirroredTable table, Map<String, String> formerNames) {
        Map<String, List<String>> names = new HashMap<>();
        formerNames.forEach((former, present) ->
                names.computeIfAbsent(present, none -> new ArrayList<>()).add(former));
        Set<String> changed = new TreeSet<>();
        for (String column : table.source().storedNames()) {
            List<String> others = names.getOrDefault(column, List.of());
            String then = before.getOrDefault(
                    column,
                    others.stream()
                            .filter(before::containsKey)
                            .findFirst()
                            .map(before::get)
                            .orElse(Signatures.KEEP));
            if (!then.equals(now.getOrDefault(column, Signatures.KEEP))) {
                changed.add(column);
                changed.addAll(others);
            }
        }
        return changed;
    }

    /**
     * What was ordered after a look is durable: of tables that it saw by this policy no former values are enqueued any
     * more.
     *
     * @param tables those that it saw; of others nothing is enqueued
     * @param fingerprint of the rules just before the look
     */
    public void noted(Map<TableId, MirroredTable> tables, MaskingPolicy policy, String fingerprint) {
        for (Row row : target.query(
                "select schema_name, table_name, masks from understudy.sync_masks where mirror = $1 and not noted",
                mirror)) {
            TableId table = new TableId(row.getString("schema_name"), row.getString("table_name"));
            String masks = row.getString("masks");
            // A later look may have found others, and is not there yet.
            if (!tables.containsKey(table) || parse(masks).equals(policy.signatures(table))) {
                target.query(NOTED, mirror, table.schema(), table.name(), masks);
            }
        }
        target.query(REMEMBER, mirror, fingerprint);
    }

    /** Whether everything in the queue is masked by the rules of this process. */
    boolean mayDeliver() {
        return target.query(MAY_DELIVER, mirror, fingerprint())
                .iterator()
                .next()
                .getBoolean("may");
    }

    private static Set<String> names(String[] names) {
        return names == null ? new TreeSet<>() : new TreeSet<>(List.of(names));
    }

    private static String text(Map<String, String> masks) {
        return new JsonObject(new TreeMap<String, Object>(masks)).encode();
    }

    private static Map<String, String> parse(String text) {
        Map<String, String> masks = new TreeMap<>();
        new JsonObject(text).forEach(mask -> masks.put(mask.getKey(), (String) mask.getValue()));
        // The ledger names some that are as the source has them.
        masks.values().removeIf(Signatures.KEEP::equals);
        return masks;
    }
}
