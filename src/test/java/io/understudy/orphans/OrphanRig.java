package io.understudy.orphans;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.DatabasePair;
import io.understudy.ledger.TableEntry;
import io.understudy.ledger.TableLedger;
import io.understudy.mirror.Settings;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.TargetDatabase;
import io.understudy.preflight.Preflight;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Looks at a pair, plans and applies, as the command does. */
final class OrphanRig {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final DatabasePair pair;
    private final UnaryOperator<Settings> settings;

    OrphanRig(DatabasePair pair) {
        this(pair, UnaryOperator.identity());
    }

    OrphanRig(DatabasePair pair, UnaryOperator<Settings> settings) {
        this.pair = pair;
        this.settings = settings;
    }

    private interface Work<T> {
        T on(
                SourceDatabase source,
                TargetDatabase target,
                Preflight seen,
                List<OrphanKey> keys,
                List<TableEntry> ledger);
    }

    private <T> T with(Work<T> work) {
        Settings chosen = settings.apply(pair.settings());
        try (SourceDatabase source = SourceDatabase.open(pair.vertx(), chosen.source(), chosen.name());
                TargetDatabase target = TargetDatabase.open(pair.vertx(), chosen.target(), chosen.name())) {
            Preflight seen = Preflight.of(source, target, chosen.intent());
            return work.on(
                    source,
                    target,
                    seen,
                    OrphanKeys.read(source, target, seen),
                    new TableLedger(target.client(), chosen.name()).load());
        }
    }

    OrphanReport report() {
        return report(LIMIT, () -> {});
    }

    /** @param first is run when both catalogs have been read, and before anything is counted */
    OrphanReport report(Duration limit, Runnable first) {
        return with((source, target, seen, keys, ledger) -> OrphanReport.read(
                keys, source, target, OrphanReport.unmasked(seen, ledger), limit, (table, done, of) -> {
                    if (done == 0) {
                        first.run();
                    }
                }));
    }

    /** The line of this constraint. */
    OrphanReport.Line line(String path) {
        return line(report(), path);
    }

    static OrphanReport.Line line(OrphanReport report, String path) {
        return report.lines().stream()
                .filter(line -> line.key().path().equals(path))
                .findFirst()
                .orElseThrow(() -> new AssertionError(path + " is not among " + report.lines()));
    }

    /** {@code source/target}, {@code -} for what is not there. */
    String counts(String path) {
        OrphanReport.Line line = line(path);
        return text(line.atSource()) + "/" + text(line.atTarget());
    }

    private static String text(OrphanCount count) {
        return count instanceof OrphanCount.NotThere ? "-" : count.isUnknown() ? "?" : Long.toString(count.rows());
    }

    List<String> problems(String... fixes) {
        return with((source, target, seen, keys, ledger) -> {
            OrphanFixes parsed = OrphanFixes.parse(List.of(fixes), keys);
            List<String> problems = new ArrayList<>(parsed.problems());
            problems.addAll(new OrphanChecks(target.client(), keys, ledger).problems(parsed.fixes()));
            return problems;
        });
    }

    OrphanPlan plan(String... fixes) {
        return with((source, target, seen, keys, ledger) -> {
            try (OrphanRepair repair =
                    new OrphanRepair(target, pair.name(), keys, checked(fixes, target, keys, ledger), LIMIT)) {
                return repair.plan();
            }
        });
    }

    OrphanOutcome apply(String... fixes) {
        return with((source, target, seen, keys, ledger) -> {
            try (OrphanRepair repair =
                    new OrphanRepair(target, pair.name(), keys, checked(fixes, target, keys, ledger), LIMIT)) {
                return repair.apply(rows -> {});
            }
        });
    }

    private static List<OrphanFix> checked(
            String[] fixes, TargetDatabase target, List<OrphanKey> keys, List<TableEntry> ledger) {
        OrphanFixes parsed = OrphanFixes.parse(List.of(fixes), keys);
        assertThat(parsed.problems()).isEmpty();
        assertThat(new OrphanChecks(target.client(), keys, ledger).problems(parsed.fixes()))
                .isEmpty();
        return parsed.fixes();
    }
}
