package io.understudy.outbound;

import io.understudy.outbound.Enqueuer.Asking;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;

/** For which changes the condition of a configuration holds, as the target itself judges. */
final class Conditions {

    enum Verdict {
        HOLDS,
        DOES_NOT,
        FAILED
    }

    /** A condition that fails on more rows than this of a batch is taken to fail on all of them. */
    private static final int MOST_FAILURES = 16;

    private final Map<SyncConfig, Map<RecordChange, Verdict>> verdicts = new HashMap<>();
    private final Asking asking;
    private int failures;

    private Conditions(Asking asking) {
        this.asking = asking;
    }

    /** One question for each configuration that has a condition, if none fails. */
    static Conditions judged(List<RecordChange> changes, BiPredicate<RecordChange, SyncConfig> wanted, Asking asking) {
        Map<SyncConfig, List<RecordChange>> asked = new LinkedHashMap<>();
        for (RecordChange change : changes) {
            for (SyncConfig config : change.feed().configs()) {
                if (config.condition().isPresent() && wanted.test(change, config)) {
                    asked.computeIfAbsent(config, none -> new ArrayList<>()).add(change);
                }
            }
        }
        Conditions conditions = new Conditions(asking);
        asked.forEach((config, of) -> {
            conditions.failures = 0;
            Map<RecordChange, Verdict> found = new IdentityHashMap<>();
            conditions.judge(config.condition().orElseThrow(), of, found);
            conditions.verdicts.put(config, found);
        });
        return conditions;
    }

    Verdict of(SyncConfig config, RecordChange change) {
        return config.condition().isEmpty()
                ? Verdict.HOLDS
                : verdicts.getOrDefault(config, Map.of()).getOrDefault(change, Verdict.DOES_NOT);
    }

    /** A row on which the condition fails is found by halves, so that it alone is set apart. */
    private void judge(String condition, List<RecordChange> changes, Map<RecordChange, Verdict> found) {
        Feed feed = changes.get(0).feed();
        Optional<RowSet<Row>> answer = failures >= MOST_FAILURES
                ? Optional.empty()
                : asking.askSafely(
                        feed.holding(condition),
                        feed.imageArguments(
                                changes.stream().map(RecordChange::image).toList()));
        if (answer.isPresent()) {
            for (Row row : answer.get()) {
                found.put(changes.get(row.getLong("n").intValue() - 1), Verdict.HOLDS);
            }
        } else if (changes.size() == 1 || failures >= MOST_FAILURES) {
            failures++;
            changes.forEach(change -> found.put(change, Verdict.FAILED));
        } else {
            int half = changes.size() / 2;
            judge(condition, changes.subList(0, half), found);
            judge(condition, changes.subList(half, changes.size()), found);
        }
    }
}
