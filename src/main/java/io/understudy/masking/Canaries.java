package io.understudy.masking;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Values that must never be seen outside production ({@code understudy.masking.canaries}). Each is looked for in all that
 * leaves, after it was masked, as it is and as arrays and JSON write it. Prints without them.
 */
public final class Canaries {

    public static final Canaries NONE = new Canaries(List.of());

    /** A shorter one would be met by chance. */
    private static final int SHORTEST = 6;

    /** One way to write one of them. */
    private record Spelling(int canary, String text, byte[] inCopy) {}

    private final List<String> texts;
    private final List<Spelling> spellings = new ArrayList<>();
    /** First bytes, by which nearly all places are passed over. */
    private final boolean[] first = new boolean[256];

    private Canaries(List<String> texts) {
        this.texts = List.copyOf(texts);
        for (int i = 0; i < texts.size(); i++) {
            for (String text : spellings(texts.get(i))) {
                byte[] plain = text.getBytes(StandardCharsets.UTF_8);
                byte[] escaped = new byte[CopyText.size(plain)];
                CopyText.escape(plain, escaped.length, escaped, 0);
                spellings.add(new Spelling(i + 1, text, escaped));
                first[escaped[0] & 0xff] = true;
            }
        }
    }

    private static Set<String> spellings(String text) {
        Set<String> all = new LinkedHashSet<>();
        String json = new String(JsonStringEncoder.getInstance().quoteAsString(text));
        for (String form : List.of(text, json)) {
            all.add(form);
            all.add(form.replace("\\", "\\\\").replace("\"", "\\\""));
        }
        return all;
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
        return texts.isEmpty();
    }

    /** For the search at the target. */
    public List<String> texts() {
        return texts;
    }

    /** Which of them is in there, from 1; 0 for none. @param line of COPY's text format */
    public int in(byte[] line, int length) {
        if (spellings.isEmpty()) {
            return 0;
        }
        for (int i = 0; i < length; i++) {
            if (first[line[i] & 0xff]) {
                for (Spelling spelling : spellings) {
                    if (startsAt(line, i, length, spelling.inCopy())) {
                        return spelling.canary();
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
        for (Spelling spelling : spellings) {
            if (text != null && text.contains(spelling.text())) {
                return spelling.canary();
            }
        }
        return 0;
    }

    @Override
    public String toString() {
        return texts.size() + " canaries";
    }
}
