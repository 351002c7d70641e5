package io.understudy.reconcile;

import io.understudy.ledger.TableEntry;
import io.understudy.ledger.TableLedger;
import io.understudy.ledger.TableState;
import io.understudy.masking.CanaryException;
import io.understudy.masking.MaskingPolicy;
import io.understudy.postgres.Column;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TargetDatabase;
import io.understudy.reconcile.Discrepancy.Kind;
import io.understudy.reconcile.TableResult.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;

/**
 * Compares tables of both sides while the mirror goes on, one after the other, each in short questions.
 *
 * <p>A verdict holds from the position at which the comparison of its table began: every row was equal once after it, and
 * whatever changed since then comes by the stream.
 */
public final class Reconciliation implements AutoCloseable {

    private static final int SAMPLES = 5;

    private final SourceDatabase source;
    private final TargetDatabase target;
    private final MaskingPolicy masks;
    private final Fence fence;
    private final TableLedger ledger;
    private final ReconciledTables results;
    private final BiConsumer<TableId, Long> progress;
    private final ExecutorService executor = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "understudy-reconcile-source");
        thread.setDaemon(true);
        return thread;
    });

    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private volatile boolean stopped;
    private boolean caughtUp;

    /** @param progress told of rows that were compared; the next question waits for it */
    public Reconciliation(
            SourceDatabase source,
            TargetDatabase target,
            String mirror,
            MaskingPolicy masks,
            Fence fence,
            BiConsumer<TableId, Long> progress) {
        this.source = source;
        this.target = target;
        this.masks = masks;
        this.fence = fence;
        this.ledger = new TableLedger(target.client(), mirror);
        this.results = new ReconciledTables(target.client(), mirror);
        this.progress = progress;
    }

    /** Compares one table, and notes what was found. */
    public TableResult compare(MirroredTable table) {
        TableResult result;
        try {
            TableEntry before = entry(table.id());
            Optional<String> unfit = unfit(table, before);
            result = unfit.isPresent()
                    ? TableResult.unchecked(table.id(), unfit.get())
                    : unlessAltered(before, compareRows(table));
        } catch (PostgresFailure | Fence.NotReachedException | CanaryException failure) {
            result = TableResult.unchecked(table.id(), failure.getMessage());
        }
        if (stopped) {
            return result; // What an earlier one found still stands.
        }
        results.save(result);
        return result;
    }

    /** Notes that one cannot be compared. */
    public TableResult unchecked(TableId table, String reason) {
        TableResult result = TableResult.unchecked(table, reason);
        results.save(result);
        return result;
    }

    private TableEntry entry(TableId table) {
        return ledger.load().stream()
                .filter(entry -> entry.table().equals(table))
                .findFirst()
                .orElse(null);
    }

    private Optional<String> unfit(MirroredTable table, TableEntry entry) {
        if (entry == null) {
            return Optional.of("it was not mirrored yet");
        }
        if (!(entry.state() instanceof TableState.Streaming)) {
            return Optional.of("it is " + entry.state().word()
                    + entry.state().reason().map(reason -> ": " + reason).orElse(""));
        }
        if (!entry.stale().isEmpty() || !entry.masks().equals(masks.signatures(table.id()))) {
            return Optional.of("values at the target are masked by other rules than those of these settings");
        }
        if (!entry.filter().equals(table.filter())) {
            return Optional.of("the target has the rows of another condition than that of these settings");
        }
        return Optional.empty();
    }

    /** One that was copied, paused or altered in between was not compared as one table. */
    private TableResult unlessAltered(TableEntry before, TableResult result) {
        TableEntry after = entry(result.table());
        boolean same = after != null
                && after.state().equals(before.state())
                && after.since().equals(before.since())
                && after.copiedAt().equals(before.copiedAt())
                && after.masks().equals(before.masks())
                && Objects.equals(after.form(), before.form());
        return same
                ? result
                : TableResult.unchecked(result.table(), "it was copied, paused or altered while it was compared");
    }

    private TableResult compareRows(MirroredTable table) {
        Instant startedAt = Instant.now();
        long began = System.nanoTime();
        Lsn asOf = fence.position();
        if (!caughtUp) {
            // Of a mirror that is far behind, every row would have to be looked at again.
            fence.await(asOf);
            caughtUp = true;
        }
        Found found = new Found(table);
        TableComparison comparison;
        try {
            comparison = comparison(table, isOrdered(table), found);
        } catch (OrderException e) {
            found = new Found(table);
            comparison = comparison(table, false, found);
        }
        long restless = comparison.restless();
        Verdict verdict = found.isAnything() ? Verdict.DIFFERENT : restless > 0 ? Verdict.UNCHECKED : Verdict.EQUAL;
        return new TableResult(
                table.id(),
                verdict,
                restless == 0
                        ? null
                        : restless + (restless == 1 ? " row" : " rows")
                                + " had changed again each time both sides were read",
                asOf,
                startedAt,
                Duration.ofNanos(System.nanoTime() - began),
                comparison.sourceRows(),
                comparison.targetRows(),
                found.rows(Kind.MISSING),
                found.rows(Kind.DIFFERENT),
                found.rows(Kind.EXTRA),
                found.rows(Kind.KEPT_APART),
                found.samples);
    }

    private TableComparison comparison(MirroredTable table, boolean ordered, Found found) {
        results.forgetDiscrepancies(table.id());
        RowImage image = RowImage.of(table, masks);
        try (Connection there = watched(source.openCopySession());
                Connection here = watched(target.openCopySession());
                Connection shipping = image.isShipped() ? watched(target.openCopySession()) : null) {
            TableComparison comparison = new TableComparison(
                    sourceSide(table, image, ordered, there, shipping),
                    new DirectSide(here, targetRows(table, image, ordered)),
                    ordered,
                    !table.key().isEmpty(),
                    fence,
                    executor,
                    found::add,
                    rows -> progress.accept(table.id(), rows));
            comparison.run(Math.max(0, table.source().rows()));
            return comparison;
        } catch (SQLException e) {
            throw PostgresFailure.ofRows(e, "Comparing " + table.id());
        } finally {
            open.clear();
        }
    }

    private Connection watched(Connection connection) throws SQLException {
        open.add(connection);
        try (Statement statement = connection.createStatement()) {
            statement.execute("set lock_timeout = '20s'");
        }
        if (stopped) {
            abort(connection);
        }
        return connection;
    }

    /** From another thread: what is asked just now fails. */
    public void stop() {
        stopped = true;
        open.forEach(Reconciliation::abort);
    }

    private static void abort(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // It is gone either way.
        }
    }

    /** Whether rows of both sides can be cut into the same ranges, by operators that our sessions see. */
    static boolean isOrdered(MirroredTable table) {
        return !table.key().isEmpty()
                && table.key().stream().noneMatch(table.masked()::contains)
                && table.key().stream().allMatch(name -> isOrdered(table.source(), name))
                && table.key().stream().allMatch(name -> isOrdered(table.target(), name));
    }

    private static boolean isOrdered(Table table, String column) {
        return table.column(column)
                .filter(there -> there.equality().isEmpty() && !there.castByFunction())
                .isPresent();
    }

    private Side sourceSide(
            MirroredTable table, RowImage image, boolean ordered, Connection connection, Connection shipping)
            throws SQLException {
        DirectSide.Rows rows = new DirectSide.Rows(
                table.source().alone(),
                table.filter().orElse(""),
                image.sourceDigest(),
                image.sourceKey(),
                ordered ? order(table, table.source()) : List.of(),
                "xmin::text::bigint");
        return image.isShipped()
                ? new ShippedSide(connection, shipping, table, image, masks, rows)
                : new DirectSide(connection, rows);
    }

    private static DirectSide.Rows targetRows(MirroredTable table, RowImage image, boolean ordered) {
        return new DirectSide.Rows(
                table.target().alone(),
                "",
                image.targetDigest(),
                image.targetKey(),
                ordered ? order(table, table.target()) : List.of(),
                "xmin::text::bigint");
    }

    private static List<Column> order(MirroredTable table, Table side) {
        return table.key().stream().map(name -> side.column(name).orElseThrow()).toList();
    }

    /** What comes of one table, in bounded memory. */
    private final class Found {

        private final MirroredTable table;
        private final Map<Kind, Long> rows = new EnumMap<>(Kind.class);
        private final List<Discrepancy> samples = new ArrayList<>();
        private int noted;

        Found(MirroredTable table) {
            this.table = table;
        }

        void add(List<Discrepancy> discrepancies) {
            List<Discrepancy> sorted = sorted(discrepancies);
            sorted.forEach(one -> rows.merge(one.kind(), one.rows(), Long::sum));
            sorted.stream()
                    .filter(one -> one.kind() != Kind.KEPT_APART)
                    .limit(SAMPLES - samples.size())
                    .forEach(samples::add);
            List<Discrepancy> more = sorted.subList(0, Math.min(sorted.size(), ReconciledTables.NOTED - noted));
            if (!more.isEmpty()) {
                results.note(table.id(), more);
                noted += more.size();
            }
        }

        private List<Discrepancy> sorted(List<Discrepancy> discrepancies) {
            if (table.key().isEmpty()) {
                return discrepancies;
            }
            Collection<List<String>> keys =
                    discrepancies.stream().map(Discrepancy::key).toList();
            Set<List<String>> apart = new HashSet<>(results.keptApart(table.id(), keys));
            return discrepancies.stream()
                    .map(one -> one.kind() != Kind.EXTRA && apart.contains(one.key())
                            ? new Discrepancy(one.key(), Kind.KEPT_APART, one.rows())
                            : one)
                    .toList();
        }

        boolean isAnything() {
            return rows(Kind.MISSING) + rows(Kind.DIFFERENT) + rows(Kind.EXTRA) > 0;
        }

        long rows(Kind kind) {
            return rows.getOrDefault(kind, 0L);
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
