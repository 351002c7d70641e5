package io.understudy.demo;

import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.Session;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * People who use production, at a steady rate until stopped: one thread, one connection, one transaction of {@code
 * workload.sql} after the other. An error ends it.
 */
final class Workload implements AutoCloseable {

    /** Transactions take a few milliseconds; one that takes this long will not come back. */
    private static final Duration TRANSACTION_LIMIT = Duration.ofSeconds(30);

    /** One of so many transactions is rolled back. */
    private static final int ROLLED_BACK = 25;

    /** When the machine stalls, what was missed is caught up by at most this much, not in one long burst. */
    private static final Duration BURST = Duration.ofSeconds(1);

    /**
     * The figures of one moment. {@code rows} counts what the statements wrote, without what cascades and triggers
     * added.
     */
    record Tally(long transactions, long rows, long rolledBack) {

        Tally plus(long written, boolean committed) {
            return committed
                    ? new Tally(transactions + 1, rows + written, rolledBack)
                    : new Tally(transactions, rows, rolledBack + 1);
        }
    }

    private final PostgresClient production;
    private final int rowsPerSecond;
    private final List<SqlSection> sections = SqlSection.of("workload.sql");
    private final int weights = sections.stream().mapToInt(SqlSection::weight).sum();
    private final SplittableRandom random = new SplittableRandom(20260110);
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "demo-workload");
    private volatile Tally tally = new Tally(0, 0, 0);
    private volatile RuntimeException error;

    private Workload(PostgresClient production, int rowsPerSecond) {
        this.production = production;
        this.rowsPerSecond = rowsPerSecond;
    }

    static Workload start(PostgresClient production, int rowsPerSecond) {
        Workload workload = new Workload(production, rowsPerSecond);
        workload.thread.setDaemon(true);
        workload.thread.start();
        return workload;
    }

    Tally tally() {
        return tally;
    }

    Optional<RuntimeException> error() {
        return Optional.ofNullable(error);
    }

    private void run() {
        try (Session session = production.session()) {
            session.run(section("functions").sql(), TRANSACTION_LIMIT, "preparing the workload");
            long nanosPerRow = TimeUnit.SECONDS.toNanos(1) / rowsPerSecond;
            long due = System.nanoTime();
            while (!stop.await(due - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                boolean commit = random.nextInt(ROLLED_BACK) != 0;
                long written = transaction(session, choose(), commit);
                tally = tally.plus(written, commit);
                due = Math.max(due, System.nanoTime() - BURST.toNanos()) + Math.max(1, written) * nanosPerRow;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            error = e;
        }
    }

    private SqlSection section(String title) {
        return sections.stream()
                .filter(section -> section.title().equals(title))
                .findFirst()
                .orElseThrow();
    }

    private SqlSection choose() {
        int left = random.nextInt(weights);
        for (SqlSection section : sections) {
            left -= section.weight();
            if (left < 0) {
                return section;
            }
        }
        throw new IllegalStateException("the weights of workload.sql do not add up");
    }

    private static long transaction(Session session, SqlSection section, boolean commit) {
        session.query("begin");
        RowSet<Row> answers = session.run(section.sql(), TRANSACTION_LIMIT, "workload: " + section.title());
        session.query(commit ? "commit" : "rollback");
        long written = 0;
        for (RowSet<Row> answer = answers; answer != null; answer = answer.next()) {
            boolean selected =
                    answer.columnsNames() != null && !answer.columnsNames().isEmpty();
            written += selected ? 0 : answer.rowCount();
        }
        return written;
    }

    /** Ends after the transaction at hand; when this returns, nothing more will be written. */
    void stop() {
        stop.countDown();
        try {
            thread.join(TRANSACTION_LIMIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stop();
    }
}
