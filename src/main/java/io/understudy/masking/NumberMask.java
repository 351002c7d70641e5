package io.understudy.masking;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/**
 * A number near the one it was: other by at least its last digit, as far as the bound allows, with as many digits
 * behind the point, and of the same sign.
 */
final class NumberMask implements Mask {

    /** More digits or a larger exponent than any type has that people write by hand. */
    private static final int MOST_DIGITS = 1000;
    /** A power of ten on its own has digits added, or there would be nothing to change. */
    private static final int MORE_DIGITS = 3;
    /** Of a real, at which noise could leave the type; a double goes farther. */
    private static final int FLOAT_EXPONENT = 36;

    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
    private static final int FRACTION_BITS = 52;

    private final KeyedHash hash;
    private final boolean relative;
    private final BigDecimal bound;
    private final Fit fit;

    /** @param bound {@code 10%} or {@code 5} */
    NumberMask(KeyedHash hash, String bound, Fit fit) {
        this.hash = hash;
        this.relative = bound.endsWith("%");
        this.bound = new BigDecimal(relative ? bound.substring(0, bound.length() - 1) : bound);
        this.fit = fit;
    }

    /** Null for what is no number. */
    @Override
    public String of(String value, String seed) {
        if (isSpecial(value)) {
            return value;
        }
        BigDecimal number = parse(value);
        if (number == null) {
            return null;
        }
        BigDecimal noisy = noisy(number, hash.draw(value));
        if (noisy == null) {
            return null;
        }
        // What Postgres writes without an exponent, it gets without one.
        boolean exponent = value.indexOf('e') >= 0 || value.indexOf('E') >= 0;
        return exponent ? noisy.toString() : noisy.toPlainString();
    }

    @Override
    public double capacity() {
        return relative ? 1e6 : 2 * bound.doubleValue();
    }

    static boolean inRange(BigDecimal number, Fit fit) {
        BigDecimal most = new BigDecimal(fit.range());
        // Each integer type has one more negative number; nobody needs it here.
        return switch (fit.kind()) {
            case NUMERIC ->
                fit.precision() == 0
                        || number.abs()
                                        .setScale(fit.scale(), RoundingMode.HALF_UP)
                                        .compareTo(limit(fit))
                                < 0;
            case MONEY -> number.abs().movePointRight(2).compareTo(most) < 0;
            case SMALLINT, INTEGER, BIGINT -> number.abs().compareTo(most) < 0;
            default -> true;
        };
    }

    private static BigDecimal limit(Fit fit) {
        return BigDecimal.ONE.scaleByPowerOfTen(fit.precision() - fit.scale());
    }

    private static boolean isSpecial(String value) {
        return switch (value) {
            case "NaN", "Infinity", "-Infinity" -> true;
            default -> false;
        };
    }

    private BigDecimal parse(String value) {
        String text = fit.kind() == Fit.Kind.MONEY ? value.replace("$", "").replace(",", "") : value;
        if (text.isEmpty() || text.length() > MOST_DIGITS || !isPlain(text)) {
            return null;
        }
        try {
            BigDecimal number = new BigDecimal(text);
            return Math.abs((long) number.scale()) > MOST_DIGITS ? null : number;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** BigDecimal would also read the digits of other scripts. */
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            if (letter > '9' && letter != 'e' && letter != 'E' || letter < '+') {
                return false;
            }
        }
        return true;
    }

    private BigDecimal noisy(BigDecimal number, Draw draw) {
        BigDecimal scaled =
                number.scale() < 0 && number.signum() != 0 ? number.setScale(number.scale() + MORE_DIGITS) : number;
        // numeric(5,-2) has hundreds as its last digit.
        int scale = fit.kind() == Fit.Kind.NUMERIC && fit.scale() < 0 ? fit.scale() : scaled.scale();
        BigDecimal most = relative
                ? scaled.abs().multiply(bound).divide(HUNDRED, scale, RoundingMode.DOWN)
                : bound.setScale(scale, RoundingMode.DOWN);
        BigInteger units = most.unscaledValue();
        if (units.signum() == 0) {
            return number;
        }
        BigInteger delta = BigInteger.ONE.add(units.subtract(BigInteger.ONE)
                .multiply(BigInteger.valueOf(draw.bits() >>> (Long.SIZE - FRACTION_BITS)))
                .shiftRight(FRACTION_BITS));
        BigDecimal noise = new BigDecimal(delta, scale);
        boolean up = draw.below(2) == 0;
        BigDecimal first = up ? scaled.add(noise) : scaled.subtract(noise);
        BigDecimal second = up ? scaled.subtract(noise) : scaled.add(noise);
        if (stays(first, number)) {
            return first;
        }
        return stays(second, number) ? second : null;
    }

    /** Within its type, and on its side of zero: many checks ask for that. */
    private boolean stays(BigDecimal result, BigDecimal number) {
        if (result.signum() * number.signum() < 0 || !inRange(result, fit)) {
            return false;
        }
        int exponent = number.precision() - number.scale();
        if (fit.kind() == Fit.Kind.FLOAT && number.signum() != 0) {
            boolean grows = result.abs().compareTo(number.abs()) > 0;
            return exponent > FLOAT_EXPONENT ? !grows : exponent >= -FLOAT_EXPONENT || grows;
        }
        return number.signum() != 0 || result.signum() >= 0;
    }
}
