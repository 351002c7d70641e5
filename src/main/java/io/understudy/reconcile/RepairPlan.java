package io.understudy.reconcile;

import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.TableId;
import io.understudy.preflight.Preflight;
import io.understudy.reconcile.Discrepancy.Kind;
import io.understudy.reconcile.TableResult.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What makes tables equal: rows that are missing or different from parents to children, then those that are too many from
 * children to parents.
 *
 * @param left tables that cannot be repaired row by row, and why
 * @param kept rows that only the target has and that stay
 */
public record RepairPlan(List<Step> steps, Map<TableId, String> left, Map<TableId, Long> kept) {

    public record Step(MirroredTable table, Kind kind, long rows) {}

    /** @param extra whether rows go that only the target has */
    public static RepairPlan of(Preflight seen, List<TableResult> results, boolean extra) {
        Map<TableId, TableResult> different = results.stream()
                .filter(result -> result.verdict() == Verdict.DIFFERENT)
                .collect(Collectors.toMap(TableResult::table, Function.identity()));
        List<TableId> order =
                seen.order().layers().stream().flatMap(List::stream).toList();
        List<Step> writing = new ArrayList<>();
        List<Step> deleting = new ArrayList<>();
        Map<TableId, String> left = new LinkedHashMap<>();
        Map<TableId, Long> kept = new LinkedHashMap<>();
        for (TableId id : order) {
            TableResult result = different.get(id);
            if (result == null) {
                continue;
            }
            MirroredTable table = seen.mirrored().get(id);
            Optional<String> unfit = unfit(seen, table);
            if (unfit.isPresent()) {
                left.put(id, unfit.get());
                continue;
            }
            add(writing, new Step(table, Kind.MISSING, result.missing()));
            add(writing, new Step(table, Kind.DIFFERENT, result.different()));
            if (extra) {
                add(deleting, new Step(table, Kind.EXTRA, result.extra()));
            } else if (result.extra() > 0) {
                kept.put(id, result.extra());
            }
        }
        Collections.reverse(deleting);
        writing.addAll(deleting);
        return new RepairPlan(List.copyOf(writing), left, kept);
    }

    private static void add(List<Step> steps, Step step) {
        if (step.rows() > 0) {
            steps.add(step);
        }
    }

    private static Optional<String> unfit(Preflight seen, MirroredTable table) {
        if (table.key().isEmpty()) {
            return Optional.of("it has no key by which single rows are found");
        }
        if (!Reconciliation.isOrdered(table)) {
            return Optional.of(
                    "its key is masked or of a type of an extension, so that the source cannot be asked for single rows");
        }
        boolean guarded = seen.rules().enforced().stream()
                .anyMatch(rule -> rule.child().equals(table.id())
                        || rule.constraint()
                                .referenced()
                                .filter(table.id()::equals)
                                .isPresent());
        return guarded
                ? Optional.of("understudy.constraints decides on its rows, or on those that refer to them")
                : Optional.empty();
    }

    public long rows() {
        return steps.stream().mapToLong(Step::rows).sum();
    }
}
