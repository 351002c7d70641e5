package io.understudy.reconcile;

import io.understudy.reconcile.Discrepancy.Kind;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Rows that were not equal when both sides were read, one after the other: they differ, or they changed in between. They are
 * read again once the target holds all that the source had when it was read. A row of the source that is still the same
 * version then, and is not what the target has, is on no way any more: that is a discrepancy. One that changed meanwhile is
 * looked at once more.
 */
final class Suspects {

    private record Pair(RowDigest source, RowDigest target) {
        boolean isEqual() {
            return source != null && target != null && source.digest() == target.digest();
        }

        /** Whether the source's row was not touched since. */
        boolean isSameAtSource(Pair later) {
            return Objects.equals(source, later.source());
        }
    }

    private final Side source;
    private final Side target;
    private final boolean keyed;
    private final Map<Part, Map<List<String>, Pair>> parts = new LinkedHashMap<>();

    /** @param keyed whether rows are told apart by a key, or equal ones are counted */
    Suspects(Side source, Side target, boolean keyed) {
        this.source = source;
        this.target = target;
        this.keyed = keyed;
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
            Map<List<String>, Pair> now = read(part);
            Map<List<String>, Pair> left = new HashMap<>();
            before.forEach((key, pair) -> {
                Pair again = now.getOrDefault(key, new Pair(null, null));
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

    /**
     * The target first: between the two readings of the source a row that is the same version in both was that version all
     * the time, also when the target was read.
     */
    private Map<List<String>, Pair> read(Part part) throws SQLException {
        Map<List<String>, Pair> pairs = new HashMap<>();
        for (RowDigest row : target.rows(part)) {
            pairs.put(row.key(), new Pair(null, row));
        }
        for (RowDigest row : source.rows(part)) {
            RowDigest other =
                    pairs.getOrDefault(row.key(), new Pair(null, null)).target();
            pairs.put(row.key(), new Pair(row, other));
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
