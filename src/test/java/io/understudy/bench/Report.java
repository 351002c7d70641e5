package io.understudy.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * The tables that are printed and written to {@code target/benchmark.txt}. Rates are compared within one round of one
 * run only.
 */
final class Report {

    private static final Path FILE = Path.of("target/benchmark.txt");
    private static final String HEADER = "%-26s %9s %9s %11s %7s | %8s %8s %8s %8s | %8s %6s%n";

    private final StringBuilder text = new StringBuilder();
    private final List<Measurement> round = new ArrayList<>();
    private long rows;
    private double aim;
    private String reference;
    private ToDoubleFunction<Measurement> seconds;

    void line(String format, Object... arguments) {
        text.append(String.format(Locale.ROOT, format + "%n", arguments));
    }

    /** @param roundAim what part of logical replication's rate is good enough */
    void begin(String title, long roundRows, double roundAim) {
        begin(title, roundRows, roundAim, LogicalReplication.NAME, Measurement::seconds);
    }

    /**
     * @param roundAim what part of the rate of {@code peer} is good enough
     * @param compared the time that the ratio is about
     */
    void begin(String title, long roundRows, double roundAim, String peer, ToDoubleFunction<Measurement> compared) {
        rows = roundRows;
        aim = roundAim;
        reference = peer;
        seconds = compared;
        round.clear();
        line("");
        line("%s", title);
        text.append(String.format(
                Locale.ROOT,
                HEADER,
                "",
                "wall s",
                "w/o start",
                "rows/s",
                "ratio",
                "CPU s:",
                "source",
                "target",
                "others",
                "peak MB",
                "heap"));
    }

    /** Only of what ended with the right rows. */
    void add(Measurement measurement) {
        round.add(measurement);
    }

    void end(List<String> notRun) {
        double least = round.stream()
                .filter(measurement -> measurement.peer().equals(reference))
                .mapToDouble(seconds)
                .findFirst()
                .orElse(Double.NaN);
        round.forEach(measurement -> row(measurement, least / seconds.applyAsDouble(measurement)));
        notRun.forEach(reason -> line("%s", reason));
        round.stream()
                .filter(measurement -> measurement.peer().startsWith(MirrorProcess.TITLE)
                        && !measurement.peer().equals(reference)
                        && !Double.isNaN(least))
                .forEach(measurement -> {
                    double ratio = least / seconds.applyAsDouble(measurement);
                    line(
                            "aim: %s at %.2f or more of the rate of %s: %s (%.2f)",
                            measurement.peer(), aim, reference, ratio >= aim ? "met" : "NOT met", ratio);
                });
        save();
    }

    private void row(Measurement measurement, double ratio) {
        text.append(String.format(
                Locale.ROOT,
                HEADER,
                measurement.peer(),
                figure("%.1f", measurement.seconds()),
                figure("%.1f", measurement.ownSeconds()),
                figure("%,.0f", rows / measurement.seconds()),
                figure("%.2f", ratio),
                figure("%.1f", measurement.clientCpuSeconds()),
                figure("%.1f", measurement.sourceCpuSeconds()),
                figure("%.1f", measurement.targetCpuSeconds()),
                figure("%.1f", measurement.otherCpuSeconds()),
                figure("%.0f", measurement.peakMegabytes()),
                measurement.heap()));
    }

    private static String figure(String format, double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
    }

    void print() {
        System.out.println(text);
    }

    /** After every round: what was measured survives what fails later. */
    private void save() {
        try {
            Files.createDirectories(FILE.getParent());
            Files.writeString(FILE, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
