package io.understudy.apply;

import io.understudy.stream.Change;
import io.understudy.stream.TransactionPart.Commit;
import java.util.List;

/** A source transaction, from its first change to its commit. */
record Whole(List<Change> changes, Commit commit) {}
