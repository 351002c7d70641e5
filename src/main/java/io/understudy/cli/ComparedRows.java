package io.understudy.cli;

import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import java.io.PrintWriter;
import java.time.Duration;

/** Says every two seconds how far a comparison is. */
final class ComparedRows {

    private static final Duration SILENT = Duration.ofSeconds(2);

    private final PrintWriter err;
    private final int tables;
    private long told = System.nanoTime();
    private int table;
    private long estimate;
    private long rows;

    ComparedRows(PrintWriter err, int tables) {
        this.err = err;
        this.tables = tables;
    }

    void begin(Table next) {
        table++;
        estimate = next.rows();
        rows = 0;
    }

    void compared(TableId id, long more) {
        rows += more;
        long now = System.nanoTime();
        if (now - told >= SILENT.toNanos()) {
            told = now;
            err.println("  table " + table + " of " + tables + ": " + id + ", " + Quantity.count(rows)
                    + (estimate < rows ? "" : " of about " + Quantity.count(estimate)) + " rows");
            err.flush();
        }
    }
}
