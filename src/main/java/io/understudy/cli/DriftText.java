package io.understudy.cli;

import io.understudy.drift.Difference;
import io.understudy.drift.DriftClass;
import io.understudy.drift.DriftReport;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A comparison as a person reads it: by class, then by table. */
final class DriftText {

    private DriftText() {}

    static void print(String source, String target, DriftReport report, PrintWriter out) {
        out.println(summary(source, target, report));
        DriftClass last = null;
        for (Difference difference : report.differences()) {
            if (difference.type() != last) {
                last = difference.type();
                out.println();
                out.println(title(last));
            }
            print(difference, out);
        }
        list("Histories:", report.histories(), out);
        list("Left out:", report.leftOut(), out);
    }

    private static String summary(String source, String target, DriftReport report) {
        List<Difference> differences = report.differences();
        String between = " between " + source + " and " + target;
        String unchecked = report.unchecked().isEmpty()
                ? ""
                : "; " + report.unchecked().size() + (report.unchecked().size() == 1 ? " part" : " parts")
                        + " could not be checked";
        if (differences.isEmpty()) {
            return "No difference" + between + unchecked + ".";
        }
        Map<DriftClass, Long> counts = differences.stream()
                .collect(Collectors.groupingBy(Difference::type, TreeMap::new, Collectors.counting()));
        long pausing = differences.stream().filter(Difference::mayPause).count();
        return differences.size() + (differences.size() == 1 ? " difference" : " differences") + between + ": "
                + counts.entrySet().stream()
                        .map(count -> count.getValue() + " " + count.getKey().word())
                        .collect(Collectors.joining(", "))
                + (pausing == 0 ? "; none can pause the mirror" : "; " + pausing + " can pause a mirrored table")
                + unchecked + ".";
    }

    private static String title(DriftClass type) {
        return switch (type) {
            case PHANTOM -> "Phantom (recorded, but not there):";
            case UNRECORDED -> "Unrecorded (there, but not recorded):";
            case SOURCE_AHEAD -> "Source ahead:";
            case TARGET_AHEAD -> "Target ahead:";
            case BY_HAND -> "By hand (no known migration makes it so):";
            case FAILED -> "Failed migrations:";
            case FOLDER -> "The folder and the histories disagree:";
        };
    }

    private static void print(Difference difference, PrintWriter out) {
        out.println("  " + difference.kind().word() + " " + difference.name().replaceAll("\\p{Cntrl}", "?")
                + (difference.contained() == 0 ? "" : ", with " + difference.contained() + " things of its own")
                + (difference.mayPause()
                        ? " [can pause the mirrored table]"
                        : difference.mirrored() ? " [mirrored]" : ""));
        out.println("    source: " + difference.source().map(DriftText::told).orElse("not there"));
        out.println("    target: " + difference.target().map(DriftText::told).orElse("not there"));
        out.println("    " + difference.why() + "; to do: " + difference.remedy());
    }

    private static String told(String definition) {
        return definition.isEmpty() ? "there" : definition;
    }

    private static void list(String title, List<String> lines, PrintWriter out) {
        if (!lines.isEmpty()) {
            out.println();
            out.println(title);
            lines.forEach(line -> out.println("  " + line));
        }
    }
}
