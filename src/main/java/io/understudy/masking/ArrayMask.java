package io.understudy.masking;

/** Masks every element of an array; its dimensions, bounds and nulls stay. */
final class ArrayMask implements Mask {

    private final Mask element;
    private final boolean nullable;

    ArrayMask(Mask element, boolean nullable) {
        this.element = element;
        this.nullable = nullable;
    }

    @Override
    public String of(String value, String seed) {
        String result = ArrayText.map(value, text -> element.of(text, seed));
        return result != null || nullable ? result : "{}";
    }

    @Override
    public double capacity() {
        return element.capacity();
    }
}
