package io.understudy.cli;

import java.util.Locale;

/** Numbers as a person reads them. */
final class Quantity {

    private static final String[] UNITS = {"B", "KB", "MB", "GB", "TB"};

    private Quantity() {}

    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** An estimate of the planner, which does not know a table that was never analyzed. */
    static String rows(long estimate) {
        return estimate < 0 ? "unknown" : "~" + count(estimate);
    }

    static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }
}
