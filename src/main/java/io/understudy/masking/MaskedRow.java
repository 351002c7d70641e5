package io.understudy.masking;

/**
 * Values of a row that may leave the source's side. Made by this package only: whoever holds one needs not ask whether
 * it was masked.
 *
 * <p>A row that was masked, kept at the target and is read from there again is made by {@link #released}. Nothing else
 * may call it ({@code ArchitectureTest}).
 */
public final class MaskedRow {

    /** Stands for a value that the log does not carry. Compared by identity. */
    public static final String UNCHANGED = new String("unchanged");

    private final String[] values;

    MaskedRow(String[] values) {
        this.values = values;
    }

    /** Of values that had left already. */
    public static MaskedRow released(String[] values) {
        return new MaskedRow(values);
    }

    /** Postgres text in the order of the shape, null is SQL null. Not a copy. */
    public String[] values() {
        return values;
    }
}
