package io.understudy.demo;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/** What the demo tells, line by line, each with the time since its beginning. Plain text: it may go to a file. */
final class Narration {

    private final PrintWriter out;
    private final long begun = System.nanoTime();

    Narration(PrintWriter out) {
        this.out = out;
    }

    /** @param topic what the line is about, in one word */
    void say(String topic, String text) {
        text(String.format(Locale.ROOT, "%7.1f s  %-11s %s", elapsed().toMillis() / 1000.0, topic, text));
    }

    void text(String text) {
        out.println(text);
        out.flush();
    }

    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - begun);
    }
}
