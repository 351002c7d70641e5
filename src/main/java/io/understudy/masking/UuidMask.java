package io.understudy.masking;

import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;

/** A random UUID (version 4) that is the same one every time. */
final class UuidMask implements Mask {

    private static final Pattern UUID_TEXT =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    private final KeyedHash hash;

    UuidMask(KeyedHash hash) {
        this.hash = hash;
    }

    @Override
    public String of(String value, String seed) {
        if (value.length() != 36 || !UUID_TEXT.matcher(value).matches()) {
            return null;
        }
        Draw draw = hash.draw(value.toLowerCase(Locale.ROOT));
        long high = draw.bits() & 0xffffffffffff0fffL | 0x4000L;
        long low = draw.bits() & 0x3fffffffffffffffL | 0x8000000000000000L;
        return new UUID(high, low).toString();
    }

    /** 122 bits, and no two of any number of values that there will ever be share one. */
    @Override
    public double capacity() {
        return Math.pow(2, 122);
    }
}
