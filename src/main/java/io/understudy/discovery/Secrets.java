package io.understudy.discovery;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** What tells a credential from other long words. */
final class Secrets {

    /** Bits a character; words and names stay below, random letters and digits do not. */
    private static final double RANDOM_BITS = 3.9;

    private Secrets() {}

    /** Three parts, of which the first is a JSON object that names an algorithm. */
    static boolean isJwt(String token) {
        try {
            String header = new String(
                    Base64.getUrlDecoder().decode(token.substring(0, token.indexOf('.'))), StandardCharsets.UTF_8);
            return header.startsWith("{") && header.contains("\"alg\"");
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Capitals, small letters and digits in no order. */
    static boolean isRandom(String word) {
        return word.chars().anyMatch(Character::isUpperCase)
                && word.chars().anyMatch(Character::isLowerCase)
                && word.chars().filter(Character::isDigit).count() >= 2
                && entropy(word) >= RANDOM_BITS;
    }

    /** Of Shannon, in bits a character. */
    static double entropy(String word) {
        int[] times = new int[128];
        word.chars().filter(letter -> letter < 128).forEach(letter -> times[letter]++);
        double bits = 0;
        for (int count : times) {
            if (count > 0) {
                double share = (double) count / word.length();
                bits -= share * Math.log(share) / Math.log(2);
            }
        }
        return bits;
    }
}
