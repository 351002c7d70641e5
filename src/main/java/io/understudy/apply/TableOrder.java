package io.understudy.apply;

import io.understudy.ledger.TableEntry;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.TableId;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** What the one who looks after the tables wants the stream to do, between two batches and in one transaction. */
public sealed interface TableOrder {

    TableId table();

    /** Both sides were looked at again and fit: a paused table goes on. */
    record Follow(Sight sight) implements TableOrder {
        @Override
        public TableId table() {
            return sight.table().id();
        }
    }

    record Pause(TableId table, String cause, String todo) implements TableOrder {}

    /** @param ordered when the table entered the state in which its copy began; an older copy than that counts no more */
    record Fail(TableId table, String cause, String todo, Instant ordered) implements TableOrder {}

    /** It is in this state from now on: a table that joins, or one that is going to be copied again. */
    record Enter(TableEntry entry) implements TableOrder {
        @Override
        public TableId table() {
            return entry.table();
        }
    }

    /** The copy is complete. What was set aside and is in it is dropped; the rest is written. */
    record Copied(Sight sight, Lsn consistentPoint, long rows, long bytes, Instant ordered) implements TableOrder {
        @Override
        public TableId table() {
            return sight.table().id();
        }
    }

    /**
     * By what the values of its columns are masked, as far as anybody can tell.
     *
     * @param before what the ledger said when that was found out; if it says something else by now, this counts no more
     */
    record Note(TableId table, Map<String, String> before, Map<String, String> masks) implements TableOrder {}

    /** What streams or catches up waits from now on, until the values of its stale columns are written anew. */
    record Refresh(TableId table) implements TableOrder {}

    /** @param ordered when the table began to refresh; an older attempt than that counts no more */
    record CannotRefresh(TableId table, String cause, String todo, Instant ordered) implements TableOrder {}

    /**
     * What was set aside up to this point is written, while what is newer stays aside.
     *
     * @param written completed when that is durable; with false when the table does not refresh any more
     */
    record WriteUpTo(TableId table, Lsn point, Instant ordered, CompletableFuture<Boolean> written)
            implements TableOrder {}

    /**
     * The values are written, and what was set aside up to their moment before them. The rest is written now.
     *
     * @param masks of the columns that were refreshed
     */
    record Refreshed(TableId table, Map<String, String> masks, Instant ordered) implements TableOrder {}

    /** It is no longer mirrored. */
    record Forget(TableId table) implements TableOrder {}

    /** Both sides call it by another name now. */
    record Rename(TableId table, TableId to) implements TableOrder {}
}
