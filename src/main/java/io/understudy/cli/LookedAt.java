package io.understudy.cli;

import io.understudy.discovery.Progress;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TableSelection;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;

/** What {@code masks} and {@code orphans} look at, and how they say where they are when it takes longer. */
final class LookedAt implements Progress {

    private static final Duration SILENT = Duration.ofSeconds(2);

    private final PrintWriter err;
    private final long began = System.nanoTime();
    private long told = began;

    LookedAt(PrintWriter err) {
        this.err = err;
    }

    @Override
    public void at(TableId table, int done, int of) {
        long now = System.nanoTime();
        if (now - told >= SILENT.toNanos()) {
            told = now;
            err.println("  table " + (done + 1) + " of " + of + ": " + table);
            err.flush();
        }
    }

    /** {@code 1.4 s}, since this was made. */
    String time() {
        return String.format(Locale.ROOT, "%.1f s", (System.nanoTime() - began) / 1e9);
    }

    /** Of {@code mirrored} those that {@code patterns} name; all when there are none. */
    static List<Table> chosen(Collection<Table> mirrored, List<String> patterns, CommandLine.Model.CommandSpec spec) {
        if (patterns.isEmpty()) {
            return List.copyOf(mirrored);
        }
        List<String> unmatched = new ArrayList<>();
        for (String pattern : patterns) {
            if (mirrored.stream().noneMatch(table -> TableSelection.matches(pattern, table.id()))) {
                unmatched.add(pattern);
            }
        }
        if (!unmatched.isEmpty()) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "No mirrored table is called " + String.join(", ", unmatched)
                            + ". They are listed by: ./understudy plan");
        }
        return mirrored.stream()
                .filter(table -> patterns.stream().anyMatch(pattern -> TableSelection.matches(pattern, table.id())))
                .toList();
    }

    static int rows(int sample, CommandLine.Model.CommandSpec spec) {
        if (sample < 1 || sample > 10_000) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--sample is " + sample + "; it takes a whole number from 1 to 10000.");
        }
        return sample;
    }
}
