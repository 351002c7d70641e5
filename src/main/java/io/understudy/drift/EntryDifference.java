package io.understudy.drift;

import java.util.List;
import java.util.Optional;

/**
 * One migration whose records do not fit: the sides', the catalogs', or the folder's.
 *
 * @param missing the entry that the target lacks and should have once it is level with the source
 * @param proofs conditions that hold when what the migration makes is there; empty when its SQL is not known
 */
record EntryDifference(
        Optional<History.Place> place,
        String key,
        String label,
        String atSource,
        String atTarget,
        Verdict verdict,
        Optional<History.Entry> missing,
        Optional<List<String>> proofs) {}
