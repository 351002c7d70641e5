package io.understudy.masking;

/** Text on its way in without the blanks that pad it, on its way out not longer than its column. */
record TextMask(Mask mask, Fit fit) implements Mask {

    /** Text without a letter tells nothing and often means "none": it stays. */
    @Override
    public String of(String value, String seed) {
        String text = fit.padded() ? value.stripTrailing() : value;
        if (text.isEmpty()) {
            return text;
        }
        String result = mask.of(text, seed);
        return result == null ? null : cut(result, fit.length());
    }

    @Override
    public double capacity() {
        return mask.capacity();
    }

    /** Its first letters: code points, as Postgres counts. */
    static String cut(String text, int letters) {
        if (text.length() <= letters || text.codePointCount(0, text.length()) <= letters) {
            return text;
        }
        return text.substring(0, text.offsetByCodePoints(0, letters));
    }
}
