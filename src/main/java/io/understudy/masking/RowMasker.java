package io.understudy.masking;

import io.understudy.postgres.TableId;
import java.util.List;

/** Masks rows of one shape. Belongs to one thread. */
public final class RowMasker {

    /**
     * A place in the row that does not leave as it is.
     *
     * @param mask null for a value that does not leave at all
     * @param seeds places of the columns that seed it; empty when it is seeded by its own value
     */
    record Place(int index, Mask mask, int[] seeds) {}

    private final Place[] places;
    private final String[] masked;
    private final Canaries canaries;
    private final TableId table;

    RowMasker(List<Place> places, Canaries canaries, TableId table) {
        this.places = places.toArray(Place[]::new);
        this.masked = new String[this.places.length];
        this.canaries = canaries;
        this.table = table;
    }

    /** @param row is taken over: its masked values are replaced in it */
    public MaskedRow mask(String[] row) {
        // Seeds are raw values, some of them masked themselves: all is computed before anything is replaced.
        for (int i = 0; i < places.length; i++) {
            masked[i] = masked(places[i], row);
        }
        for (int i = 0; i < places.length; i++) {
            row[places[i].index()] = masked[i];
        }
        if (!canaries.isNothing()) {
            requireNoCanary(row);
        }
        return new MaskedRow(row);
    }

    private void requireNoCanary(String[] row) {
        for (String value : row) {
            int canary = canaries.in(value);
            if (canary > 0) {
                throw new CanaryException(table, canary);
            }
        }
    }

    private static String masked(Place place, String[] row) {
        String value = row[place.index()];
        if (value == null || place.mask() == null) {
            return null;
        }
        return value == MaskedRow.UNCHANGED ? value : place.mask().of(value, seed(place, value, row));
    }

    private static String seed(Place place, String value, String[] row) {
        int[] seeds = place.seeds();
        if (seeds.length == 0) {
            return value;
        }
        StringBuilder seed = new StringBuilder();
        for (int i = 0; i < seeds.length; i++) {
            String part = row[seeds[i]];
            if (i > 0) {
                seed.append(CopyLine.SEPARATOR);
            }
            seed.append(part == null ? "" : part);
        }
        return seed.toString();
    }
}
