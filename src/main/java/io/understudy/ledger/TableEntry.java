package io.understudy.ledger;

import io.understudy.masking.Signatures;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A line of the ledger.
 *
 * @param layer its place in the order of copying, from 0
 * @param since when it entered the state
 * @param copiedAt the copy's consistent point; empty when it was never copied
 * @param relation the source's oid of the table
 * @param form how the source had it when it was copied, or last found to fit; empty when that is not known
 * @param masks by what the values of its columns were masked ({@code MaskingPolicy.signatures})
 * @param filter the condition under which its rows are mirrored since it was copied; empty when all are
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
        Optional<TableForm> form,
        Map<String, String> masks,
        Optional<String> filter,
        long rowsEstimated,
        long bytesEstimated,
        long rowsCopied,
        long bytesCopied,
        long asideChanges,
        long asideBytes) {

    /** A table that is new to the mirror. */
    public static TableEntry waiting(Table table, int layer) {
        return new TableEntry(
                table.id(),
                layer,
                new TableState.Waiting(),
                Instant.now(),
                Optional.empty(),
                table.relation(),
                Optional.empty(),
                Map.of(),
                Optional.empty(),
                table.rows(),
                table.bytes(),
                0,
                0,
                0,
                0);
    }

    public TableEntry formed(TableForm next) {
        return with(
                table,
                Optional.of(next),
                masks,
                filter,
                state,
                since,
                copiedAt,
                rowsCopied,
                bytesCopied,
                asideChanges,
                asideBytes);
    }

    public TableEntry masked(Map<String, String> by) {
        return with(table, form, by, filter, state, since, copiedAt, rowsCopied, bytesCopied, asideChanges, asideBytes);
    }

    public TableEntry filtered(Optional<String> by) {
        return with(table, form, masks, by, state, since, copiedAt, rowsCopied, bytesCopied, asideChanges, asideBytes);
    }

    /** Columns with values by former rules. */
    public List<String> stale() {
        return copiedAt.isPresent() ? Signatures.stale(masks) : List.of();
    }

    public TableEntry named(TableId other) {
        return with(
                other, form, masks, filter, state, since, copiedAt, rowsCopied, bytesCopied, asideChanges, asideBytes);
    }

    public TableEntry in(TableState next) {
        Instant entered = next.equals(state) ? since : Instant.now();
        return with(
                table, form, masks, filter, next, entered, copiedAt, rowsCopied, bytesCopied, asideChanges, asideBytes);
    }

    /** As if it had never been copied: what was set aside before is of no use, what comes from now on is. */
    public TableEntry anew() {
        TableState waiting = new TableState.Waiting();
        return with(
                table, form, masks, filter, waiting, Instant.now(), Optional.empty(), 0, 0, asideChanges, asideBytes);
    }

    /** The same, for a reason that people are told. */
    public TableEntry anew(String because) {
        return anew().in(new TableState.Waiting(because));
    }

    public TableEntry copiedAt(Lsn point) {
        return with(
                table,
                form,
                masks,
                filter,
                state,
                since,
                Optional.of(point),
                rowsCopied,
                bytesCopied,
                asideChanges,
                asideBytes);
    }

    public TableEntry withCopied(long rows, long bytes) {
        return with(table, form, masks, filter, state, since, copiedAt, rows, bytes, asideChanges, asideBytes);
    }

    public TableEntry withAside(long changes, long bytes) {
        return with(table, form, masks, filter, state, since, copiedAt, rowsCopied, bytesCopied, changes, bytes);
    }

    private TableEntry with(
            TableId name,
            Optional<TableForm> formed,
            Map<String, String> maskedBy,
            Optional<String> filteredBy,
            TableState next,
            Instant entered,
            Optional<Lsn> copied,
            long rows,
            long bytes,
            long changesAside,
            long bytesAside) {
        return new TableEntry(
                name,
                layer,
                next,
                entered,
                copied,
                relation,
                formed,
                maskedBy,
                filteredBy,
                rowsEstimated,
                bytesEstimated,
                rows,
                bytes,
                changesAside,
                bytesAside);
    }
}
