package io.understudy.outbound;

import io.understudy.stream.Change;
import io.understudy.stream.TransactionPart.Commit;
import java.util.Optional;

/**
 * A change that is written to the target by the open transaction, with its position.
 *
 * @param commit of its source transaction; empty while that is not known to its end
 * @param ordinal its place in that, counted from 1
 */
public record Arrival(Change.OfRow change, Optional<Commit> commit, int ordinal) {}
