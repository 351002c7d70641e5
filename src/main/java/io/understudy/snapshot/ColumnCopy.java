package io.understudy.snapshot;

import io.understudy.masking.CopyLine;
import io.understudy.masking.MaskingPolicy;
import io.understudy.postgres.Catalog;
import io.understudy.postgres.Column;
import io.understudy.postgres.FencedException;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.SlotSnapshot;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.Sql;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TargetDatabase;
import io.vertx.sqlclient.Row;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOut;

/**
 * Replaces the values of some columns of a table at the target by what the rules make of the source's now: copied with the
 * keys, under a snapshot, into a table of our own, and from there to their rows inside the server. The table has a key,
 * and its values are not among those that are replaced.
 */
public final class ColumnCopy implements AutoCloseable {

    /** Of the table in between, 8 MB: the rows of one transaction, for whose locks somebody at staging may wait. */
    private static final int CHUNK_PAGES = 1024;

    private final SourceDatabase source;
    private final TargetDatabase target;
    private final MirroredTable table;
    private final MaskingPolicy masks;
    private final String fence;
    /** Copied and replaced. */
    private final List<String> replaced;
    /** Whose values stay at the source: they get what a new row has. */
    private final List<Column> emptied;

    private final String between;
    private volatile Connection out;
    private volatile Connection in;
    private volatile boolean stopped;
    private long changedRows;

    /**
     * @param columns whose values are replaced
     * @param fence a statement that fails a transaction when another process has taken over this mirror
     */
    public ColumnCopy(
            SourceDatabase source,
            TargetDatabase target,
            MirroredTable table,
            List<String> columns,
            MaskingPolicy masks,
            String fence) {
        this.source = source;
        this.target = target;
        this.table = table;
        this.masks = masks;
        this.fence = fence;
        this.replaced = columns.stream().filter(table.columns()::contains).toList();
        this.emptied = columns.stream()
                .filter(table.withheld()::contains)
                .flatMap(name -> table.target().column(name).stream())
                .filter(column -> !column.generated())
                .toList();
        this.between = "understudy."
                + Sql.name(prefix(source.slotName()) + table.target().relation());
    }

    private static String prefix(String mirror) {
        return "refresh_" + Integer.toHexString(mirror.hashCode()) + "_";
    }

    /** What an earlier process has left behind in the middle of its work. */
    public static void dropLeftovers(TargetDatabase target, String mirror) {
        for (Row row : target.client()
                .query(
                        "select tablename from pg_tables where schemaname = 'understudy' and starts_with(tablename, $1)",
                        prefix(mirror))) {
            target.client().query("drop table if exists understudy." + Sql.name(row.getString("tablename")));
        }
    }

    /** Tables of which the source has now another form than the one that was looked at: what was read is in doubt. */
    public static Set<TableId> altered(SourceDatabase source, List<MirroredTable> tables) {
        Catalog now = Catalog.read(source.client());
        return tables.stream()
                .filter(table -> !table.isUnalteredIn(now))
                .map(MirroredTable::id)
                .collect(Collectors.toSet());
    }

    /** Copies keys and values into the table in between, and makes it first. */
    public void read(SlotSnapshot snapshot) {
        try {
            open();
            out = source.openCopySession();
            snapshot.adopt(out);
            execute("drop table if exists " + between);
            List<String> columns = copied();
            // Types and lengths of the target: what does not fit is refused here.
            execute("create unlogged table " + between + " as select " + Sql.names(columns) + " from "
                    + table.target().alone() + " with no data");
            TargetDatabase.beginSilently(in);
            copy(columns);
            execute("commit");
            execute("analyze " + between);
        } catch (SQLException e) {
            throw PostgresFailure.of(e, "Refreshing " + names() + " of " + table.id());
        } finally {
            abort(out);
            out = null;
        }
    }

    private List<String> copied() {
        Set<String> columns = new LinkedHashSet<>(table.key());
        replaced.forEach(column -> {
            columns.add(column);
            columns.addAll(masks.seeds(table.id(), column));
        });
        columns.retainAll(table.columns());
        return List.copyOf(columns);
    }

    private void copy(List<String> columns) throws SQLException {
        CopyOut reading = out.unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("copy (select " + Sql.names(columns) + " from "
                        + table.source().alone() + table.filterSql("where") + ") to stdout");
        CopyIn writing = in.unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("copy " + between + " (" + Sql.names(columns) + ") from stdin");
        CopyLine masked = masks.copyLine(table.id(), columns).orElse(null);
        new CopyPump().carry(reading, writing, masked, masks.canaries(), table.id(), (rows, bytes) -> {});
        writing.endCopy();
    }

    /**
     * Replaces the values, a chunk in each transaction.
     *
     * @param wanted asked behind the lock on the table, so that whoever empties it for a copy waits for the chunk's end
     */
    public void write(BooleanSupplier wanted) {
        try {
            if (replaced.isEmpty() && emptied.isEmpty()) {
                return;
            }
            open();
            long pages = pages();
            // Without a unique index each chunk would read the whole table.
            long size = table.isUpsertable() ? CHUNK_PAGES : Math.max(pages, 1);
            for (long page = 0; page < pages; page += size) {
                TargetDatabase.beginSilently(in);
                execute("set local lock_timeout = '20s'");
                execute("lock table " + table.target().alone() + " in row exclusive mode");
                if (!wanted.getAsBoolean()) {
                    execute("rollback");
                    return;
                }
                if (table.isUpsertable()) {
                    execute("set local enable_hashjoin = off");
                    execute("set local enable_mergejoin = off");
                }
                changedRows += execute(update(page, page + size));
                requireNotReplaced();
                execute("commit");
            }
        } catch (SQLException e) {
            throw PostgresFailure.of(e, "Refreshing " + names() + " of " + table.id());
        }
    }

    private long pages() throws SQLException {
        try (Statement statement = in.createStatement();
                ResultSet size = statement.executeQuery("select pg_relation_size(" + Sql.literal(between)
                        + "::regclass) / current_setting('block_size')::bigint")) {
            size.next();
            return size.getLong(1);
        }
    }

    private String update(long from, long to) {
        List<String> set = new ArrayList<>();
        List<String> differs = new ArrayList<>();
        for (String column : replaced) {
            String name = Sql.name(column);
            set.add(name + " = w." + name);
        }
        if (!replaced.isEmpty()) {
            // As text, as a row is written: not every type can be compared, and what looks the same need not be.
            differs.add("row(" + qualified("t", replaced) + ")::text is distinct from row(" + qualified("w", replaced)
                    + ")::text");
        }
        for (Column column : emptied) {
            String name = Sql.name(column.name());
            set.add(name + " = default");
            differs.add(column.hasDefault() ? "true" : "t." + name + " is not null");
        }
        String matches = table.key().stream()
                .map(name -> table.target()
                        .column(name)
                        .orElseThrow()
                        .equality()
                        .orElse("%s = %s")
                        .formatted("t." + Sql.name(name), "w." + Sql.name(name)))
                .collect(Collectors.joining(" and "));
        return "update " + table.target().alone() + " as t set " + String.join(", ", set) + " from " + between
                + " as w where w.ctid >= '(" + from + ",0)' and w.ctid < '(" + to + ",0)' and " + matches + " and ("
                + String.join(" or ", differs) + ")";
    }

    private static String qualified(String alias, List<String> columns) {
        return columns.stream().map(name -> alias + "." + Sql.name(name)).collect(Collectors.joining(", "));
    }

    /** Whether rows of the table, or values of them, are kept elsewhere until they may come back. */
    public boolean hasQuarantined(String mirror) {
        return target.client()
                        .query(
                                "select from understudy.quarantine where mirror = $1 and schema_name = $2 and table_name = $3 limit 1",
                                mirror,
                                table.id().schema(),
                                table.id().name())
                        .size()
                > 0;
    }

    public long changedRows() {
        return changedRows;
    }

    private String names() {
        return replaced.isEmpty() && emptied.isEmpty()
                ? "nothing"
                : String.join(", ", replaced)
                        + (replaced.isEmpty() || emptied.isEmpty() ? "" : ", ")
                        + emptied.stream().map(Column::name).collect(Collectors.joining(", "));
    }

    private void open() throws SQLException {
        if (stopped) {
            throw new SQLException("the refresh was stopped", "57014");
        }
        if (in == null) {
            in = target.openCopySession();
            in.setAutoCommit(true);
        }
    }

    private int execute(String sql) throws SQLException {
        try (Statement statement = in.createStatement()) {
            statement.execute(sql);
            return Math.max(statement.getUpdateCount(), 0);
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

    /** From another thread: whatever it waits for ends at once. */
    public void stop() {
        stopped = true;
        abort(out);
        abort(in);
    }

    private static void abort(Connection connection) {
        if (connection != null) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                // It is gone either way.
            }
        }
    }

    /** Drops what is in between. */
    @Override
    public void close() {
        abort(out);
        abort(in);
        if (!stopped) {
            target.client().query("drop table if exists " + between);
        }
    }
}
