package io.understudy.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A freshly created slot and the snapshot it exported. The snapshot lives as long as this connection is open and idle:
 * it is held for the whole copy, so that a copy session that was lost can set the same snapshot again.
 */
public final class SlotSnapshot implements AutoCloseable {

    private final Connection connection;
    private final SourceDatabase.NewSlot slot;
    private final Lsn consistentPoint;
    private final String snapshot;

    private SlotSnapshot(Connection connection, SourceDatabase.NewSlot slot, Lsn consistentPoint, String snapshot) {
        this.connection = connection;
        this.slot = slot;
        this.consistentPoint = consistentPoint;
        this.snapshot = snapshot;
    }

    /**
     * Waits until every transaction that is now open at the source has ended: without them there is no consistent
     * point.
     */
    static SlotSnapshot create(Connection connection, SourceDatabase.NewSlot slot) {
        // The grammar with parentheses is PostgreSQL 15's; this one is understood from 10 on.
        String sql = "CREATE_REPLICATION_SLOT " + Sql.name(slot.name()) + (slot.temporary() ? " TEMPORARY" : "")
                + " LOGICAL pgoutput EXPORT_SNAPSHOT";
        try (Statement statement = connection.createStatement();
                ResultSet answer = statement.executeQuery(sql)) {
            answer.next();
            return new SlotSnapshot(
                    connection,
                    slot,
                    Lsn.parse(answer.getString("consistent_point")),
                    answer.getString("snapshot_name"));
        } catch (SQLException e) {
            try {
                connection.close();
            } catch (SQLException ignored) {
                // The reason why the slot was not made is the one to tell.
            }
            throw PostgresFailure.of(e, "creating replication slot " + slot.name());
        }
    }

    public SourceDatabase.NewSlot slot() {
        return slot;
    }

    public Lsn consistentPoint() {
        return consistentPoint;
    }

    /** Begins a transaction on {@code session} that sees the source as of the consistent point. */
    public void adopt(Connection session) throws SQLException {
        session.setAutoCommit(true);
        try (Statement statement = session.createStatement()) {
            statement.execute("begin isolation level repeatable read read only");
            statement.execute("set transaction snapshot " + Sql.literal(snapshot));
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            // Nothing depends on it any more: the slot is durable, the snapshot was only needed until now.
        }
    }
}
