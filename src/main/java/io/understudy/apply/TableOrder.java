package io.understudy.apply;

import io.understudy.ledger.TableEntry;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.TableId;
import java.time.Instant;

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

    /** It is no longer mirrored. */
    record Forget(TableId table) implements TableOrder {}

    /** Both sides call it by another name now. */
    record Rename(TableId table, TableId to) implements TableOrder {}
}
