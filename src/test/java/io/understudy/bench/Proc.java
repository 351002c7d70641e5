package io.understudy.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Processor time and memory as Linux counts them. On other systems every figure is unknown: NaN. */
final class Proc {

    /** USER_HZ: Linux shows times to programs in hundredths of a second, whatever its own clock is. */
    private static final double TICKS = 100;

    private static final int STAT_UTIME = 11;
    private static final int STAT_CUTIME = 13;
    private static final int STAT_CSTIME = 14;
    private static final int BUSY_FIELDS = 7;
    private static final int IDLE = 3;
    private static final int IOWAIT = 4;

    private Proc() {}

    /** Of the process, of the children it has and of those that have ended. */
    static double treeSeconds(long pid) {
        double descendants = ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::descendants)
                .mapToDouble(child -> seconds(child.pid()))
                // One that ended just now counts in its parent from here on.
                .filter(seconds -> !Double.isNaN(seconds))
                .sum();
        return seconds(pid) + descendants;
    }

    /** User and system time, its own and that of the children it has waited for. */
    private static double seconds(long pid) {
        return seconds("/proc/" + pid + "/stat", STAT_UTIME);
    }

    /** Of all processes that this one has started and that have ended. */
    static double endedChildrenSeconds() {
        return seconds("/proc/self/stat", STAT_CUTIME);
    }

    private static double seconds(String file, int first) {
        String stat = read(file);
        if (stat.isEmpty()) {
            return Double.NaN;
        }
        // The name before it may hold blanks and parentheses.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return sum(fields, first, STAT_CSTIME) / TICKS;
    }

    /** What all processors of the machine were busy with, ours and others' work. */
    static double machineSeconds() {
        String stat = read("/proc/stat");
        if (stat.isEmpty()) {
            return Double.NaN;
        }
        String[] fields = stat.lines()
                .findFirst()
                .orElseThrow()
                .substring("cpu".length())
                .strip()
                .split(" +");
        return (sum(fields, 0, BUSY_FIELDS - 1) - sum(fields, IDLE, IOWAIT)) / TICKS;
    }

    private static double sum(String[] fields, int first, int last) {
        double sum = 0;
        for (int i = first; i <= last; i++) {
            sum += Long.parseLong(fields[i]);
        }
        return sum;
    }

    /** The most memory the process ever had resident, in megabytes. */
    static double peakMegabytes(long pid) {
        return read("/proc/" + pid + "/status")
                .lines()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToDouble(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0)
                .findFirst()
                .orElse(Double.NaN);
    }

    /** How many processes wanted a processor during the last minute. */
    static String load() {
        return read("/proc/loadavg").split(" ")[0];
    }

    private static String read(String file) {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return String.join("\n", lines.toList());
        } catch (IOException | UncheckedIOException e) {
            return "";
        }
    }
}
