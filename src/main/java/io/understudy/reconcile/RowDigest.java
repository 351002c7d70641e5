package io.understudy.reconcile;

import java.util.List;

/**
 * One row, or without a key all rows that are equal.
 *
 * @param key as text; without a key the digest
 * @param digest of all values that are compared; without a key how many rows there are
 * @param version another one after every update, so that a value that came back is not taken for one that stayed; 0 where
 *     that does not matter
 */
record RowDigest(List<String> key, long digest, long version) {}
