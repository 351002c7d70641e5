package io.understudy.snapshot;

import io.understudy.masking.CanaryException;
import io.understudy.masking.CopyLine;
import io.understudy.masking.MaskingPolicy;
import io.understudy.postgres.FencedException;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.SlotSnapshot;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TargetDatabase;
import io.understudy.rules.Choice;
import io.understudy.rules.Sieve;
import io.understudy.stream.RowFilter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Queue;
import org.jboss.logging.Logger;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOut;

/**
 * Takes chunks from the queue and copies each in one target transaction. Holds one session at the source, which sees
 * the exported snapshot, and one at the target. A session that is lost is opened again and its chunk is copied again:
 * it was rolled back as a whole.
 */
final class CopyWorker implements Runnable, AutoCloseable {

    private static final Logger LOG = Logger.getLogger(CopyWorker.class);

    private static final int ATTEMPTS = 3;

    /** A trigger or rule at the target, or a bug of ours: either way not a copy. */
    private static final class RowsLostException extends RuntimeException {
        RowsLostException(String message) {
            super(message);
        }
    }

    private final SourceDatabase source;
    private final TargetDatabase target;
    private final SlotSnapshot snapshot;
    private final Queue<Chunk> chunks;
    private final SnapshotProgress progress;
    private final String fence;
    private final Map<TableId, Sieve> sieves;
    private final MaskingPolicy masks;
    private final CopyPump pump = new CopyPump();
    private volatile Connection out;
    private volatile Connection in;
    private volatile boolean stopped;

    CopyWorker(
            SourceDatabase source,
            TargetDatabase target,
            SlotSnapshot snapshot,
            Queue<Chunk> chunks,
            SnapshotProgress progress,
            String fence,
            Map<TableId, Sieve> sieves,
            MaskingPolicy masks) {
        this.source = source;
        this.target = target;
        this.snapshot = snapshot;
        this.chunks = chunks;
        this.progress = progress;
        this.fence = fence;
        this.sieves = sieves;
        this.masks = masks;
    }

    @Override
    public void run() {
        Chunk chunk;
        while (!stopped && (chunk = chunks.poll()) != null) {
            if (!progress.hasFailed(chunk.table().id())) {
                copyUnlessBroken(chunk);
            }
        }
    }

    /** What waiting will not mend ends the copy of this table; the others are copied all the same. */
    private void copyUnlessBroken(Chunk chunk) {
        try {
            copyWithRetry(chunk);
        } catch (PostgresFailure | RowsLostException | CanaryException failure) {
            if (stopped || failure instanceof PostgresFailure postgres && postgres.passes()) {
                throw failure;
            }
            TableId table = chunk.table().id();
            LOG.warnf("%s. The table is not copied; the others are.", failure.getMessage());
            progress.failed(
                    table,
                    failure.getMessage() + ".",
                    "Mend it at the target or the source, then copy the table again: ./understudy resync " + table
                            + (chunk.table().filter().isPresent()
                                    ? "; or, when it is its condition that fails on a row, correct "
                                            + RowFilter.setting(table) + ", start again and then copy it"
                                    : "")
                            + (failure instanceof PostgresFailure postgres ? Choice.insteadOf(table, postgres) : ""));
            return;
        }
        if (progress.finished(chunk)) {
            analyze(chunk);
            progress.finishedTable(chunk.table().id());
        }
    }

    private void copyWithRetry(Chunk chunk) {
        for (int attempt = 1; ; attempt++) {
            try {
                copy(chunk);
                return;
            } catch (PostgresFailure failure) {
                if (stopped || !failure.passes() || attempt == ATTEMPTS) {
                    throw failure;
                }
                LOG.warnf(
                        "%s; it was rolled back and is copied again, attempt=%d of %d",
                        failure.getMessage(), attempt + 1, ATTEMPTS);
                closeSessions();
                pause(attempt);
            }
        }
    }

    private void copy(Chunk chunk) {
        progress.started(chunk);
        // Rows and bytes, to be taken back from the progress if the chunk is.
        long[] sent = new long[2];
        try {
            openSessions();
            TargetDatabase.beginSilently(in);
            CopyOut reading = out.unwrap(PGConnection.class).getCopyAPI().copyOut(chunk.copyOut());
            Sieve sieve = sieves.get(chunk.table().id());
            String copyIn = sieve == null ? chunk.copyIn() : sieve.redirected(chunk.copyIn());
            if (sieve != null) {
                make(sieve);
            }
            CopyIn writing = in.unwrap(PGConnection.class).getCopyAPI().copyIn(copyIn);
            TableId table = chunk.table().id();
            CopyLine masked = masks.copyLine(table, chunk.table().columns()).orElse(null);
            pump.carry(reading, writing, masked, masks.canaries(), table, (moreRows, moreBytes) -> {
                progress.copied(chunk, moreRows, moreBytes);
                sent[0] += moreRows;
                sent[1] += moreBytes;
            });
            long written = writing.endCopy();
            requireAllWritten(chunk, reading.getHandledRowCount(), written);
            if (sieve != null) {
                execute(sieve.letThrough());
                execute(sieve.quarantine());
            }
            requireNotReplaced();
            execute("commit");
        } catch (SQLException e) {
            progress.copied(chunk, -sent[0], -sent[1]);
            closeSessions();
            throw PostgresFailure.ofRows(e, "Copy of " + chunk + " after " + sent[0] + " rows");
        } catch (RowsLostException | CanaryException e) {
            progress.copied(chunk, -sent[0], -sent[1]);
            closeSessions();
            throw e;
        }
    }

    private void make(Sieve sieve) throws SQLException {
        boolean there;
        try (Statement statement = in.createStatement();
                ResultSet found = statement.executeQuery(sieve.find())) {
            there = found.next();
        }
        if (!there) {
            for (String statement : sieve.make()) {
                execute(statement);
            }
        }
    }

    private void requireNotReplaced() throws SQLException {
        try {
            execute(fence);
        } catch (SQLException e) {
            if (FencedException.SQL_STATE.equals(e.getSQLState())) {
                throw new FencedException(source.slotName());
            }
            throw e;
        }
    }

    /** Both servers counted. If they do not agree, the chunk is not committed (field note E2). */
    private static void requireAllWritten(Chunk chunk, long read, long written) {
        if (read != written) {
            throw new RowsLostException("Copy of " + chunk + ": the source sent " + read + " rows and the target took "
                    + written + "; the chunk was rolled back");
        }
    }

    /**
     * Without statistics the first queries on staging, and the first updates of the stream, would scan whole tables.
     */
    private void analyze(Chunk chunk) {
        try {
            openSessions();
            execute("analyze " + chunk.table().id().sql());
        } catch (SQLException e) {
            PostgresFailure failure =
                    PostgresFailure.of(e, "analyze of " + chunk.table().id());
            LOG.warnf(
                    "%s; the rows are there, the planner's statistics will follow by autovacuum", failure.getMessage());
            closeSessions();
        }
    }

    private void openSessions() throws SQLException {
        if (out == null) {
            out = source.openCopySession();
            snapshot.adopt(out);
        }
        if (in == null) {
            in = target.openCopySession();
            in.setAutoCommit(true);
        }
        if (stopped) {
            throw new SQLException("the copy was stopped", "57014");
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = in.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void pause(int attempt) {
        try {
            Thread.sleep(attempt * 1000L);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** From another thread: whatever the worker waits for ends at once, and its chunk is rolled back by the server. */
    void stop() {
        stopped = true;
        closeSessions();
    }

    private void closeSessions() {
        abort(out);
        abort(in);
        out = null;
        in = null;
    }

    private static void abort(Connection connection) {
        if (connection != null) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debugf("closing a copy session: %s", e.getMessage());
            }
        }
    }

    @Override
    public void close() {
        stop();
    }
}
