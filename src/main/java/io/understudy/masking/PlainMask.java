package io.understudy.masking;

import java.util.function.UnaryOperator;

/** A mask that is a function of the value. */
record PlainMask(UnaryOperator<String> mask, double capacity) implements Mask {

    @Override
    public String of(String value, String seed) {
        return mask.apply(value);
    }
}
