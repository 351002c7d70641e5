package io.understudy.masking;

import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Whole numbers, each another one of the same sign, no two the same. They are permuted within what fits all columns
 * that have to agree. Where one of these holds a larger number, to which the narrower ones cannot refer, that one is
 * permuted among those up to the next bound that a type has.
 */
final class WholeNumberMask implements Mask {

    /** 2 to the power of 63 as an unsigned number. */
    private static final long LONG_RANGE = Long.MIN_VALUE;

    private final Secret secret;
    private final KeyedHash hash;
    private final Fit fit;
    /** By their first number, which is added to what each permutes. */
    private final Map<Long, Permutation> rings = new TreeMap<>(Long::compareUnsigned);

    private final TreeSet<Long> bounds = new TreeSet<>(Long::compareUnsigned);
    /** What fits all columns: nearly all numbers that there are. */
    private final long range;

    private final Permutation fitting;

    WholeNumberMask(Secret secret, KeyedHash hash, Fit fit) {
        this.secret = secret;
        this.hash = hash;
        this.fit = fit;
        this.range = fit.range().bitLength() > 63 ? LONG_RANGE : fit.range().longValue();
        this.fitting = new Permutation(secret, range);
        bounds.add(1L << 15);
        bounds.add(1L << 31);
        for (long power = 1, digits = 0; digits < 18; digits++) {
            power *= 10;
            bounds.add(power);
        }
        bounds.removeIf(bound -> Long.compareUnsigned(bound, range) <= 0);
        bounds.add(range);
        bounds.add(LONG_RANGE);
    }

    @Override
    public String of(String value, String seed) {
        if (!isWhole(value)) {
            return unlimited(value);
        }
        long number;
        try {
            number = Long.parseLong(value);
        } catch (NumberFormatException e) {
            return unlimited(value);
        }
        // -1 is the first of the negative ones: each type has one more of these than it has positive ones.
        return Long.toString(number < 0 ? ~permuted(~number) : permuted(number));
    }

    @Override
    public double capacity() {
        return Double.POSITIVE_INFINITY;
    }

    /** Parsing would also take the digits of other scripts. */
    private static boolean isWhole(String value) {
        for (int i = value.startsWith("-") ? 1 : 0; i < value.length(); i++) {
            if (value.charAt(i) < '0' || value.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private long permuted(long number) {
        if (Long.compareUnsigned(number, range) < 0) {
            return fitting.of(number);
        }
        long first = bounds.floor(number);
        Permutation ring = rings.get(first);
        if (ring == null) {
            ring = new Permutation(secret, bounds.higher(number) - first);
            rings.put(first, ring);
        }
        return first + ring.of(number - first);
    }

    /** Numerics of more digits, or with a point: too many for two of them to share a pseudonym. Null: no number. */
    private String unlimited(String value) {
        if (fit.kind() != Fit.Kind.NUMERIC || value.isEmpty()) {
            return null;
        }
        boolean number = value.chars().anyMatch(letter -> letter >= '0' && letter <= '9');
        // Not a number, and the infinities.
        return number ? Digits.replaced(value, hash.draw(value)) : value;
    }
}
