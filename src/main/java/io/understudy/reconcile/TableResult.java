package io.understudy.reconcile;

import io.understudy.postgres.Lsn;
import io.understudy.postgres.TableId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What comparing one table found.
 *
 * @param asOf where the source's log was when it began: of what was committed by then nothing was left out
 * @param reason why it is unchecked; null otherwise
 * @param samples a few of the rows that are not equal
 */
public record TableResult(
        TableId table,
        Verdict verdict,
        String reason,
        Lsn asOf,
        Instant startedAt,
        Duration time,
        long sourceRows,
        long targetRows,
        long missing,
        long different,
        long extra,
        long keptApart,
        List<Discrepancy> samples) {

    public enum Verdict {
        EQUAL("equal"),
        DIFFERENT("different"),
        /** Nothing is known of it, or not of all of it. That is never fine. */
        UNCHECKED("unchecked");

        private final String word;

        Verdict(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    static TableResult unchecked(TableId table, String reason) {
        return new TableResult(
                table, Verdict.UNCHECKED, reason, Lsn.ZERO, Instant.now(), Duration.ZERO, 0, 0, 0, 0, 0, 0, List.of());
    }
}
