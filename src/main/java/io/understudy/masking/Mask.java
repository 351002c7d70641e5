package io.understudy.masking;

/**
 * Turns one value into one that may leave production. The same value becomes the same pseudonym in every table, run and
 * process that has the same {@link Secret}, and without it nobody can tell which value it was.
 *
 * <p>Fails closed: what a mask cannot read becomes a pseudonym of another kind, or null, and never passes as it is.
 * Confined to one thread, because it holds the state of a digest.
 */
public interface Mask {

    /**
     * @param value the text Postgres writes for it, never null
     * @param seed the raw text that identifies the row or the person; looked at only if {@link MaskRule#seeded()}
     * @return text that Postgres reads as a value of the column; null: SQL null
     */
    String of(String value, String seed);

    /**
     * How many different results it has for different values: infinite when no two values share one, 1 for a constant.
     * Where the results follow the shape of the value it is an estimate for values of nine letters.
     */
    double capacity();
}
