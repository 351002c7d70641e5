package io.understudy.masking;

import java.util.List;

/** One of a list of values. */
final class ListMask implements Mask {

    private final KeyedHash hash;
    private final List<String> values;

    ListMask(KeyedHash hash, List<String> values) {
        this.hash = hash;
        this.values = values;
    }

    @Override
    public String of(String value, String seed) {
        return hash.draw(value).of(values);
    }

    @Override
    public double capacity() {
        return values.stream().distinct().count();
    }
}
