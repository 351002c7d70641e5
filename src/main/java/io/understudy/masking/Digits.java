package io.understudy.masking;

/** Numbers as texts of digits. */
final class Digits {

    private Digits() {}

    /** The same number of digits before and behind the point, none of them kept; a first 0 stays, no other comes. */
    static String replaced(String number, Draw draw) {
        StringBuilder result = new StringBuilder(number);
        boolean first = true;
        for (int i = 0; i < number.length(); i++) {
            char letter = number.charAt(i);
            if (letter == 'e' || letter == 'E') {
                break;
            }
            if (letter < '0' || letter > '9') {
                continue;
            }
            boolean leading = first && i + 1 < number.length() && letter == '0';
            if (!leading) {
                result.setCharAt(i, (char) (first ? '1' + draw.below(9) : '0' + draw.below(10)));
            }
            first = false;
        }
        return result.toString();
    }
}
