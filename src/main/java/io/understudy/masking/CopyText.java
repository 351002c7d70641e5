package io.understudy.masking;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The fields of COPY's text format: tabs between them, backslashes before what would be mistaken. */
final class CopyText {

    static final byte[] NULL = {'\\', 'N'};

    /** What follows the backslash; 0 for what needs none. */
    private static final byte[] ESCAPED = escaped();

    private CopyText() {}

    private static byte[] escaped() {
        byte[] escaped = new byte[0x80];
        escaped['\\'] = '\\';
        for (byte letter : new byte[] {'b', 'f', 'n', 'r', 't', 'v'}) {
            escaped[unescaped(letter)] = letter;
        }
        return escaped;
    }

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

    /** How many bytes a value takes as a field. */
    static int size(byte[] value) {
        int size = value.length;
        for (byte letter : value) {
            // A byte of a longer letter is negative.
            if (letter >= 0 && ESCAPED[letter] != 0) {
                size++;
            }
        }
        return size;
    }

    /** Writes a value as a field of that size. */
    static void escape(byte[] value, int size, byte[] line, int from) {
        if (size == value.length) {
            System.arraycopy(value, 0, line, from, size);
            return;
        }
        int at = from;
        for (byte letter : value) {
            byte escaped = letter >= 0 ? ESCAPED[letter] : 0;
            if (escaped != 0) {
                line[at++] = '\\';
            }
            line[at++] = escaped == 0 ? letter : escaped;
        }
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
