package io.understudy.outbound;

import io.understudy.stream.Change;
import io.understudy.stream.TransactionPart.Commit;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What an arrival did to its record, as far as the log and the target tell.
 *
 * @param before the image it had; null when it is new
 * @param after the image it has; null when it is gone. Values that neither the log nor the target had are {@link
 *     Change#UNCHANGED}
 * @param known whether {@code before} is what the target had; otherwise it is the key that the log tells
 */
record RecordChange(
        Feed feed,
        Operation operation,
        String[] before,
        String[] after,
        boolean known,
        Optional<Commit> commit,
        int ordinal) {

    /** What there is to be told: of a record that is gone, what it was. */
    String[] image() {
        return after != null ? after : before;
    }

    List<String> key() {
        return feed.keyOf(image());
    }

    /** Empty when the key stayed. */
    Optional<List<String>> oldKey() {
        return operation == Operation.UPDATE && before != null
                ? Optional.of(feed.keyOf(before)).filter(old -> !old.equals(key()))
                : Optional.empty();
    }

    /**
     * Columns whose values an update changed; empty when what was there before is not known. One that is too large to be
     * asked for was changed if the log carries it.
     */
    Optional<BitSet> changed() {
        if (operation != Operation.UPDATE || !known) {
            return Optional.empty();
        }
        BitSet changed = new BitSet(after.length);
        for (int i = 0; i < after.length; i++) {
            if (after[i] != Change.UNCHANGED && !Objects.equals(before[i], after[i])) {
                changed.set(i);
            }
        }
        return Optional.of(changed);
    }
}
