package io.understudy.snapshot;

import io.understudy.postgres.TableId;
import java.util.List;
import java.util.stream.Collectors;

/** Tables were altered while they were copied. Nothing of the copy is used; it begins again by itself. */
public final class SourceChangedException extends RuntimeException {
    SourceChangedException(List<TableId> tables) {
        super("The source altered "
                + tables.stream().map(TableId::toString).collect(Collectors.joining(", "))
                + " during the copy, which may have hidden rows from it. The copy begins again.");
    }
}
