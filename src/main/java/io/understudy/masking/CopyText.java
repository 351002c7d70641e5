package io.understudy.masking;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The fields of COPY's text format: tabs between them, backslashes before what would be mistaken. */
final class CopyText {

    static final byte[] NULL = {'\\', 'N'};

    private static final int COUNTED = 4096;
    /** Of a letter: three bytes of UTF-8, or two when it is escaped. */
    private static final int MOST_BYTES = 3;

    private CopyText() {}

    static boolean isNull(byte[] line, int from, int to) {
        return to - from == 2 && line[from] == '\\' && line[from + 1] == 'N';
    }

    /** The value of a field that is not null. */
    static String unescape(byte[] line, int from, int to) {
        int backslash = from;
        while (backslash < to && line[backslash] != '\\') {
            backslash++;
        }
        if (backslash == to) {
            return new String(line, from, to - from, StandardCharsets.UTF_8);
        }
        byte[] value = Arrays.copyOfRange(line, from, to);
        int length = backslash - from;
        for (int at = backslash; at < to; at++) {
            if (line[at] != '\\' || at + 1 == to) {
                value[length++] = line[at];
                continue;
            }
            at++;
            int digits = octalDigits(line, at, to);
            if (digits > 0) {
                value[length++] = (byte) Integer.parseInt(new String(line, at, digits, StandardCharsets.US_ASCII), 8);
                at += digits - 1;
            } else if (line[at] == 'x' && hexDigits(line, at + 1, to) > 0) {
                int hex = hexDigits(line, at + 1, to);
                value[length++] = (byte) Integer.parseInt(new String(line, at + 1, hex, StandardCharsets.US_ASCII), 16);
                at += hex;
            } else {
                value[length++] = unescaped(line[at]);
            }
        }
        return new String(value, 0, length, StandardCharsets.UTF_8);
    }

    /**
     * Writes a value as a field. There must be room for {@link #most} bytes.
     *
     * @return where it ends
     */
    static int escape(String value, byte[] line, int from) {
        int at = from;
        for (int i = 0; i < value.length(); i++) {
            char letter = value.charAt(i);
            if (letter >= 0x80) {
                return escape(value.substring(i).getBytes(StandardCharsets.UTF_8), line, at);
            }
            at = escape((byte) letter, line, at);
        }
        return at;
    }

    /** How many bytes the field may have. Counted only where guessing would waste memory. */
    static int most(String value) {
        if (value.length() < COUNTED) {
            return MOST_BYTES * value.length();
        }
        int bytes = 0;
        for (int i = 0; i < value.length(); i++) {
            char letter = value.charAt(i);
            // Each half of a pair is two of its four bytes.
            bytes += letter > '\\' ? (letter < 0x80 ? 1 : Character.isSurrogate(letter) ? 2 : 3) : 2;
        }
        return bytes;
    }

    private static int escape(byte[] value, byte[] line, int from) {
        int at = from;
        for (byte letter : value) {
            at = escape(letter, line, at);
        }
        return at;
    }

    private static int escape(byte letter, byte[] line, int from) {
        byte escaped = switch (letter) {
            case '\\' -> '\\';
            case '\b' -> 'b';
            case '\f' -> 'f';
            case '\n' -> 'n';
            case '\r' -> 'r';
            case '\t' -> 't';
            case 0x0b -> 'v';
            default -> 0;
        };
        if (escaped == 0) {
            line[from] = letter;
            return from + 1;
        }
        line[from] = '\\';
        line[from + 1] = escaped;
        return from + 2;
    }

    private static byte unescaped(byte letter) {
        return switch (letter) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'v' -> 0x0b;
            default -> letter;
        };
    }

    private static int octalDigits(byte[] line, int from, int to) {
        int at = from;
        while (at < to && at < from + 3 && line[at] >= '0' && line[at] <= '7') {
            at++;
        }
        return at - from;
    }

    private static int hexDigits(byte[] line, int from, int to) {
        int at = from;
        while (at < to && at < from + 2 && line[at] > 0 && Character.digit(line[at], 16) >= 0) {
            at++;
        }
        return at - from;
    }
}
