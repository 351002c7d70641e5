package io.understudy.masking;

import java.time.LocalDate;

/**
 * A date some days earlier or later. How many follows from whose date it is, so that what happened to one person stays
 * in its order, and as far apart. The time of day stays.
 */
final class DateMask implements Mask {

    private static final LocalDate FIRST = LocalDate.of(-4712, 1, 1);
    private static final LocalDate LAST = LocalDate.of(5_874_897, 12, 31);
    private static final LocalDate LAST_TIMESTAMP = LocalDate.of(294_276, 12, 31);

    private final KeyedHash hash;
    private final int days;
    private final LocalDate last;

    /** @param most {@code 30d} */
    DateMask(KeyedHash hash, String most, Fit fit) {
        this.hash = hash;
        this.days = Integer.parseInt(most.substring(0, most.length() - 1));
        this.last = fit.kind() == Fit.Kind.DATE ? LAST : LAST_TIMESTAMP;
    }

    /** Null for what is no date. Without a seed the value is its own. */
    @Override
    public String of(String value, String seed) {
        if (value.equals("infinity") || value.equals("-infinity")) {
            return value;
        }
        DateText date = DateText.parse(value);
        if (date == null) {
            return null;
        }
        Draw draw = hash.draw(seed == null || seed.isEmpty() ? value : seed);
        long shift = (1 + draw.below(days)) * (draw.below(2) == 0 ? 1L : -1L);
        LocalDate shifted = date.day().plusDays(shift);
        boolean outside = shifted.isBefore(FIRST) || shifted.isAfter(last);
        return date.on(outside ? date.day().minusDays(shift) : shifted);
    }

    @Override
    public double capacity() {
        return 2.0 * days;
    }
}
