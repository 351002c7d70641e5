package io.understudy.reconcile;

/**
 * What rows are like, regardless of their order. Digests are added up and not combined by exclusive or, by which two equal
 * rows would be none.
 */
record Sums(long rows, long digest) {

    static final Sums NONE = new Sums(0, 0);

    Sums plus(Sums other) {
        return new Sums(rows + other.rows, digest + other.digest);
    }
}
