package io.understudy.reconcile;

import io.understudy.masking.CopyLine;
import io.understudy.masking.MaskingPolicy;
import io.understudy.postgres.TableId;
import io.understudy.snapshot.CopyPump;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOut;

/** Rows of the source on their way into a temporary table of the target, masked as a copy masks them. */
final class Shipment {

    private Shipment() {}

    /**
     * @param query what the source is asked for: the columns, and behind them more fields that are no values of the table
     * @param into the temporary table, which has just these columns
     */
    static void ship(
            Connection source,
            String query,
            Connection target,
            String into,
            MaskingPolicy masks,
            TableId table,
            List<String> columns,
            int more)
            throws SQLException {
        CopyOut reading = source.unwrap(PGConnection.class).getCopyAPI().copyOut("copy (" + query + ") to stdout");
        try {
            CopyIn writing = target.unwrap(PGConnection.class).getCopyAPI().copyIn("copy " + into + " from stdin");
            CopyLine line = masks.copyLine(table, columns, more).orElse(null);
            new CopyPump().carry(reading, writing, line, masks.canaries(), table, (rows, bytes) -> {});
            writing.endCopy();
        } finally {
            if (reading.isActive()) {
                reading.cancelCopy();
            }
        }
    }
}
