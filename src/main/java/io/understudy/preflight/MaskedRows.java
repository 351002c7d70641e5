package io.understudy.preflight;

import io.understudy.masking.MaskingPolicy;
import io.understudy.masking.RowMasker;
import io.understudy.postgres.Column;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.Sql;
import io.understudy.postgres.Table;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * A few rows of a table of the source as the target would hold them: masked in this process, raw values are gone when it
 * returns.
 *
 * @param columns those that the source stores; of each row a value or null
 */
public record MaskedRows(Table table, List<String> columns, List<String[]> rows) {

    /** Of production's time. */
    private static final String LIMIT = "set local statement_timeout = '10s'";

    /** Rows that are in memory unmasked at a time; one of them may be large. */
    private static final int FETCH = 10;

    /** Of our memory: letters that are read at most, however long values are. */
    private static final long MOST_LETTERS = 16 << 20;

    /**
     * @param where SQL that follows the table, and leaves out what is not mirrored
     * @throws io.understudy.masking.CanaryException when one of them holds a canary after it was masked
     */
    public static MaskedRows read(SourceDatabase source, Table table, String where, MaskingPolicy policy, int limit) {
        try (Connection session = source.openCopySession()) {
            return read(session, table, where, policy, limit);
        } catch (SQLException e) {
            throw failure(table, e);
        }
    }

    /** @param session at the source, outside of a transaction */
    static MaskedRows read(Connection session, Table table, String where, MaskingPolicy policy, int limit) {
        List<String> columns = table.stored().stream().map(Column::name).toList();
        List<String[]> rows = new ArrayList<>();
        if (columns.isEmpty()) {
            return new MaskedRows(table, columns, rows);
        }
        RowMasker masker = policy.masker(table.id(), columns, table.relation());
        try (Statement statement = session.createStatement()) {
            session.setAutoCommit(false);
            try {
                statement.execute(LIMIT);
                statement.setFetchSize(FETCH);
                long letters = 0;
                ResultSet found = statement.executeQuery(
                        "select " + Sql.names(columns) + " from " + table.alone() + where + " limit " + limit);
                while (letters < MOST_LETTERS && found.next()) {
                    String[] row = new String[columns.size()];
                    for (int i = 0; i < row.length; i++) {
                        row[i] = found.getString(i + 1);
                        letters += row[i] == null ? 0 : row[i].length();
                    }
                    rows.add(masker.mask(row).values());
                }
            } finally {
                session.rollback();
            }
        } catch (SQLException e) {
            throw failure(table, e);
        }
        return new MaskedRows(table, columns, rows);
    }

    private static PostgresFailure failure(Table table, SQLException e) {
        return PostgresFailure.of(e, "Reading a few rows of " + table.id() + " at the source");
    }
}
