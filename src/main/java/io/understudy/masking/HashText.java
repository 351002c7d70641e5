package io.understudy.masking;

import java.util.HexFormat;

/** A digest as text. */
record HashText(KeyedHash hash) {

    /** 130 bits: nobody will see two values share one. */
    private static final int LETTERS = 26;

    private static final int HEX_BYTES = 16;
    static final double HEX_CAPACITY = Math.pow(256, HEX_BYTES);

    private static final int BITS = 5;
    private static final char[] ALPHABET = "abcdefghijklmnopqrstuvwxyz234567".toCharArray();

    Mask letters(int most) {
        int letters = Math.min(most, LETTERS);
        return new PlainMask(value -> base32(hash.digest(value), letters), Math.pow(ALPHABET.length, letters));
    }

    /** As bytea. */
    String hex(String value) {
        return "\\x" + HexFormat.of().formatHex(hash.digest(value), 0, HEX_BYTES);
    }

    /** 51 letters at most. */
    static String base32(byte[] digest, int letters) {
        char[] text = new char[letters];
        int buffer = 0;
        int bits = 0;
        int next = 0;
        for (int i = 0; i < letters; i++) {
            if (bits < BITS) {
                buffer = (buffer << 8 | digest[next++] & 0xff) & 0xffff;
                bits += 8;
            }
            bits -= BITS;
            text[i] = ALPHABET[buffer >>> bits & 31];
        }
        return new String(text);
    }
}
