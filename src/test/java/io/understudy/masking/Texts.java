package io.understudy.masking;

import java.util.Random;

/** Generated values, with all that has a meaning to one of the formats. */
final class Texts {

    private static final String SPECIAL = "\\\"{},'\t\n\r\b\f\u000b \u001f\u007fNnullxX07äßÉ漢字\u0301\u0939\u093f";

    private Texts() {}

    static String any(Random random, int most) {
        StringBuilder text = new StringBuilder();
        int letters = random.nextInt(most + 1);
        for (int i = 0; i < letters; i++) {
            switch (random.nextInt(4)) {
                case 0 -> text.append((char) ('a' + random.nextInt(26)));
                case 1 -> text.append((char) ('A' + random.nextInt(26)));
                case 2 -> text.append(SPECIAL.charAt(random.nextInt(SPECIAL.length())));
                default -> text.appendCodePoint(random.nextInt(20) == 0 ? 0x1f600 : 1 + random.nextInt(0x7f));
            }
        }
        return text.toString();
    }
}
