package io.understudy.stream;

import io.understudy.masking.MaskedRow;
import io.understudy.masking.MaskingPolicy;
import io.understudy.masking.PolicyInForce;
import io.understudy.masking.RowMasker;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The only way from what the log says to what travels: every change of every capture passes it, on the capture's thread,
 * before any transport.
 */
final class Door {

    private final PolicyInForce policy;
    private final FilteredRows filtered;
    private MaskingPolicy inForce = MaskingPolicy.NONE;
    private final Map<Shape, RowMasker> maskers = new IdentityHashMap<>();

    Door(PolicyInForce policy, FilteredRows filtered) {
        this.policy = policy;
        this.filtered = filtered;
    }

    boolean isFiltering() {
        return filtered.isFiltering();
    }

    /** How much memory a change may take when it is released. */
    long weight(RawChange change) {
        return filtered.weight(change);
    }

    /**
     * Filters see values as they are, and so come before masks.
     *
     * @param transaction the source's number of the transaction
     */
    List<Change> release(List<RawChange> raw, long transaction) {
        List<RawChange> mirrored = filtered.of(raw, transaction);
        goBy(policy.now());
        List<Change> released = new ArrayList<>(mirrored.size());
        for (RawChange change : mirrored) {
            released.add(release(change));
        }
        return released;
    }

    private void goBy(MaskingPolicy next) {
        if (next != inForce) {
            maskers.clear();
            inForce = next;
        }
    }

    private RowMasker masker(Shape shape) {
        RowMasker masker = maskers.get(shape);
        if (masker == null) {
            if (!inForce.knows(shape.table(), shape.columns(), shape.relation())) {
                // News of the source. What is still not known after a look does not leave.
                goBy(policy.renewed());
            }
            masker = inForce.masker(shape.table(), shape.columns(), shape.relation());
            maskers.put(shape, masker);
        }
        return masker;
    }

    private Change release(RawChange change) {
        if (change instanceof RawChange.OfRow row) {
            RowMasker masker = masker(row.shape());
            MaskedRow oldRow = row.oldRow() == null ? null : masker.mask(row.oldRow());
            return switch (row.kind()) {
                case INSERT -> new Change.Insert(row.shape(), masker.mask(row.row()));
                case UPDATE -> new Change.Update(row.shape(), oldRow, masker.mask(row.row()));
                case DELETE -> new Change.Delete(row.shape(), oldRow);
            };
        }
        return change instanceof RawChange.Withheld withheld
                ? withheld.lost()
                : ((RawChange.Emptied) change).truncate();
    }
}
