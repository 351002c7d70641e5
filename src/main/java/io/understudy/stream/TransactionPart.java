package io.understudy.stream;

import io.understudy.postgres.Lsn;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Changes of one source transaction, in order. A large transaction comes in several parts so that memory stays bounded;
 * the last one carries the commit. What was received without its commit must not become visible.
 *
 * @param weight the sum of the changes' weights
 */
public record TransactionPart(List<Change> changes, long weight, Optional<Commit> commit) {

    /**
     * The end of a source transaction. Commits are the only positions that are totally ordered: the log positions of
     * single changes are not, where transactions overlap.
     *
     * @param lsn the end of the commit record: a slot confirmed up to here never sends this transaction again
     * @param at when it committed, by the source's clock
     */
    public record Commit(Lsn lsn, Instant at) {}
}
