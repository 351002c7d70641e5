package io.understudy.discovery;

import io.understudy.discovery.Detector.Outcome;
import java.time.Year;
import java.time.ZoneOffset;
import java.util.BitSet;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the sampled values of one column, or of one place in its JSON, look like. Keeps counts, never a value: nothing
 * that leaves this class can repeat one.
 */
final class Observation {

    /**
     * Of how many values a kind was recognised.
     *
     * @param is values that are one
     * @param contained longer texts that contain one
     * @param formed values that have the form, whether they pass the check or not
     * @param of values that were looked at
     */
    record Evidence(Kind kind, int is, int contained, int formed, int of, double chance, boolean proves) {

        /** Of the values that were looked at, those that are one. */
        double share() {
            return of == 0 ? 0 : (double) is / of;
        }

        int found() {
            return is + contained;
        }

        /**
         * Whether so many would pass by accident less than once in a thousand columns. Of those with the form most must
         * pass: a column of ten thousand order numbers has a thousand that sum up as card numbers do.
         */
        boolean isNoAccident() {
            boolean mostPass = chance <= SIGNIFICANT || 2 * found() > formed;
            return found() > 0 && mostPass && Math.pow(chance, found()) <= SIGNIFICANT;
        }
    }

    private static final double SIGNIFICANT = 0.00101;
    /** Texts of more letters than this are prose, or something nobody types into a field. */
    private static final int LONG = 200;

    private static final Pattern DATE = Pattern.compile("\\d{4}-\\d\\d-\\d\\d.*");

    private final List<Detector> detectors;
    private final int[] is;
    private final int[] contained;
    private final int[] formed;
    // Hashes only: to know how many different values there are.
    private final Set<Integer> different = new HashSet<>();
    private int values;
    private int longest;
    private int prose;
    private final BitSet birthYears = new BitSet();
    private int plausibleBirths;
    private final int thisYear = Year.now(ZoneOffset.UTC).getValue();

    Observation(List<Detector> detectors) {
        this.detectors = detectors;
        this.is = new int[detectors.size()];
        this.contained = new int[detectors.size()];
        this.formed = new int[detectors.size()];
    }

    void see(String text) {
        String value = text.strip();
        if (value.isEmpty()) {
            return;
        }
        values++;
        different.add(value.hashCode());
        longest = Math.max(longest, value.length());
        prose += isProse(value) ? 1 : 0;
        seeDate(value);
        for (int i = 0; i < is.length; i++) {
            Outcome outcome = detectors.get(i).look(value);
            formed[i] += outcome == Outcome.NOTHING ? 0 : 1;
            contained[i] += outcome == Outcome.CONTAINED ? 1 : 0;
            is[i] += outcome == Outcome.IS ? 1 : 0;
        }
    }

    private static boolean isProse(String value) {
        return value.length() > LONG && value.indexOf(' ') > 0
                || value.length() >= 25
                        && value.chars().filter(letter -> letter == ' ').count() >= 3;
    }

    /** Somebody who has an account is, as a rule, between 14 and 100 years old. */
    private void seeDate(String value) {
        if (DATE.matcher(value).matches()) {
            int year = Integer.parseInt(value.substring(0, 4));
            if (year > thisYear - 100 && year < thisYear - 14) {
                plausibleBirths++;
                birthYears.set(year);
            }
        }
    }

    int values() {
        return values;
    }

    int different() {
        return different.size();
    }

    /** A handful of values that come again and again. */
    boolean isCode() {
        return values >= 20 && different.size() <= Math.max(3, values / 20) && longest <= 40;
    }

    boolean isLong() {
        return longest > LONG;
    }

    boolean isProse() {
        return values > 0 && 3 * prose >= values || longest > LONG && prose > 0;
    }

    /** Dates of many different years, most of them long ago. */
    boolean looksLikeBirths() {
        return values >= 10 && plausibleBirths >= 0.8 * values && birthYears.cardinality() >= 10;
    }

    /** The kind that most of the values are; if it is as many, the one that is less likely by accident. */
    Optional<Evidence> most() {
        return all().stream()
                .filter(evidence -> evidence.share() >= 0.3 && evidence.isNoAccident())
                .max(Comparator.comparingDouble(Evidence::share)
                        .thenComparing(
                                Comparator.comparingDouble(Evidence::chance).reversed()));
    }

    /** The same for a kind that the name suggests, which needs less. */
    Optional<Evidence> of(Kind.Group group) {
        return all().stream()
                .filter(evidence -> evidence.kind().group() == group && evidence.is() > 0)
                .max(Comparator.comparingDouble(Evidence::share));
    }

    /** Kinds that prove themselves and are in some of the values, most frequent first. */
    List<Evidence> proven() {
        return all().stream()
                .filter(evidence -> evidence.proves() && evidence.isNoAccident())
                .sorted(Comparator.comparingInt(Evidence::found).reversed())
                .toList();
    }

    List<Evidence> all() {
        Map<Kind, Evidence> all = new EnumMap<>(Kind.class);
        for (int i = 0; i < is.length; i++) {
            Detector detector = detectors.get(i);
            // Most forms of one kind exclude each other; a value that has two counts once.
            Evidence one = new Evidence(
                    detector.kind(), is[i], contained[i], formed[i], values, detector.chance(), detector.proves());
            all.merge(
                    detector.kind(),
                    one,
                    (a, b) -> new Evidence(
                            a.kind(),
                            Math.min(values, a.is() + b.is()),
                            Math.min(values, a.contained() + b.contained()),
                            Math.min(values, a.formed() + b.formed()),
                            values,
                            a.chance(),
                            a.proves()));
        }
        return List.copyOf(all.values());
    }
}
