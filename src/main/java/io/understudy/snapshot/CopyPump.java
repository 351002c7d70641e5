package io.understudy.snapshot;

import io.understudy.masking.Canaries;
import io.understudy.masking.CanaryException;
import io.understudy.masking.CopyLine;
import io.understudy.postgres.TableId;
import java.sql.SQLException;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOut;

/**
 * Carries the rows of one COPY into another. The only way from a source's COPY to the target: each row is masked and
 * searched for canaries before it leaves.
 */
public final class CopyPump {

    /** Rows travel in pieces of this size: one message and one system call for a few hundred rows. */
    private static final int PIECE_BYTES = 64 << 10;

    /** Told of every piece that was sent. */
    public interface Sent {
        void rows(int rows, int bytes);
    }

    private final byte[] piece = new byte[PIECE_BYTES];

    /**
     * Leaves the writing COPY open.
     *
     * @param masked null when rows of this shape leave as they are
     * @throws CanaryException and nothing of that row was sent
     */
    public void carry(CopyOut reading, CopyIn writing, CopyLine masked, Canaries canaries, TableId table, Sent sent)
            throws SQLException {
        int filled = 0;
        int pieceRows = 0;
        byte[] row;
        while ((row = reading.readFromCopy()) != null) {
            int length = row.length;
            if (masked != null) {
                masked.mask(row);
                row = masked.bytes();
                length = masked.length();
            }
            int canary = canaries.in(row, length);
            if (canary > 0) {
                throw new CanaryException(table, canary);
            }
            if (filled + length > PIECE_BYTES) {
                writing.writeToCopy(piece, 0, filled);
                sent.rows(pieceRows, filled);
                filled = 0;
                pieceRows = 0;
            }
            if (length > PIECE_BYTES) {
                writing.writeToCopy(row, 0, length);
                sent.rows(1, length);
            } else {
                System.arraycopy(row, 0, piece, filled, length);
                filled += length;
                pieceRows++;
            }
        }
        writing.writeToCopy(piece, 0, filled);
        sent.rows(pieceRows, filled);
    }
}
