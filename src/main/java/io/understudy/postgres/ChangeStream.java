package io.understudy.postgres;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/** The messages that a slot sends, from its confirmed position on. Used by one thread. */
public final class ChangeStream implements AutoCloseable {

    private final Connection connection;
    private final PGReplicationStream stream;

    private ChangeStream(Connection connection, PGReplicationStream stream) {
        this.connection = connection;
        this.stream = stream;
    }

    static ChangeStream open(Connection connection, String slot, List<String> publications) {
        try {
            PGReplicationStream stream = connection
                    .unwrap(PGConnection.class)
                    .getReplicationAPI()
                    .replicationStream()
                    .logical()
                    .withSlotName(slot)
                    .withSlotOption("proto_version", 1)
                    .withSlotOption("publication_names", Sql.names(publications))
                    .withStatusInterval(1, TimeUnit.SECONDS)
                    // The driver would confirm what it received. The slot moves only to what is durable at the target.
                    .withAutomaticFlush(false)
                    .start();
            return new ChangeStream(connection, stream);
        } catch (SQLException e) {
            close(connection);
            throw PostgresFailure.of(e, "starting to read replication slot " + slot);
        }
    }

    /** The next message if one is there; it is valid until the next call. */
    public Optional<ByteBuffer> next() {
        try {
            return Optional.ofNullable(stream.readPending());
        } catch (SQLException e) {
            throw PostgresFailure.of(e, "Reading the source's changes");
        }
    }

    /** After {@link #next} found nothing: every transaction that the source committed up to here has been read. */
    public Lsn readUpTo() {
        return new Lsn(stream.getLastReceiveLSN().asLong());
    }

    /** Told to the source with the next status, within a second. */
    public void confirm(Lsn durable) {
        LogSequenceNumber lsn = LogSequenceNumber.valueOf(durable.value());
        stream.setFlushedLSN(lsn);
        stream.setAppliedLSN(lsn);
    }

    /** Tells the source now. */
    public void confirmNow(Lsn durable) {
        confirm(durable);
        try {
            stream.forceUpdateStatus();
        } catch (SQLException e) {
            throw PostgresFailure.of(e, "Confirming to the source");
        }
    }

    /** By cutting the connection: the orderly end would first read everything that is still on its way. */
    @Override
    public void close() {
        close(connection);
    }

    private static void close(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // It is gone either way.
        }
    }
}
