package io.understudy.masking;

/**
 * Nothing passes that was not understood.
 *
 * @param mask null: it cannot read the value
 * @param otherwise the mask of such values, and of those whose result has more letters than fit
 */
record GuardedMask(Mask mask, Mask otherwise, int length) implements Mask {

    @Override
    public String of(String value, String seed) {
        String result = mask.of(value, seed);
        return result == null || result.length() > length ? otherwise.of(value, seed) : result;
    }

    @Override
    public double capacity() {
        return mask.capacity();
    }
}
