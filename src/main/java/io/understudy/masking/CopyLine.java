package io.understudy.masking;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Masks one row of COPY's text format after another. Fields without a mask are copied as bytes, in runs, and never
 * decoded: most of a table is not personal, and rows have to pass as fast as COPY reads them.
 */
public final class CopyLine {

    /** Between the parts of a seed: in no value that people type. */
    static final char SEPARATOR = '\u001f';

    private final Mask[] masks;
    private final int[][] seeds;
    /** Of the line at hand: where each field begins, and one behind the last its end; each counts the tab. */
    private final int[] starts;

    private byte[] bytes = new byte[8192];
    private int length;

    /**
     * @param masks by field; null: the field stays
     * @param seeds by field, the fields whose text, before any mask, is the seed of its mask; null: it has none
     */
    public CopyLine(Mask[] masks, int[][] seeds) {
        this.masks = masks.clone();
        this.seeds = seeds.clone();
        this.starts = new int[masks.length + 1];
    }

    /**
     * The result is in {@link #bytes}, until the next call.
     *
     * @param line one row, with the line feed behind it
     */
    public void mask(byte[] line) {
        find(line);
        length = 0;
        int kept = 0;
        for (int field = 0; field < masks.length; field++) {
            int from = starts[field];
            int to = starts[field + 1] - 1;
            if (masks[field] == null || CopyText.isNull(line, from, to)) {
                continue;
            }
            append(line, kept, from);
            append(masks[field].of(CopyText.unescape(line, from, to), seed(line, seeds[field])));
            kept = to;
        }
        append(line, kept, line.length);
    }

    /** Longer than the row; the same array until a longer row comes. */
    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return length;
    }

    private void find(byte[] line) {
        int end = line.length;
        if (end == 0 || line[end - 1] != '\n') {
            throw new IllegalStateException("A row of COPY does not end with a line feed; it cannot be masked");
        }
        int field = 1;
        for (int i = 0; i < end - 1; i++) {
            if (line[i] == '\t') {
                if (field == masks.length) {
                    throw wrongNumber();
                }
                starts[field++] = i + 1;
            }
        }
        if (field != masks.length) {
            throw wrongNumber();
        }
        starts[field] = end;
    }

    private IllegalStateException wrongNumber() {
        return new IllegalStateException("A row of COPY does not have the " + masks.length
                + " columns that were asked for; it cannot be masked");
    }

    private String seed(byte[] line, int[] fields) {
        if (fields == null) {
            return null;
        }
        StringBuilder seed = new StringBuilder();
        for (int i = 0; i < fields.length; i++) {
            if (i > 0) {
                seed.append(SEPARATOR);
            }
            seed.append(text(line, starts[fields[i]], starts[fields[i] + 1] - 1));
        }
        return seed.toString();
    }

    private static String text(byte[] line, int from, int to) {
        return CopyText.isNull(line, from, to) ? "" : CopyText.unescape(line, from, to);
    }

    private void append(byte[] line, int from, int to) {
        reserve(to - from);
        System.arraycopy(line, from, bytes, length, to - from);
        length += to - from;
    }

    private void append(String value) {
        if (value == null) {
            append(CopyText.NULL, 0, CopyText.NULL.length);
            return;
        }
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        int size = CopyText.size(text);
        reserve(size);
        CopyText.escape(text, size, bytes, length);
        length += size;
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }
}
