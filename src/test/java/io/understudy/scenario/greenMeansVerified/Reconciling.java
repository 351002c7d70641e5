package io.understudy.scenario.greenMeansVerified;

import io.understudy.DatabasePair;
import io.understudy.Masking;
import io.understudy.mirror.Mirror;
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
import java.util.concurrent.atomic.AtomicBoolean;

/** Comparisons of all tables of a pair, as the command makes them. */
final class Reconciling {

    private static final String[] TABLES = {
        "create table plain (id int primary key, title text, price numeric(10,2), facts jsonb)",
        "create table named (country text, code varchar(12), note text, primary key (code, country))",
        "create table loose (a int, b text)",
        "alter table loose replica identity full",
        "create table person (id bigint primary key, email text, born date, facts jsonb, note text)",
        "create table secret (id bigint primary key, note text)",
        "create table part (id int, at date, note text, primary key (id, at)) partition by range (at)",
        "create table part_old partition of part for values from (minvalue) to ('2026-01-01')",
        "create table part_new partition of part for values from ('2026-01-01') to (maxvalue)",
        "create table nothing (id uuid primary key)"
    };

    private static final String[] ROWS = {
        "insert into plain select g, 'title ' || g, g / 7.0, jsonb_build_object('n', g) from generate_series(1, 30000) g",
        "insert into named select chr(65 + g % 26) || '\\''\"', 'c' || g, null from generate_series(1, 5000) g",
        "insert into loose select g % 50, 'twice' from generate_series(1, 3000) g",
        "insert into person select g, 'p' || g || '@shop.example', date '1980-01-01' + g, '{\"a\":1}', 'n'"
                + " from generate_series(1, 12000) g",
        "insert into secret select g, 's' from generate_series(1, 3000) g",
        "insert into part select g, date '2025-06-01' + g % 500, 'p' from generate_series(1, 3000) g"
    };

    private Reconciling() {}

    static Settings masked(DatabasePair pair) {
        return pair.settings()
                .with(Masking.keepingOthers(
                        "person.email=email",
                        "person.born=date(30d)",
                        "person.facts=json(a=number(5))",
                        "secret.id=hash"));
    }

    static Mirror start(DatabasePair pair) {
        pair.both(TABLES).adopt();
        pair.source().run(ROWS);
        Mirror mirror = pair.start(masked(pair));
        pair.awaitStreaming(mirror);
        return mirror;
    }

    /** All the time, in all tables, far away from what was touched at the target; among them values that come back. */
    static Thread writing(DatabasePair pair, AtomicBoolean enough) {
        Thread thread = new Thread(() -> {
            for (int i = 0; !enough.get(); i++) {
                int id = 5000 + i % 3000;
                pair.source()
                        .transaction(
                                "update plain set title = title || 'x', price = price + 1 where id between " + id
                                        + " and " + (id + 20),
                                "update plain set facts = case when facts is null then '{}'::jsonb end where id = 25000",
                                "delete from plain where id = " + (22000 + i % 1000),
                                "insert into plain values (" + (22000 + i % 1000) + ", 'anew')",
                                "insert into person values (" + (20000 + i)
                                        + ", 'new@shop.example', '2000-01-01', null, '')",
                                "update person set email = 'moved' || id || '@shop.example' where id between 7000 and 7020",
                                "update named set note = '" + i + "' where code like 'c3_3'",
                                "update secret set note = '" + i + "' where id between 100 and 120",
                                "insert into loose values (" + i % 7 + ", 'more')",
                                "update part set at = at + 1 where id = 700");
            }
        });
        thread.start();
        return thread;
    }

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
