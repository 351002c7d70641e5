package io.understudy.postgres;

import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * What a server or a connection to it said no with. What follows from it is decided once, by SQLSTATE, never by text.
 * Data and constraint errors, and what functions raise, are named by table, column and constraint only: their server
 * messages quote row values. The server's own log has them.
 */
public final class PostgresFailure extends RuntimeException {

    public enum Kind {
        /** The server cannot be reached or went away: the same will work when it is back. */
        CONNECTION,
        /** The server is there and refused for now: deadlock, no slot of its own free, shutting down. */
        RETRYABLE,
        /** A row breaks a rule of the target: unique, not null, check, length, syntax. */
        CONSTRAINT,
        /** A table, column or type is not there or is different. */
        SCHEMA,
        /** The role may not do this. */
        PRIVILEGE,
        /** Anything else that trying again will not mend. */
        PERMANENT
    }

    /** By a function of somebody's own, in words of his own. */
    private static final String RAISED = "P0";

    private final Kind kind;
    private final String sqlState;
    private final String brokenRule;

    private PostgresFailure(Kind kind, String sqlState, String brokenRule, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.sqlState = sqlState;
        this.brokenRule = brokenRule;
    }

    /** @param doing what was being done, as it follows "failed while": {@code copying public.orders} */
    public static PostgresFailure of(Throwable error, String doing) {
        Throwable cause = error;
        while (!isKnown(cause) && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof PostgresFailure failure) {
            return failure;
        }
        if (cause instanceof PgException e) {
            return of(
                    e.getSqlState(),
                    e.getErrorMessage(),
                    e.getSchema(),
                    e.getTable(),
                    e.getColumn(),
                    e.getConstraint(),
                    doing,
                    e);
        }
        if (cause instanceof PSQLException e && e.getServerErrorMessage() != null) {
            ServerErrorMessage server = e.getServerErrorMessage();
            return of(
                    server.getSQLState(),
                    server.getMessage(),
                    server.getSchema(),
                    server.getTable(),
                    server.getColumn(),
                    server.getConstraint(),
                    doing,
                    e);
        }
        if (cause instanceof SQLException e && e.getSQLState() != null) {
            return of(e.getSQLState(), e.getMessage(), null, null, null, null, doing, e);
        }
        if (cause instanceof IOException || cause instanceof TimeoutException || saysConnectionClosed(cause)) {
            return new PostgresFailure(Kind.CONNECTION, "08006", null, doing + " failed: " + text(cause), error);
        }
        return new PostgresFailure(Kind.PERMANENT, "XX000", null, doing + " failed: " + text(cause), error);
    }

    private static boolean isKnown(Throwable error) {
        return error instanceof PostgresFailure
                || error instanceof PgException
                || error instanceof SQLException
                || error instanceof IOException
                || error instanceof TimeoutException;
    }

    /**
     * The reactive client has no one exception for a lost connection: there is Vert.x's, its own, and a bare throwable
     * that is neither exception nor error.
     */
    private static boolean saysConnectionClosed(Throwable error) {
        boolean bare = !(error instanceof Exception) && !(error instanceof Error);
        return bare || error instanceof VertxException || error instanceof ClosedConnectionException;
    }

    private static PostgresFailure of(
            String state,
            String message,
            String schema,
            String table,
            String column,
            String constraint,
            String doing,
            Throwable cause) {
        Kind kind = kind(state);
        boolean quotesValues = kind == Kind.CONSTRAINT || state.startsWith(RAISED);
        String said = quotesValues ? "" : message;
        String where = Stream.of(
                        table == null ? null : "table " + (schema == null ? "" : schema + ".") + table,
                        column == null ? null : "column " + column,
                        constraint == null ? null : "constraint " + constraint)
                .filter(part -> part != null)
                .collect(Collectors.joining(", "));
        String what = Stream.of(said, where, condition(state) + " [" + state + "]")
                .filter(part -> part != null && !part.isEmpty())
                .collect(Collectors.joining("; "));
        String broken = constraint == null ? column : constraint;
        // A cause would be told with its own message, by whoever logs it.
        return new PostgresFailure(kind, state, broken, doing + " failed: " + what, quotesValues ? null : cause);
    }

    private static Kind kind(String state) {
        return switch (state) {
            case "57P01", "57P02", "57P03", "57P05" -> Kind.CONNECTION;
            case "40001", "40P01", "55006", "55P03", "53000", "53100", "53200", "53300", "53400", "57014", "25P03" ->
                Kind.RETRYABLE;
            case "42501", "28000", "28P01" -> Kind.PRIVILEGE;
            case "42P01", "42703", "42704", "3F000", "42804", "42883" -> Kind.SCHEMA;
            default ->
                switch (state.substring(0, Math.min(2, state.length()))) {
                    case "08" -> Kind.CONNECTION;
                    case "22", "23" -> Kind.CONSTRAINT;
                    default -> Kind.PERMANENT;
                };
        };
    }

    private static String condition(String state) {
        return switch (state) {
            case "23505" -> "unique violation";
            case "23503" -> "foreign key violation";
            case "23502" -> "not null violation";
            case "23514" -> "check violation";
            case "23P01" -> "exclusion violation";
            case "22001" -> "value too long";
            case "22003" -> "number out of range";
            case "22P02" -> "value does not fit the type";
            case "428C9" -> "generated column";
            case "P0001" -> "raised by a function of the database";
            case "42501" -> "insufficient privilege";
            case "42P01" -> "undefined table";
            case "42703" -> "undefined column";
            default -> state.startsWith("22") ? "data exception" : "SQLSTATE";
        };
    }

    private static String text(Throwable error) {
        return error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
    }

    public Kind kind() {
        return kind;
    }

    public String sqlState() {
        return sqlState;
    }

    /**
     * The order of writes inside a reduced batch can break a unique or exclusion constraint that the original order
     * keeps, and two keys that differ as text can be equal to their type (21000: the same row twice in one upsert).
     */
    public boolean dependsOnOrder() {
        return sqlState.equals("23505") || sqlState.equals("23P01") || sqlState.equals("21000");
    }

    /** The check that a row broke, or the column that must not be null: as understudy.constraints names it. */
    public Optional<String> brokenRule() {
        boolean check = sqlState.equals("23514") || sqlState.equals("23502");
        return Optional.ofNullable(check ? brokenRule : null);
    }

    /** Somebody else held a lock for longer than we wait ({@code lock_timeout}). */
    public boolean isLocked() {
        return sqlState.equals("55P03");
    }

    /** Whether waiting can mend it without anybody's help. */
    public boolean passes() {
        return kind == Kind.CONNECTION || kind == Kind.RETRYABLE;
    }
}
