package io.understudy.outbound;

import io.understudy.postgres.Lsn;
import io.understudy.postgres.TableId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A row of {@code understudy.sync_config}: what of a table is delivered where.
 *
 * @param on operations that are
 * @param columns of which the payload has the values; without them all that are mirrored. An update that changes none of
 *     them is not delivered
 * @param condition SQL on one row of the table, as the target has it
 * @param orderBy {@link #RECORD}, {@link #TABLE} or a column: deliveries with the same one arrive in order
 * @param since changes after this are enqueued; empty until the service has seen the row
 */
public record SyncConfig(
        TableId table,
        String destination,
        Optional<String> workflow,
        Optional<String> objectType,
        boolean enabled,
        Set<Operation> on,
        Optional<List<String>> columns,
        Optional<String> condition,
        String orderBy,
        Optional<Lsn> since) {

    public static final String RECORD = "record";
    public static final String TABLE = "table";
}
