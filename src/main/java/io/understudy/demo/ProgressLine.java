package io.understudy.demo;

import java.util.Locale;

/**
 * One moment of the mirror as one line; the figures stand in columns, so that a page of lines can be read downwards.
 */
final class ProgressLine {

    private ProgressLine() {}

    static String of(MirrorUnderDemo.View view) {
        String line = view.copied() ? streaming(view) : copying(view);
        return view.reason().map(reason -> line + "   " + reason).orElse(line);
    }

    private static String copying(MirrorUnderDemo.View view) {
        if (view.tables() == 0) {
            return view.state();
        }
        return String.format(
                Locale.ROOT,
                "%-12s %2d of %d tables %10s of about %s rows %9s %4d %%",
                view.state(),
                view.tablesCopied(),
                view.tables(),
                Figures.count(view.rowsCopied()),
                Figures.count(view.rowsEstimated()),
                Figures.bytes(view.bytesCopied()),
                percent(view));
    }

    /** 100 only when it is done: the estimate may be too low. */
    private static long percent(MirrorUnderDemo.View view) {
        return view.rowsEstimated() <= 0 ? 0 : Math.min(99, 100 * view.rowsCopied() / view.rowsEstimated());
    }

    private static String streaming(MirrorUnderDemo.View view) {
        return String.format(
                Locale.ROOT,
                "%-12s lag %9s %8s %8s changes/s   applied %s",
                view.state(),
                Figures.bytes(view.lagBytes()),
                Figures.seconds(view.lagSeconds()),
                Figures.count(Math.round(view.changesPerSecond())),
                view.appliedLsn());
    }
}
