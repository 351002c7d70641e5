package io.understudy.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.LongConsumer;

/** How many so far, every two seconds, for what takes longer. */
final class ChunkProgress implements LongConsumer {

    private static final Duration SILENT = Duration.ofSeconds(2);

    private final PrintWriter err;
    private final String things;
    private long told = System.nanoTime();

    ChunkProgress(PrintWriter err) {
        this(err, "deliveries");
    }

    /** @param things what is counted */
    ChunkProgress(PrintWriter err, String things) {
        this.err = err;
        this.things = things;
    }

    @Override
    public void accept(long soFar) {
        long now = System.nanoTime();
        if (now - told >= SILENT.toNanos()) {
            told = now;
            err.println("  " + Quantity.count(soFar) + " " + things + " so far");
            err.flush();
        }
    }
}
