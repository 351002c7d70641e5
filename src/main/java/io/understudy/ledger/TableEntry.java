package io.understudy.ledger;

import io.understudy.postgres.Lsn;
import io.understudy.postgres.TableId;
import java.time.Instant;
import java.util.Optional;

/**
 * A line of the ledger.
 *
 * @param layer its place in the order of copying, from 0
 * @param since when it entered the state
 * @param copiedAt the copy's consistent point; empty when it was never copied
 * @param relation the source's oid of the table
 * @param rowsEstimated the planner's guess before the copy, negative when there was none
 * @param asideChanges how many changes wait for it
 */
public record TableEntry(
        TableId table,
        int layer,
        TableState state,
        Instant since,
        Optional<Lsn> copiedAt,
        long relation,
        long rowsEstimated,
        long bytesEstimated,
        long rowsCopied,
        long bytesCopied,
        long asideChanges,
        long asideBytes) {

    /** A table that is new to the mirror. */
    public static TableEntry waiting(TableId table, int layer, long relation, long rowsEstimated, long bytesEstimated) {
        return new TableEntry(
                table,
                layer,
                new TableState.Waiting(),
                Instant.now(),
                Optional.empty(),
                relation,
                rowsEstimated,
                bytesEstimated,
                0,
                0,
                0,
                0);
    }

    public TableEntry in(TableState next) {
        Instant entered = next.equals(state) ? since : Instant.now();
        return with(next, entered, copiedAt, rowsCopied, bytesCopied, asideChanges, asideBytes);
    }

    /** As if it had never been copied: what was set aside before is of no use, what comes from now on is. */
    public TableEntry anew() {
        return with(new TableState.Waiting(), Instant.now(), Optional.empty(), 0, 0, asideChanges, asideBytes);
    }

    public TableEntry copiedAt(Lsn consistentPoint) {
        return with(state, since, Optional.of(consistentPoint), rowsCopied, bytesCopied, asideChanges, asideBytes);
    }

    public TableEntry withCopied(long rows, long bytes) {
        return with(state, since, copiedAt, rows, bytes, asideChanges, asideBytes);
    }

    public TableEntry withAside(long changes, long bytes) {
        return with(state, since, copiedAt, rowsCopied, bytesCopied, changes, bytes);
    }

    public TableEntry named(TableId other) {
        return new TableEntry(
                other,
                layer,
                state,
                since,
                copiedAt,
                relation,
                rowsEstimated,
                bytesEstimated,
                rowsCopied,
                bytesCopied,
                asideChanges,
                asideBytes);
    }

    private TableEntry with(
            TableState next,
            Instant entered,
            Optional<Lsn> copied,
            long rows,
            long bytes,
            long changesAside,
            long bytesAside) {
        return new TableEntry(
                table,
                layer,
                next,
                entered,
                copied,
                relation,
                rowsEstimated,
                bytesEstimated,
                rows,
                bytes,
                changesAside,
                bytesAside);
    }
}
