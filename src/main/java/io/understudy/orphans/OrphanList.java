package io.understudy.orphans;

import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.Session;
import io.understudy.postgres.TableId;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rows that some fixes change, listed by key in a temporary table of one session: nothing else is written, and
 * our memory does not grow with them. A removed row leaves its children without a parent; so rows are listed in
 * rounds, until one finds nothing more.
 */
final class OrphanList {

    /** Rows of a step that stand together. */
    record Stretch(int step, long first, long last, long rows) {}

    private static final Duration GRACE = Duration.ofSeconds(10);

    private final Session session;
    private final List<OrphanFix> fixes;
    private final List<OrphanSql> statements = new ArrayList<>();
    private final Map<TableId, OrphanFix> leaving = new HashMap<>();
    private final Duration limit;

    /**
     * @param fixes parents first
     * @param limit of one statement
     */
    OrphanList(Session session, String mirror, List<OrphanFix> fixes, Duration limit) {
        this.session = session;
        this.fixes = fixes;
        this.limit = limit;
        for (int step = 0; step < fixes.size(); step++) {
            OrphanFix fix = fixes.get(step);
            statements.add(new OrphanSql(mirror, fix, step));
            if (fix.policy().removes()) {
                leaving.putIfAbsent(fix.table().id(), fix);
            }
        }
    }

    OrphanSql sql(int step) {
        return statements.get(step);
    }

    /** Anew. */
    void make() {
        session.query(OrphanSql.MAKE_LIST);
        Set<TableId> grown = new HashSet<>();
        int round = 0;
        do {
            Set<TableId> before = grown;
            grown = new HashSet<>();
            for (int step = 0; step < fixes.size(); step++) {
                OrphanFix fix = fixes.get(step);
                boolean concerned = round == 0
                        || before.contains(fix.key().referenced())
                        || grown.contains(fix.key().referenced());
                if (fix.policy().removes() && concerned && list(fix, statement(step, round)) > 0) {
                    grown.add(fix.table().id());
                }
            }
            round++;
        } while (!grown.isEmpty());
        for (int step = 0; step < fixes.size(); step++) {
            if (fixes.get(step).policy().alters()) {
                list(fixes.get(step), statements.get(step).list(round, leaving));
            }
        }
    }

    private String statement(int step, int round) {
        return round == 0
                ? statements.get(step).list(round, leaving)
                : statements.get(step).listChildren(round, leaving);
    }

    private long list(OrphanFix fix, String statement) {
        long rows = ask(statement, "Listing rows of " + fix.key().table() + " without a parent")
                .rowCount();
        if (rows > 0) {
            session.query("analyze pg_temp.understudy_orphan");
        }
        return rows;
    }

    List<Stretch> stretches() {
        List<Stretch> stretches = new ArrayList<>();
        for (Row row : ask(OrphanSql.STRETCHES, "Reading the list of rows without a parent")) {
            stretches.add(new Stretch(
                    row.getInteger("step"), row.getLong("first"), row.getLong("last"), row.getLong("rows")));
        }
        return stretches;
    }

    Map<OrphanFix, Long> rows() {
        Map<OrphanFix, Long> rows = new LinkedHashMap<>();
        for (Stretch stretch : stretches()) {
            rows.merge(fixes.get(stretch.step()), stretch.rows(), Long::sum);
        }
        return rows;
    }

    /** What the removals do to foreign keys that no fix mends. */
    List<OrphanPlan.Consequence> consequences(List<OrphanKey> keys) {
        List<OrphanPlan.Consequence> consequences = new ArrayList<>();
        for (OrphanKey key : keys) {
            boolean mended = fixes.stream()
                    .anyMatch(fix -> fix.key().path().equals(key.path()) && fix.policy() != OrphanPolicy.REPORT);
            if (!mended && key.target().declared().isPresent() && leaving.containsKey(key.referenced())) {
                long rows = ask(
                                OrphanSql.consequence(key, leaving),
                                "Counting rows of " + key.table() + " that would lose their parent")
                        .iterator()
                        .next()
                        .getLong("rows");
                if (rows > 0) {
                    consequences.add(new OrphanPlan.Consequence(key, rows));
                }
            }
        }
        return consequences;
    }

    private RowSet<Row> ask(String statement, String doing) {
        try {
            return session.transaction("begin", asking -> {
                asking.query("set local statement_timeout = '" + limit.toMillis() + "ms'");
                return asking.run(statement, limit.plus(GRACE), doing + " (--timeout " + limit.toSeconds() + " s)");
            });
        } catch (PostgresFailure failure) {
            throw failure.ofRows();
        }
    }
}
