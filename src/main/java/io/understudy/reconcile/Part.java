package io.understudy.reconcile;

import java.util.List;
import java.util.Set;

/** Some of a table's rows. The parts of a table leave none of its rows out, whatever order a server has its keys in. */
sealed interface Part {

    /**
     * Rows by their keys, half open. A row lies between two neighbouring bounds in any order, also where another collation
     * puts it into another range than the other server does: then both ranges differ, and its rows are looked up by their
     * keys. Bounds that one server has in another order than the other are no such ranges: see {@link OrderException}.
     *
     * @param from the first key as text, inclusive; null from the lowest one
     * @param to exclusive; null to the highest one
     */
    record KeyRange(List<String> from, List<String> to) implements Part {
        static final KeyRange ALL = new KeyRange(null, null);
    }

    /** Single rows. */
    record Keys(List<List<String>> keys) implements Part {}

    /** Rows by a hash: of the key, where its order is not the same on both sides, or of all values where there is no key. */
    record Buckets(Set<Integer> numbers, int of) implements Part {}
}
