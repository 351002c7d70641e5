package io.understudy.reconcile;

import io.understudy.masking.MaskingPolicy;
import io.understudy.postgres.Column;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.Sql;
import io.understudy.postgres.Table;
import io.understudy.postgres.TargetDatabase;
import io.understudy.reconcile.Discrepancy.Kind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Makes single rows of the target what they are at the source, between two transactions of the stream, so that a newer change
 * is never overwritten:
 *
 * <pre>
 *   versions of the rows at the source -> the target has reached them -> the checkpoint is locked, which commits of the stream
 *   wait for -> rows of the source that are still those versions -> written, noted in the audit, committed
 * </pre>
 *
 * A row that was the same version before and after is that version at the position of the checkpoint, and what comes later
 * comes by the stream. One that has changed is left to it. What is under way when this ends is rolled back as a whole.
 *
 * <p>Who waits for a row that the stream holds, while it waits for the checkpoint, is we, and for less than a deadlock takes to
 * be found.
 */
public final class Repair implements AutoCloseable {

    private static final int BATCH = 500;
    private static final int ATTEMPTS = 10;
    private static final Duration REST = Duration.ofMillis(300);
    private static final String TEMPORARY = "pg_temp.understudy_repair";
    private static final String VERSION = Sql.name("understudy_version");

    private final MaskingPolicy masks;
    private final Fence fence;
    private final String mirror;
    private final ReconciledTables results;
    private final Connection source;
    private final Connection target;

    public Repair(SourceDatabase source, TargetDatabase target, String mirror, MaskingPolicy masks, Fence fence) {
        this.masks = masks;
        this.fence = fence;
        this.mirror = mirror;
        this.results = new ReconciledTables(target.client(), mirror);
        this.source = source.openCopySession();
        this.target = target.openCopySession();
    }

    /**
     * Writes the rows that were noted as such by the last comparison.
     *
     * @param written told of rows, some at a time
     */
    public void apply(RepairPlan.Step step, IntConsumer written) {
        MirroredTable table = step.table();
        try {
            String after = null;
            while (true) {
                List<ReconciledTables.Noted> noted = results.noted(table.id(), step.kind(), after, BATCH);
                if (noted.isEmpty()) {
                    return;
                }
                List<List<String>> keys =
                        noted.stream().map(ReconciledTables.Noted::key).toList();
                written.accept(withPatience(table, step.kind(), keys));
                after = noted.get(noted.size() - 1).json();
            }
        } catch (SQLException e) {
            throw PostgresFailure.ofRows(e, "Repairing " + table.id());
        }
    }

    private int withPatience(MirroredTable table, Kind kind, List<List<String>> keys) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                return kind == Kind.EXTRA ? delete(table, keys) : write(table, keys);
            } catch (SQLException e) {
                rollback();
                // A row or the checkpoint is held by somebody.
                if (!"55P03".equals(e.getSQLState()) || attempt == ATTEMPTS) {
                    throw e;
                }
                Fence.pause(REST);
            }
        }
    }

    private int write(MirroredTable table, List<List<String>> keys) throws SQLException {
        List<String> rows = new ArrayList<>();
        List<String> names = names(table);
        for (List<String> row : ask(
                source,
                "select " + DirectSide.Rows.texts(names) + " || xmin::text from "
                        + table.source().alone() + " where " + among(table.source(), table, keys)
                        + table.filterSql("and"))) {
            List<String> values = new ArrayList<>(values(table.source(), table, row.subList(0, names.size())));
            values.add(row.get(names.size()));
            rows.add("(" + String.join(", ", values) + ")");
        }
        if (rows.isEmpty()) {
            return 0;
        }
        fence.await();
        beginBetweenCommits(table);
        ship(table, "(" + String.join(", ", names) + ", xmin::text::bigint) in (" + String.join(", ", rows) + ")");
        int written = update(table) + insert(table);
        commit();
        return written;
    }

    private int delete(MirroredTable table, List<List<String>> keys) throws SQLException {
        List<List<String>> gone = absent(table, keys);
        if (gone.isEmpty()) {
            return 0;
        }
        fence.await();
        beginBetweenCommits(table);
        gone = absent(table, gone);
        if (gone.isEmpty()) {
            rollback();
            return 0;
        }
        int deleted = execute("with gone as (delete from " + table.target().alone() + " as t where "
                + among(table.target(), table, gone) + " returning t.*) "
                + audited(table, "repair-delete", "gone", "jsonb_build_object('row', to_jsonb(gone))"));
        commit();
        return deleted;
    }

    /** Those that the source does not have, or does not mirror. */
    private List<List<String>> absent(MirroredTable table, List<List<String>> keys) throws SQLException {
        List<String> given = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            given.add("(" + i + ", " + String.join(", ", values(table.source(), table, keys.get(i))) + ")");
        }
        List<String> same = new ArrayList<>();
        for (int i = 0; i < table.key().size(); i++) {
            same.add(names(table).get(i) + " = x.understudy_" + i);
        }
        String columns = IntStream.range(0, table.key().size())
                .mapToObj(i -> "understudy_" + i)
                .collect(Collectors.joining(", "));
        return ask(
                        source,
                        "select array[x.understudy_n::text] from (values " + String.join(", ", given)
                                + ") as x(understudy_n, " + columns + ") where not exists (select from "
                                + table.source().alone() + " where " + String.join(" and ", same)
                                + table.filterSql("and") + ")")
                .stream()
                .map(number -> keys.get(Integer.parseInt(number.get(0))))
                .toList();
    }

    private void beginBetweenCommits(MirroredTable table) throws SQLException {
        TargetDatabase.beginSilently(target);
        // Commits of the mirror wait for us, also when we were halted or cut off from the server.
        execute("set local lock_timeout = '500ms'; set local statement_timeout = '60s';"
                + " set local idle_in_transaction_session_timeout = '60s'");
        boolean streams = !ask(
                        target,
                        "select array[t.state] from understudy.checkpoint c join understudy.mirrored_table t using (mirror)"
                                + " where c.mirror = " + Sql.literal(mirror)
                                + " and c.phase = 'streaming' and t.state = 'streaming'"
                                + " and t.schema_name = "
                                + Sql.literal(table.id().schema()) + " and t.table_name = "
                                + Sql.literal(table.id().name()) + " for no key update of c for share of t")
                .isEmpty();
        if (!streams) {
            rollback();
            throw new Fence.NotReachedException(table.id() + " is not streaming any more");
        }
    }

    /** The rows as they are to be at the target, into the temporary table. */
    private void ship(MirroredTable table, String where) throws SQLException {
        List<String> columns = table.columns();
        execute("create temporary table understudy_repair on commit drop as select " + Sql.names(columns)
                + ", 0::bigint as " + VERSION + " from " + table.target().alone() + " limit 0");
        String query = "select " + Sql.names(columns) + ", xmin::text::bigint from "
                + table.source().alone() + " where " + where + table.filterSql("and");
        Shipment.ship(source, query, target, TEMPORARY, masks, table.id(), columns, 1);
    }

    private int update(MirroredTable table) throws SQLException {
        String set = table.columns().stream()
                .filter(name -> !table.key().contains(name))
                .filter(name -> !table.target().column(name).orElseThrow().identityAlways())
                .map(name -> Sql.name(name) + " = x." + Sql.name(name))
                .collect(Collectors.joining(", "));
        return set.isEmpty()
                ? 0
                : execute("with done as (update " + table.target().alone() + " as t set " + set + " from " + TEMPORARY
                        + " as x where " + sameKey(table) + " returning " + keyOf(table, "t") + ") "
                        + audited(table, "repair-update", "done", "'{}'::jsonb"));
    }

    private int insert(MirroredTable table) throws SQLException {
        String columns = Sql.names(table.columns());
        return execute("with done as (insert into " + table.id().sql() + " (" + columns
                + ") overriding system value select " + columns + " from " + TEMPORARY
                + " as x where not exists (select from " + table.target().alone() + " as t where " + sameKey(table)
                + ") returning " + Sql.names(table.key()) + ") "
                + audited(table, "repair-insert", "done", "'{}'::jsonb"));
    }

    private String audited(MirroredTable table, String action, String rows, String details) {
        String key = table.key().stream().map(name -> Sql.name(name) + "::text").collect(Collectors.joining(", "));
        return "insert into understudy.audit (mirror, action, schema_name, table_name, key, reason, details) select "
                + Sql.literal(mirror) + ", " + Sql.literal(action) + ", "
                + Sql.literal(table.id().schema()) + ", "
                + Sql.literal(table.id().name()) + ", jsonb_build_array("
                + key + "), 'reconcile --repair', " + details + " from " + rows;
    }

    private static String keyOf(MirroredTable table, String alias) {
        return table.key().stream().map(name -> alias + "." + Sql.name(name)).collect(Collectors.joining(", "));
    }

    private static String sameKey(MirroredTable table) {
        return table.key().stream()
                .map(name -> "t." + Sql.name(name) + " = x." + Sql.name(name))
                .collect(Collectors.joining(" and "));
    }

    private static List<String> names(MirroredTable table) {
        return table.key().stream().map(Sql::name).toList();
    }

    private static String among(Table side, MirroredTable table, List<List<String>> keys) {
        return "(" + String.join(", ", names(table)) + ") in ("
                + keys.stream()
                        .map(key -> "(" + String.join(", ", values(side, table, key)) + ")")
                        .collect(Collectors.joining(", "))
                + ")";
    }

    private static List<String> values(Table side, MirroredTable table, List<String> key) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < key.size(); i++) {
            Column column = side.column(table.key().get(i)).orElseThrow();
            values.add(DirectSide.Rows.value(column, key.get(i)));
        }
        return values;
    }

    private static List<List<String>> ask(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet answer = statement.executeQuery(sql)) {
            List<List<String>> rows = new ArrayList<>();
            while (answer.next()) {
                rows.add(List.of((String[]) answer.getArray(1).getArray()));
            }
            return rows;
        }
    }

    private int execute(String sql) throws SQLException {
        try (Statement statement = target.createStatement()) {
            statement.execute(sql);
            return statement.getUpdateCount();
        }
    }

    private void commit() throws SQLException {
        execute("commit");
    }

    private void rollback() throws SQLException {
        execute("rollback");
    }

    @Override
    public void close() {
        for (Connection connection : List.of(source, target)) {
            try {
                connection.close();
            } catch (SQLException e) {
                // It is gone either way.
            }
        }
    }
}
