package io.understudy.masking;

/** Text on its way in without the blanks that pad it, on its way out not longer than its column. */
record TextMask(Mask mask, Fit fit) implements Mask {

    /** Of the alphabet that most masks write in. */
    private static final int LETTERS = 26;
    /** Longer texts are as many as anybody needs. */
    private static final int LETTERS_TO_COUNT = 30;

    /** Text without a letter tells nothing and often means "none": it stays. */
    @Override
    public String of(String value, String seed) {
        String text = fit.padded() ? value.stripTrailing() : value;
        if (text.isEmpty()) {
            return text;
        }
        String result = mask.of(text, seed);
        return result == null || result.length() <= fit.length()
                ? result
                : cut(result, fit.length()).stripTrailing();
    }

    @Override
    public double capacity() {
        double most = fit.length() > LETTERS_TO_COUNT ? Double.POSITIVE_INFINITY : Math.pow(LETTERS, fit.length());
        return Math.min(mask.capacity(), most);
    }

    /** Its first letters: code points, as Postgres counts. */
    static String cut(String text, int letters) {
        if (text.length() <= letters || text.codePointCount(0, text.length()) <= letters) {
            return text;
        }
        return text.substring(0, text.offsetByCodePoints(0, letters));
    }
}
