package io.understudy.masking;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Values that must never be seen outside production ({@code understudy.masking.canaries}). Each is looked for in all that
 * leaves, after it was masked. Prints without them.
 */
public final class Canaries {

    public static final Canaries NONE = new Canaries(List.of());

    /** A shorter one would be met by chance. */
    private static final int SHORTEST = 6;

    private final List<String> texts;
    private final byte[][] bytes;
    /** First bytes, by which nearly all places are passed over. */
    private final boolean[] first = new boolean[256];

    private Canaries(List<String> texts) {
        this.texts = List.copyOf(texts);
        this.bytes = texts.stream()
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        for (byte[] canary : bytes) {
            first[canary[0] & 0xff] = true;
        }
    }

    /** @throws IllegalArgumentException with what is wrong, as the end of a sentence that names the setting */
    public static Canaries of(List<String> texts) {
        for (int i = 0; i < texts.size(); i++) {
            if (texts.get(i).length() < SHORTEST) {
                throw new IllegalArgumentException("has a value, number " + (i + 1) + ", of fewer than " + SHORTEST
                        + " letters, which would be met by chance");
            }
        }
        return texts.isEmpty() ? NONE : new Canaries(texts);
    }

    public boolean isNothing() {
        return bytes.length == 0;
    }

    /** For the search at the target. */
    public List<String> texts() {
        return texts;
    }

    /** Which of them is in there, from 1; 0 for none. */
    public int in(byte[] text, int length) {
        for (int i = 0; i < length; i++) {
            if (first[text[i] & 0xff]) {
                for (int c = 0; c < bytes.length; c++) {
                    if (startsAt(text, i, length, bytes[c])) {
                        return c + 1;
                    }
                }
            }
        }
        return 0;
    }

    private static boolean startsAt(byte[] text, int from, int length, byte[] canary) {
        if (from + canary.length > length) {
            return false;
        }
        for (int i = 0; i < canary.length; i++) {
            if (text[from + i] != canary[i]) {
                return false;
            }
        }
        return true;
    }

    /** Which of them is in there, from 1; 0 for none. */
    public int in(String text) {
        for (int i = 0; i < texts.size(); i++) {
            if (text != null && text.contains(texts.get(i))) {
                return i + 1;
            }
        }
        return 0;
    }

    @Override
    public String toString() {
        return bytes.length + " canaries";
    }
}
