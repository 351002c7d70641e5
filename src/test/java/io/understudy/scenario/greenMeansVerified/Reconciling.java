package io.understudy.scenario.greenMeansVerified;

import io.understudy.DatabasePair;
import io.understudy.mirror.Settings;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TargetDatabase;
import io.understudy.preflight.Preflight;
import io.understudy.reconcile.Fence;
import io.understudy.reconcile.ReconciledTables;
import io.understudy.reconcile.Reconciliation;
import io.understudy.reconcile.TableResult;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Comparisons of all tables of a pair, as the command makes them. */
final class Reconciling {

    private Reconciling() {}

    static Map<String, TableResult> reconcile(DatabasePair pair, Settings settings) {
        return reconcile(pair, settings, DatabasePair.PATIENCE);
    }

    static Map<String, TableResult> reconcile(DatabasePair pair, Settings settings, Duration limit) {
        Map<String, TableResult> results = new TreeMap<>();
        try (SourceDatabase source = SourceDatabase.open(pair.vertx(), settings.source(), settings.name());
                TargetDatabase target = TargetDatabase.open(pair.vertx(), settings.target(), settings.name())) {
            Preflight seen = Preflight.again(source, target, settings.intent());
            Fence fence = new Fence(source, () -> Fence.reached(target.client(), settings.name()), limit, () -> false);
            try (Reconciliation reconciliation =
                    new Reconciliation(source, target, settings.name(), seen.masking(), fence, (table, rows) -> {})) {
                for (Table table : seen.selection().selected()) {
                    results.put(
                            table.id().name(),
                            reconciliation.compare(seen.mirrored().get(table.id())));
                }
            }
        }
        return results;
    }

    /** {@code missing 5}, sorted. */
    static List<String> noted(DatabasePair pair, String table) {
        return pair.target()
                .column(
                        "select kind || ' ' || (select string_agg(part, ' ' order by n) from jsonb_array_elements_text(key)"
                                + " with ordinality as parts(part, n)) from understudy.discrepancy where mirror = '"
                                + pair.name()
                                + "' and table_name = '" + table + "' order by kind, key");
    }

    static ReconciledTables.Known known(DatabasePair pair, String table) {
        try (TargetDatabase target =
                TargetDatabase.open(pair.vertx(), pair.settings().target(), pair.name())) {
            return new ReconciledTables(target.client(), pair.name()).load().get(new TableId("public", table));
        }
    }
}
