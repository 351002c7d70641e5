package io.understudy.discovery;

import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Recognises one kind of value, alone or inside a text, by its form and by a check of what has the form.
 *
 * @param chance how many of the values that have the form by accident pass the check: 0.1 for a digit that sums up
 * @param proves whether passing is evidence by itself, also in a column of which nothing else is known
 * @param inText whether it is looked for inside longer texts
 */
record Detector(
        Kind kind,
        Pattern whole,
        Pattern within,
        Predicate<String> check,
        double chance,
        boolean proves,
        boolean inText) {

    /** What looking at one value came to. */
    enum Outcome {
        NOTHING,
        /** The form, but the check says no. */
        FORM,
        /** A part of the value is one. */
        CONTAINED,
        /** The value is one. */
        IS
    }

    /** A text is given up after as many parts that have the form and fail. */
    private static final int TRIES = 8;

    static Detector of(Kind kind, String form, Predicate<String> check, double chance, boolean proves) {
        return detector(kind, form, check, chance, proves, true);
    }

    static Detector ofWhole(Kind kind, String form, Predicate<String> check, double chance, boolean proves) {
        return detector(kind, form, check, chance, proves, false);
    }

    private static Detector detector(
            Kind kind, String form, Predicate<String> check, double chance, boolean proves, boolean inText) {
        return new Detector(
                kind,
                Pattern.compile(form),
                Pattern.compile("(?<![\\p{L}\\p{N}_+-])(?:" + form + ")(?![\\p{L}\\p{N}_])"),
                check,
                chance,
                proves,
                inText);
    }

    Outcome look(String value) {
        if (whole.matcher(value).matches()) {
            return check.test(value) ? Outcome.IS : Outcome.FORM;
        }
        if (!inText) {
            return Outcome.NOTHING;
        }
        Outcome outcome = Outcome.NOTHING;
        Matcher matcher = within.matcher(value);
        for (int tries = 0; tries < TRIES && matcher.find(); tries++) {
            if (check.test(matcher.group())) {
                return Outcome.CONTAINED;
            }
            outcome = Outcome.FORM;
        }
        return outcome;
    }
}
