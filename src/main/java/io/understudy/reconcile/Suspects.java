package io.understudy.reconcile;

import io.understudy.reconcile.Discrepancy.Kind;
import io.understudy.reconcile.Part.Keys;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rows that were not equal when both sides were read, one after the other: they differ, or they changed in between. They are
 * read again once the target holds all that the source had when it was read. A row of the source that is still the same
 * version then, and is not what the target has, is on no way any more: that is a discrepancy. One that changed meanwhile is
 * looked at once more.
 */
final class Suspects {

    /** @param repeated the target has several rows of this key, which no index of it forbids */
    private record Pair(RowDigest source, RowDigest target, boolean repeated) {

        static final Pair NONE = new Pair(null, null, false);

        boolean isEqual() {
            return source != null && target != null && !repeated && source.digest() == target.digest();
        }

        /**
         * Whether the source's row was not touched since. One that was not there either time may have come and gone in
         * between; then it came and went at the target as well.
         */
        boolean isSameAtSource(Pair later) {
            return source == null ? later.source() == null && isSameAtTarget(later) : source.equals(later.source());
        }

        private boolean isSameAtTarget(Pair later) {
            return target != null
                    && later.target() != null
                    && target.version() == later.target().version();
        }
    }

    private static final int MOST_KEYS = 1_000;

    private final Side source;
    private final Side target;
    private final boolean keyed;
    private final boolean ordered;
    private final Map<Part, Map<List<String>, Pair>> parts = new LinkedHashMap<>();

    /**
     * @param keyed whether rows are told apart by a key, or equal ones are counted
     * @param ordered whether both sides can be asked for rows by their keys
     */
    Suspects(Side source, Side target, boolean keyed, boolean ordered) {
        this.source = source;
        this.target = target;
        this.keyed = keyed;
        this.ordered = ordered;
    }

    /** Reads these parts for the first time. */
    void add(Part part) throws SQLException {
        Map<List<String>, Pair> unequal = read(part);
        unequal.values().removeIf(Pair::isEqual);
        if (!unequal.isEmpty()) {
            parts.put(part, unequal);
        }
    }

    boolean isEmpty() {
        return parts.isEmpty();
    }

    long count() {
        return parts.values().stream().mapToLong(Map::size).sum();
    }

    /**
     * Reads them again.
     *
     * @return those that are not on their way; the others stay
     */
    List<Discrepancy> lookAgain() throws SQLException {
        List<Discrepancy> found = new ArrayList<>();
        for (Part part : List.copyOf(parts.keySet())) {
            Map<List<String>, Pair> before = parts.get(part);
            Map<List<String>, Pair> now = ordered ? readKeys(List.copyOf(before.keySet())) : read(part);
            Map<List<String>, Pair> left = new HashMap<>();
            before.forEach((key, pair) -> {
                Pair again = now.getOrDefault(key, Pair.NONE);
                boolean gone = again.source() == null && again.target() == null;
                if (gone || again.isEqual()) {
                    return;
                }
                if (pair.isSameAtSource(again)) {
                    found.add(discrepancy(key, again));
                } else {
                    left.put(key, again);
                }
            });
            if (left.isEmpty()) {
                parts.remove(part);
            } else {
                parts.put(part, left);
            }
        }
        return found;
    }

    /** By their keys, because a row may be in another range at the other side. */
    private Map<List<String>, Pair> readKeys(List<List<String>> keys) throws SQLException {
        Map<List<String>, Pair> pairs = new HashMap<>();
        for (int from = 0; from < keys.size(); from += MOST_KEYS) {
            pairs.putAll(read(new Keys(keys.subList(from, Math.min(keys.size(), from + MOST_KEYS)))));
        }
        return pairs;
    }

    /**
     * The target first: between the two readings of the source a row that is the same version in both was that version all
     * the time, also when the target was read.
     */
    private Map<List<String>, Pair> read(Part part) throws SQLException {
        Map<List<String>, Pair> pairs = new HashMap<>();
        for (RowDigest row : target.rows(part)) {
            pairs.merge(row.key(), new Pair(null, row, false), (one, other) -> new Pair(null, row, true));
        }
        for (RowDigest row : source.rows(part)) {
            Pair other = pairs.getOrDefault(row.key(), Pair.NONE);
            pairs.put(row.key(), new Pair(row, other.target(), other.repeated()));
        }
        return pairs;
    }

    private Discrepancy discrepancy(List<String> key, Pair pair) {
        if (keyed) {
            Kind kind = pair.target() == null ? Kind.MISSING : pair.source() == null ? Kind.EXTRA : Kind.DIFFERENT;
            return new Discrepancy(key, kind, 1);
        }
        long more = rows(pair.source()) - rows(pair.target());
        return new Discrepancy(key, more > 0 ? Kind.MISSING : Kind.EXTRA, Math.abs(more));
    }

    private static long rows(RowDigest equal) {
        return equal == null ? 0 : equal.digest();
    }
}
