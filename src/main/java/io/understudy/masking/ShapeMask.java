package io.understudy.masking;

/**
 * Every letter becomes a letter of the same case, every digit a digit; what is neither stays. So length, punctuation
 * and most formats stay what they were.
 */
final class ShapeMask implements Mask {

    /** What of a value passes. */
    enum Kept {
        NOTHING,
        /** Two digits of the country after a plus, zeros before anything else. */
        DIALLING_PREFIX
    }

    /** Values are taken to be of this length where a capacity is asked for, and of digits. */
    private static final int LIKELY_LETTERS = 9;
    /** With fewer digits than these behind it the country would be most of the number. */
    private static final int DIGITS_WITH_COUNTRY = 6;

    private static final int FIRST_IDEOGRAPH = 0x4e00;
    private static final int IDEOGRAPHS = 0x5000;

    private final KeyedHash hash;
    private final Kept kept;
    private final int length;

    ShapeMask(KeyedHash hash, Kept kept, int length) {
        this.hash = hash;
        this.kept = kept;
        this.length = length;
    }

    @Override
    public String of(String value, String seed) {
        Draw draw = hash.draw(value);
        int from = kept == Kept.DIALLING_PREFIX ? prefix(value) : 0;
        String result = shaped(value, from, draw);
        // One of ten digits becomes itself; whoever sees a value unmasked believes that all are.
        for (int again = 0; again < 8 && result.equals(value); again++) {
            result = shaped(value, from, draw);
        }
        return result;
    }

    @Override
    public double capacity() {
        return Math.pow(10, Math.min(length, LIKELY_LETTERS));
    }

    private static String shaped(String value, int from, Draw draw) {
        StringBuilder result = new StringBuilder(value.length()).append(value, 0, from);
        for (int i = from; i < value.length(); i++) {
            char letter = value.charAt(i);
            if (letter >= 'a' && letter <= 'z') {
                result.append((char) ('a' + draw.below(26)));
            } else if (letter >= 'A' && letter <= 'Z') {
                result.append((char) ('A' + draw.below(26)));
            } else if (letter >= '0' && letter <= '9') {
                result.append((char) ('0' + draw.below(10)));
            } else if (letter < 0x80) {
                result.append(letter);
            } else {
                int codePoint = value.codePointAt(i);
                result.appendCodePoint(other(codePoint, draw));
                i += Character.charCount(codePoint) - 1;
            }
        }
        return result.toString();
    }

    /** Of any other script. */
    private static int other(int letter, Draw draw) {
        if (Character.isIdeographic(letter)) {
            return FIRST_IDEOGRAPH + draw.below(IDEOGRAPHS);
        }
        if (Character.isUpperCase(letter) || Character.isTitleCase(letter)) {
            return 'A' + draw.below(26);
        }
        return switch (Character.getType(letter)) {
            case Character.DECIMAL_DIGIT_NUMBER, Character.OTHER_NUMBER, Character.LETTER_NUMBER ->
                '0' + draw.below(10);
            // Marks too: in many scripts they are the vowels.
            case Character.LOWERCASE_LETTER,
                    Character.MODIFIER_LETTER,
                    Character.OTHER_LETTER,
                    Character.NON_SPACING_MARK,
                    Character.COMBINING_SPACING_MARK,
                    Character.ENCLOSING_MARK -> 'a' + draw.below(26);
            default -> letter;
        };
    }

    private static int prefix(String value) {
        int from = 0;
        boolean country = value.startsWith("+")
                && value.chars().filter(Character::isDigit).count() >= DIGITS_WITH_COUNTRY;
        if (country) {
            from = 1;
            while (from < 3 && Character.isDigit(value.charAt(from))) {
                from++;
            }
            return from;
        }
        while (from < value.length() && value.charAt(from) == '0') {
            from++;
        }
        return from;
    }
}
