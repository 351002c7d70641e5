package io.understudy.cli;

import io.understudy.postgres.TableId;
import io.understudy.reconcile.Discrepancy.Kind;
import io.understudy.reconcile.ReconciledTables;
import io.understudy.reconcile.Repair;
import io.understudy.reconcile.RepairPlan;
import io.understudy.reconcile.TableResult;
import java.io.Console;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The part of {@code reconcile --repair} that comes after a comparison: plan, question, work. */
final class ReconcileRepair {

    /** Without {@code --limit}: more than this is rather a wrong setting, or a target that was restored. */
    private static final long MOST_ROWS = 1_000;

    private static final double MOST_OF_TABLE = 0.1;
    private static final String REFUSED = "Nothing was written: ";

    private final PrintWriter out;
    private final PrintWriter err;
    private final RepairPlan plan;
    private final Map<TableId, TableResult> results;

    ReconcileRepair(PrintWriter out, PrintWriter err, RepairPlan plan, List<TableResult> results) {
        this.out = out;
        this.err = err;
        this.plan = plan;
        this.results = results.stream().collect(Collectors.toMap(TableResult::table, Function.identity()));
    }

    void printPlan() {
        out.println();
        out.println(plan.steps().isEmpty() ? "There is nothing to repair." : "To repair, in this order:");
        for (RepairPlan.Step step : plan.steps()) {
            out.println("  " + word(step.kind()) + " " + rows(step.rows()) + " of "
                    + step.table().id());
        }
        plan.kept()
                .forEach((table, rows) -> out.println("  " + rows(rows) + " of " + table
                        + (rows == 1 ? " that only the target has stays" : " that only the target has stay")
                        + "; with --extra delete they go."));
        plan.left()
                .forEach((table, why) -> out.println("  " + table + " cannot be repaired row by row: " + why
                        + ". Have it copied again: ./understudy resync " + table));
    }

    private static String word(Kind kind) {
        return switch (kind) {
            case MISSING -> "insert";
            case DIFFERENT -> "update";
            case EXTRA -> "delete";
            case KEPT_APART -> throw new IllegalStateException("rows that are kept apart are not repaired");
        };
    }

    private static String rows(long count) {
        return Quantity.count(count) + (count == 1 ? " row" : " rows");
    }

    /**
     * Says why not, when it may not.
     *
     * @param limit rows at most; null when none was given
     * @param yes nobody is asked
     */
    boolean mayWrite(Long limit, boolean yes) {
        if (limit == null) {
            for (TableResult result : results.values()) {
                long rows = plan.steps().stream()
                        .filter(step -> step.table().id().equals(result.table()))
                        .mapToLong(RepairPlan.Step::rows)
                        .sum();
                if (rows > MOST_ROWS && rows > MOST_OF_TABLE * result.sourceRows()) {
                    out.println(REFUSED + rows(rows) + " of " + result.table() + " are more than "
                            + rows(MOST_ROWS) + " and a tenth of the table, which may have another reason than"
                            + " single rows. Look at it, then say --limit " + plan.rows()
                            + ", or have it copied again: ./understudy resync " + result.table());
                    return false;
                }
            }
        } else if (plan.rows() > limit) {
            out.println(REFUSED + rows(plan.rows()) + " are more than --limit " + limit + ".");
            return false;
        }
        return yes || confirmed();
    }

    private boolean confirmed() {
        out.flush();
        Console console = System.console();
        if (console == null) {
            out.println(REFUSED + "there is nobody to ask. In a script say --yes.");
            return false;
        }
        String answer = console.readLine("Write %s at the target? [y/N] ", rows(plan.rows()));
        boolean yes = answer != null && answer.strip().toLowerCase(Locale.ROOT).startsWith("y");
        if (!yes) {
            out.println("Nothing was written.");
        }
        return yes;
    }

    /**
     * Rounds of writing what was noted and comparing again: one round notes so many rows of a table, and no more.
     *
     * @param again compares the tables that were written to, and gives the plan that is left
     * @return what is left
     */
    RepairPlan apply(Repair repair, Supplier<RepairPlan> again) {
        RepairPlan now = plan;
        long before = Long.MAX_VALUE;
        while (!now.steps().isEmpty() && now.rows() < before) {
            before = now.rows();
            for (RepairPlan.Step step : now.steps()) {
                int[] done = new int[1];
                repair.apply(step, written -> {
                    done[0] += written;
                    err.println("  " + step.table().id() + ": " + word(step.kind()) + " " + Quantity.count(done[0])
                            + " of " + Quantity.count(step.rows()));
                    err.flush();
                });
            }
            boolean all = now.steps().stream().allMatch(step -> step.rows() <= ReconciledTables.NOTED);
            now = again.get();
            if (all) {
                return now;
            }
        }
        return now;
    }
}
