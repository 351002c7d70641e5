package io.understudy.orphans;

import io.understudy.postgres.CopyOrder;
import io.understudy.postgres.ForeignKey;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.Session;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TargetDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * Does what fixes say with the target's rows that have no parent (field notes C2, C3, C4): plans it without writing
 * anything, applies it in bounded, silent transactions, validates, and counts again.
 *
 * <p>The mirror may stream meanwhile. Rows are locked for one stretch at a time. Where both are in each other's way it
 * is we who give up after half a second, and try again.
 */
public final class OrphanRepair implements AutoCloseable {

    /** Rows changed in one transaction: so long does the stream wait at most for one of them. */
    private static final int STRETCH = 2000;

    /** Of one such transaction. */
    private static final Duration STRETCH_LIMIT = Duration.ofMinutes(5);

    /** New ones may come while others are mended; whoever makes them faster than this is told of. */
    private static final int PASSES = 5;

    /** Shorter than the server's deadlock_timeout: it is we who give way. */
    private static final String BRIEFLY = "set local lock_timeout = '500ms'";

    private static final int TRIES = 60;
    private static final long WAIT_MILLIS = 250;

    /** Long enough for the server to end an autovacuum that is in the way; who writes rows does not wait for us. */
    private static final String PATIENTLY = "set local lock_timeout = '5s'";

    private static final int VALIDATE_TRIES = 6;

    /** Looks at every row of a table. */
    private static final Duration VALIDATE_LIMIT = Duration.ofHours(6);

    /** Fails a transaction in which triggers, rules or foreign keys could have fired (field note A1). */
    private static final String PROOF = "select 1 / (current_setting('session_replication_role') = 'replica')::int";

    private final Session session;
    private final OrphanCounter counter;
    private final List<OrphanKey> keys;
    private final List<OrphanFix> fixes;
    private final OrphanList list;

    /**
     * @param keys all that there are
     * @param fixes that {@link OrphanChecks} has nothing against
     * @param limit of one question
     */
    public OrphanRepair(
            TargetDatabase target, String mirror, List<OrphanKey> keys, List<OrphanFix> fixes, Duration limit) {
        this.session = target.client().session();
        this.counter = new OrphanCounter(target.client(), limit);
        this.keys = keys;
        this.fixes = parentsFirst(keys, fixes);
        this.list = new OrphanList(session, mirror, this.fixes, limit);
    }

    private static List<OrphanFix> parentsFirst(List<OrphanKey> keys, List<OrphanFix> fixes) {
        Set<TableId> tables = new LinkedHashSet<>();
        List<ForeignKey> edges = new ArrayList<>();
        for (OrphanKey key : keys) {
            tables.add(key.table());
            tables.add(key.referenced());
            edges.add(new ForeignKey(
                    key.constraint().name(),
                    key.table(),
                    key.constraint().columns(),
                    key.referenced(),
                    key.constraint().referencedColumns(),
                    key.constraint().validated()));
        }
        List<TableId> order = CopyOrder.of(tables, edges).layers().stream()
                .flatMap(List::stream)
                .toList();
        return fixes.stream()
                .sorted(Comparator.comparingInt(fix -> order.indexOf(fix.key().table())))
                .toList();
    }

    /** Writes nothing but a temporary table. */
    public OrphanPlan plan() {
        list.make();
        Map<OrphanFix, Long> rows = list.rows();
        List<OrphanPlan.Step> steps = new ArrayList<>();
        for (int step = 0; step < fixes.size(); step++) {
            OrphanFix fix = fixes.get(step);
            boolean changes = fix.policy() != OrphanPolicy.REPORT;
            long count = changes ? rows.getOrDefault(fix, 0L) : left(fix.key());
            boolean byHand = fix.key().target().declared().isEmpty();
            List<String> afterwards = byHand
                    ? OrphanSql.add(fix.key())
                    : fix.key().target().isValidated() ? List.of() : List.of(OrphanSql.validate(fix.key()));
            steps.add(new OrphanPlan.Step(
                    fix,
                    count,
                    changes ? list.sql(step).told() : "",
                    changes || count == 0 ? afterwards : List.of(),
                    byHand));
        }
        return new OrphanPlan(steps, list.consequences(keys));
    }

    private long left(OrphanKey key) {
        OrphanCount count = counter.count(key.target());
        if (count instanceof OrphanCount.Unknown unknown) {
            throw new OrphanUnknownException(key, unknown.why());
        }
        return count.rows();
    }

    /** @param soFar is told how many rows were changed */
    public OrphanOutcome apply(LongConsumer soFar) {
        Map<String, Long> before = countedAround();
        Map<OrphanFix, Long> changed = new LinkedHashMap<>();
        long all = 0;
        boolean more = true;
        for (int pass = 0; pass < PASSES && more; pass++) {
            list.make();
            more = false;
            for (OrphanList.Stretch stretch : list.stretches()) {
                for (long first = stretch.first(); first <= stretch.last(); first += STRETCH) {
                    long rows = change(stretch.step(), first, Math.min(stretch.last(), first + STRETCH - 1));
                    changed.merge(fixes.get(stretch.step()), rows, Long::sum);
                    all += rows;
                    more |= rows > 0;
                    soFar.accept(all);
                }
            }
        }
        return outcome(changed, before);
    }

    private long change(int step, long first, long last) {
        OrphanSql sql = list.sql(step);
        String doing = "Changing rows of " + fixes.get(step).key().table() + " without a parent";
        return giveWay(
                TRIES,
                () -> session.transaction("begin", writing -> {
                    writing.query(TargetDatabase.SILENT);
                    writing.query(BRIEFLY);
                    sql.holdParent().ifPresent(writing::query);
                    long rows = writing.run(sql.change(first, last), STRETCH_LIMIT, doing)
                            .iterator()
                            .next()
                            .getLong("rows");
                    writing.query(PROOF);
                    return rows;
                }));
    }

    private interface Work {
        long run();
    }

    private static long giveWay(int most, Work work) {
        for (int tries = 1; ; tries++) {
            try {
                return work.run();
            } catch (PostgresFailure failure) {
                if (failure.kind() != PostgresFailure.Kind.RETRYABLE || tries == most) {
                    throw failure.ofRows();
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(WAIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a lock at the target", e);
        }
    }

    // Afterwards.

    private OrphanOutcome outcome(Map<OrphanFix, Long> changed, Map<String, Long> before) {
        List<OrphanOutcome.Result> results = new ArrayList<>();
        for (OrphanFix fix : fixes) {
            String refusal = "";
            OrphanKey key = fix.key();
            boolean validate =
                    key.target().declared().isPresent() && !key.target().isValidated();
            if (validate && counter.count(key.target()) instanceof OrphanCount.Counted counted && counted.rows() == 0) {
                refusal = validate(key);
            }
            results.add(new OrphanOutcome.Result(
                    fix,
                    changed.getOrDefault(fix, 0L),
                    counter.count(key.target()),
                    key.target().isValidated() || validate && refusal.isEmpty(),
                    refusal,
                    key.target().declared().isEmpty() ? OrphanSql.add(key) : List.of()));
        }
        List<OrphanPlan.Consequence> consequences = new ArrayList<>();
        boolean unknown = false;
        for (OrphanKey key : around()) {
            OrphanCount now = counter.count(key.target());
            unknown |= now.isUnknown();
            long more = now.rows() - before.getOrDefault(key.path(), 0L);
            if (more > 0) {
                consequences.add(new OrphanPlan.Consequence(key, more));
            }
        }
        return new OrphanOutcome(results, consequences, unknown);
    }

    /** Empty when it is done. */
    private String validate(OrphanKey key) {
        try {
            giveWay(VALIDATE_TRIES, () -> {
                session.transaction("begin", validating -> {
                    validating.query(PATIENTLY);
                    return validating.run(OrphanSql.validate(key), VALIDATE_LIMIT, "Validating " + key.path());
                });
                return 0;
            });
            return "";
        } catch (PostgresFailure failure) {
            if (failure.kind() == PostgresFailure.Kind.CONNECTION) {
                throw failure;
            }
            return failure.getMessage();
        }
    }

    /** Other foreign keys that what is changed here can break: of the same tables, and of those that refer to them. */
    private List<OrphanKey> around() {
        List<TableId> tables = fixes.stream()
                .filter(fix -> fix.policy() != OrphanPolicy.REPORT)
                .map(fix -> fix.key().table())
                .toList();
        return keys.stream()
                .filter(key -> key.target().declared().isPresent()
                        && Stream.of(key.table(), key.referenced()).anyMatch(tables::contains)
                        && fixes.stream().noneMatch(fix -> fix.key().path().equals(key.path())))
                .toList();
    }

    private Map<String, Long> countedAround() {
        Map<String, Long> before = new LinkedHashMap<>();
        for (OrphanKey key : around()) {
            before.put(key.path(), left(key));
        }
        return before;
    }

    @Override
    public void close() {
        session.close();
    }
}
