package io.understudy.cli;

import io.understudy.mirror.Settings;
import io.understudy.orphans.OrphanAdvice;
import io.understudy.orphans.OrphanCount;
import io.understudy.orphans.OrphanKey;
import io.understudy.orphans.OrphanOutcome;
import io.understudy.orphans.OrphanPlan;
import io.understudy.orphans.OrphanPolicy;
import io.understudy.orphans.OrphanReport;
import io.understudy.orphans.OrphanReport.Line;
import io.understudy.orphans.OrphanSample;
import io.understudy.postgres.Constraint;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;

/** Rows without a parent, as a person reads them: what is wrong first and in full, what is right in one line each. */
final class OrphansText {

    private final PrintWriter out;

    OrphansText(PrintWriter out) {
        this.out = out;
    }

    void report(Settings settings, OrphanReport report) {
        out.println("Mirror \"" + settings.name() + "\": " + settings.source().place() + " -> "
                + settings.target().place());
        List<Line> told = report.lines().stream().filter(OrphansText::isTold).toList();
        told.forEach(this::line);
        List<Line> fine = report.lines().stream().filter(line -> !isTold(line)).toList();
        if (!fine.isEmpty()) {
            out.println();
            out.println("No row without a parent:");
            fine.forEach(
                    line -> out.println("  " + line.key() + " -> " + line.key().referenced()));
        }
        out.println();
        out.println(summary(report));
        out.flush();
    }

    private static boolean isTold(Line line) {
        return line.isFound()
                || line.isUnknown()
                || line.key().target().declared().isEmpty()
                || !line.key().target().isValidated();
    }

    private static String summary(OrphanReport report) {
        long with = report.lines().stream().filter(Line::isFound).count();
        long unknown = report.lines().stream().filter(Line::isUnknown).count();
        return report.lines().size() + (report.lines().size() == 1 ? " foreign key, " : " foreign keys, ")
                + (with == 0 ? "none" : with) + " with rows without a parent"
                + (unknown == 0 ? "." : ", " + unknown + " could not be counted.");
    }

    private void line(Line line) {
        OrphanKey key = line.key();
        Constraint constraint = key.constraint();
        out.println();
        out.println(key + ": (" + String.join(", ", constraint.columns()) + ") -> " + key.referenced() + " ("
                + String.join(", ", constraint.referencedColumns()) + ")"
                + (constraint.matchFull() ? " match full" : ""));
        out.println("  source     " + counted(line.atSource()) + ", " + declared(key.source()));
        out.println("  target     " + counted(line.atTarget()) + ", " + declared(key.target()));
        if (!line.samples().isEmpty()) {
            out.println("  keys       "
                    + line.samples().stream().map(OrphanSample::toString).collect(Collectors.joining("; ")));
        } else if (line.atTarget().isFound() && !line.hidden().isEmpty()) {
            out.println("  keys       not shown: the target may hold production's own values of "
                    + String.join(", ", line.hidden()) + ", which has a mask");
        }
        out.println("  settings   " + OrphanAdvice.settings(key));
        OrphanAdvice.remedies(line).forEach(remedy -> out.println("  to do      " + remedy));
    }

    private static String counted(OrphanCount count) {
        if (count instanceof OrphanCount.Counted counted) {
            return Quantity.count(counted.rows()) + (counted.rows() == 1 ? " row" : " rows") + " without a parent";
        }
        return count instanceof OrphanCount.Unknown unknown
                ? "could not be counted: " + unknown.why()
                : "its tables are not all there";
    }

    private static String declared(OrphanKey.Side side) {
        if (side.declared().isEmpty()) {
            return "no such foreign key there";
        }
        return side.isValidated() ? "validated" : "not validated";
    }

    void plan(OrphanPlan plan, boolean isApplied) {
        out.println();
        out.println("The plan, at the target only:");
        for (OrphanPlan.Step step : plan.steps()) {
            out.println();
            out.println("  " + step.fix() + ": " + Quantity.count(step.rows()) + (step.rows() == 1 ? " row" : " rows")
                    + (step.fix().policy() == OrphanPolicy.REPORT ? " stay as they are" : ""));
            if (!step.change().isEmpty() && step.rows() > 0) {
                out.println("    " + step.change() + ";");
                out.println("    Each row: a copy in understudy.quarantine, a line in understudy.audit."
                        + (step.fix().isLasting()
                                ? " It comes back with its parent (understudy.constraints)."
                                : " It does not come back by itself."));
            }
            step.afterwards()
                    .forEach(statement ->
                            out.println("    " + statement + ";" + (step.byHand() ? "   -- for you to run" : "")));
        }
        if (!plan.consequences().isEmpty()) {
            out.println();
            out.println("  Rows that lose their parent by it, and have no policy here:");
            plan.consequences()
                    .forEach(lost -> out.println("    " + lost.key() + ": " + Quantity.count(lost.rows())
                            + ". To have them mended too: --fix "
                            + OrphanAdvice.quoted(lost.key().path() + "=quarantine")));
        }
        out.println();
        if (!isApplied) {
            out.println("Nothing was changed. To do it: the same command with --apply");
        } else if (!plan.hasWork()) {
            out.println("Nothing has to be changed.");
        }
        out.flush();
    }

    void outcome(OrphanOutcome outcome) {
        out.println();
        for (OrphanOutcome.Result result : outcome.results()) {
            out.println(result.fix() + ": " + Quantity.count(result.changed()) + " changed, "
                    + counted(result.left())
                    + (result.byHand().isEmpty() ? result.validated() ? ", validated" : ", not validated" : ""));
            if (!result.refusal().isEmpty()) {
                out.println("  Not validated: " + result.refusal());
                out.println("  A role that owns " + result.fix().key().table() + " can run: alter table "
                        + result.fix().key().table().sql() + " validate constraint \""
                        + result.fix().key().constraint().name().replace("\"", "\"\"") + "\";");
            } else if (result.left().isFound() && result.fix().policy() != OrphanPolicy.REPORT) {
                out.println(
                        "  The stream, or somebody at staging, brought new ones meanwhile. The same command mends those;"
                                + " understudy.constraints keeps them away.");
            }
            result.byHand().forEach(statement -> out.println("  For you to run: " + statement + ";"));
        }
        outcome.consequences()
                .forEach(lost -> out.println(lost.key() + ": " + Quantity.count(lost.rows())
                        + " rows lost their parent. Next: ./understudy orphans --fix "
                        + OrphanAdvice.quoted(lost.key().path() + "=quarantine")));
        out.println(
                outcome.isDone()
                        ? "Verified: no row without a parent is left."
                        : "Not done: see above; nothing else was changed.");
        out.flush();
    }
}
