package io.understudy.drift;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** SQL that makes the target what the source is as far as that only adds; the rest is told to a person. */
public final class RepairPlan {

    private final List<RepairStep> steps;
    private final List<String> decisions;

    private RepairPlan(List<RepairStep> steps, List<String> decisions) {
        this.steps = steps;
        this.decisions = decisions;
    }

    static RepairPlan of(List<DriftReport.Judged> objects, List<EntryDifference> entries, Mirrored mirrored) {
        List<RepairStep> steps = new ArrayList<>();
        List<String> decisions = new ArrayList<>();
        objects.forEach(judged -> new ObjectRepair(judged, objects, steps, decisions).add());
        steps.sort(Comparator.comparing(RepairStep::order));
        EntryRepair.add(entries, mirrored, steps, decisions);
        steps.sort(Comparator.comparing(RepairStep::order));
        return new RepairPlan(List.copyOf(steps), List.copyOf(decisions));
    }

    public int size() {
        return steps.size();
    }

    /** One after the other, as a server takes them, without what is for a person. */
    public List<String> statements() {
        return steps.stream().flatMap(step -> step.statements().stream()).toList();
    }

    /** For psql: every step in its own transaction, what a person has to decide as comments at the end. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < steps.size(); i++) {
            text.append(steps.get(i).text(i + 1, steps.size())).append('\n');
        }
        if (!decisions.isEmpty()) {
            text.append("-- For a person to decide; nothing of this is done above.\n");
            decisions.forEach(decision -> text.append(comment(decision)));
        }
        return text.toString();
    }

    private static String comment(String text) {
        return text.lines().map(line -> "-- " + line + "\n").collect(Collectors.joining()) + "--\n";
    }

    /** What people read about a difference before what is done about it. */
    static String title(DriftReport.Judged judged, String doing) {
        SchemaObject object = judged.difference().object();
        String text = doing + " " + object.kind().word() + " " + object.key() + " ("
                + judged.verdict().type().word() + ": " + judged.verdict().why() + ")";
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    static Optional<SchemaObject> missing(DriftReport.Judged judged) {
        ObjectDifference difference = judged.difference();
        return difference.isWhole() && difference.isMissingAt(SideName.TARGET) ? difference.source() : Optional.empty();
    }
}
