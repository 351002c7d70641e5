package io.understudy.stream;

import io.understudy.stream.TransactionPart.Commit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects the changes of a transaction and cuts a part when there are enough of them, which leaves through the door. */
final class PartBuilder {

    /** Large enough that the set-based statements behind it are worth their planning, small enough to bound memory. */
    static final int PART_CHANGES = 4096;

    static final long PART_WEIGHT = 8 << 20;

    /** Of a part without changes: older servers send the many transactions that concern none of our tables. */
    private static final long OWN_WEIGHT = 256;

    private final Door door;
    private List<RawChange> changes = new ArrayList<>();
    private long weight;
    private long transaction;

    PartBuilder(Door door) {
        this.door = door;
    }

    /** @param number by which the source knows the transaction that follows */
    void begin(long number) {
        transaction = number;
    }

    void add(RawChange change) {
        changes.add(change);
        weight += door.weight(change);
    }

    boolean isFull() {
        return changes.size() >= PART_CHANGES || weight >= PART_WEIGHT;
    }

    /** What was collected so far; the transaction goes on. */
    TransactionPart part() {
        return cut(Optional.empty());
    }

    /** The last part of the transaction. */
    TransactionPart lastPart(Commit commit) {
        return cut(Optional.of(commit));
    }

    private TransactionPart cut(Optional<Commit> commit) {
        List<Change> released = door.release(changes, transaction);
        // What a filter drops or reads is not what was counted.
        long weighs =
                door.isFiltering() ? released.stream().mapToLong(Change::weight).sum() : weight;
        TransactionPart part = new TransactionPart(released, weighs + OWN_WEIGHT, commit);
        changes = new ArrayList<>();
        weight = 0;
        return part;
    }
}
