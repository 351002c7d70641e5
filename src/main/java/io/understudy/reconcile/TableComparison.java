package io.understudy.reconcile;

import io.understudy.reconcile.Part.Buckets;
import io.understudy.reconcile.Part.KeyRange;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Compares the rows of one table. Digests of parts of it first; a part that differs is cut up until few rows are left, which
 * are read. In memory are the keys and digests of so many rows, however large the table is.
 */
final class TableComparison {

    /** A question should not keep a server busy for longer. */
    private static final Duration QUESTION = Duration.ofMillis(500);

    private static final long FIRST_ROWS = 10_000;
    private static final long MOST_ROWS = 5_000_000;

    /** Few enough to read them instead of comparing halves of them. */
    private static final long LEAF_ROWS = 1_000;

    /** Into so many parts one that differs is cut: few steps where many rows differ, few questions where one does. */
    private static final int WAYS = 16;

    /** Read before the target is waited for. */
    private static final long GROUP_ROWS = 50_000;

    private static final int MOST_BUCKETS = 1 << 16;
    private static final int MOST_LOOKS = 8;
    private static final Duration FIRST_REST = Duration.ofMillis(250);
    private static final Duration LONGEST_REST = Duration.ofSeconds(5);

    private final Side source;
    private final Side target;
    private final boolean ordered;
    private final boolean keyed;
    private final Fence fence;
    private final Executor executor;
    private final Consumer<List<Discrepancy>> found;
    private final Consumer<Long> compared;

    private final List<Part> unequal = new ArrayList<>();
    private long unequalRows;
    private long sourceRows;
    private long targetRows;
    private long restless;

    /**
     * @param ordered whether there are key ranges
     * @param executor on which the source is asked while this thread asks the target
     * @param found told of discrepancies, some at a time
     * @param compared told of rows of the source
     */
    TableComparison(
            Side source,
            Side target,
            boolean ordered,
            boolean keyed,
            Fence fence,
            Executor executor,
            Consumer<List<Discrepancy>> found,
            Consumer<Long> compared) {
        this.source = source;
        this.target = target;
        this.ordered = ordered;
        this.keyed = keyed;
        this.fence = fence;
        this.executor = executor;
        this.found = found;
        this.compared = compared;
    }

    /** @param estimate of the rows of the source */
    void run(long estimate) throws SQLException {
        if (ordered) {
            compareRanges();
        } else {
            compareBuckets(estimate);
        }
        resolve();
    }

    long sourceRows() {
        return sourceRows;
    }

    long targetRows() {
        return targetRows;
    }

    /** Rows of which nothing can be said: each time they were looked at, they had changed again. */
    long restless() {
        return restless;
    }

    private void compareRanges() throws SQLException {
        List<String> from = null;
        long rows = FIRST_ROWS;
        do {
            Optional<List<String>> to = source.boundary(new KeyRange(from, null), rows);
            KeyRange range = new KeyRange(from, to.orElse(null));
            if (from != null && to.isPresent()) {
                requireWithin(target, new KeyRange(from, null), to.get());
            }
            long began = System.nanoTime();
            Both both = sums(range);
            rows = adapted(rows, System.nanoTime() - began);
            count(both);
            if (!both.areEqual()) {
                narrow(range, both);
            }
            from = range.to();
        } while (from != null);
    }

    private static long adapted(long rows, long nanos) {
        double factor = Math.max(0.25, Math.min(2, (double) QUESTION.toNanos() / Math.max(1, nanos)));
        return Math.max(LEAF_ROWS, Math.min(MOST_ROWS, (long) (rows * factor)));
    }

    private void compareBuckets(long estimate) throws SQLException {
        int buckets = 16;
        while (buckets < MOST_BUCKETS && buckets * LEAF_ROWS / 2 < estimate) {
            buckets *= 2;
        }
        int of = buckets;
        CompletableFuture<Map<Integer, Sums>> asked = ask(() -> source.sums(of));
        Map<Integer, Sums> there = target.sums(of);
        Map<Integer, Sums> here = answer(asked);
        Set<Integer> numbers = new HashSet<>(here.keySet());
        numbers.addAll(there.keySet());
        Set<Integer> group = new HashSet<>();
        long groupRows = 0;
        for (int number : numbers) {
            Both both = new Both(here.getOrDefault(number, Sums.NONE), there.getOrDefault(number, Sums.NONE));
            count(both);
            if (!both.areEqual()) {
                group.add(number);
                groupRows += both.rows();
                if (groupRows >= GROUP_ROWS) {
                    differs(new Buckets(Set.copyOf(group), of), groupRows);
                    group.clear();
                    groupRows = 0;
                }
            }
        }
        if (!group.isEmpty()) {
            differs(new Buckets(Set.copyOf(group), of), groupRows);
        }
    }

    private record Both(Sums source, Sums target) {
        boolean areEqual() {
            return source.equals(target);
        }

        long rows() {
            return Math.max(source.rows(), target.rows());
        }
    }

    private void count(Both both) {
        sourceRows += both.source().rows();
        targetRows += both.target().rows();
        compared.accept(both.source().rows());
    }

    private Both sums(KeyRange range) throws SQLException {
        CompletableFuture<Sums> asked = ask(() -> source.sums(range));
        Sums there;
        try {
            there = target.sums(range);
        } finally {
            asked.exceptionally(failure -> null).join();
        }
        return new Both(answer(asked), there);
    }

    private void narrow(KeyRange range, Both both) throws SQLException {
        if (both.rows() <= LEAF_ROWS) {
            differs(range, both.rows());
            return;
        }
        boolean sourceIsLarger = both.source().rows() >= both.target().rows();
        Side larger = sourceIsLarger ? source : target;
        Side other = sourceIsLarger ? target : source;
        long rows = Math.max(LEAF_ROWS, both.rows() / WAYS + 1);
        List<String> from = range.from();
        Optional<List<String>> to;
        do {
            KeyRange rest = new KeyRange(from, range.to());
            to = larger.boundary(rest, rows);
            if (to.isPresent() && to.get().equals(from)) {
                to = Optional.empty(); // So many rows have one key.
            }
            if (to.isPresent()) {
                requireWithin(other, rest, to.get());
            }
            KeyRange part = new KeyRange(from, to.orElse(range.to()));
            Both sums = sums(part);
            if (!sums.areEqual() && part.equals(range)) {
                differs(part, sums.rows()); // Others have made it smaller meanwhile, or it cannot be cut.
            } else if (!sums.areEqual()) {
                narrow(part, sums);
            }
            from = part.to();
        } while (to.isPresent());
    }

    /** Parts that are none at the other side would never get small there. */
    private static void requireWithin(Side side, KeyRange range, List<String> key) throws SQLException {
        if (!side.isWithin(range, key)) {
            throw new OrderException();
        }
    }

    private void differs(Part part, long rows) throws SQLException {
        unequal.add(part);
        unequalRows += rows;
        if (unequalRows >= GROUP_ROWS) {
            resolve();
        }
    }

    private void resolve() throws SQLException {
        Suspects suspects = new Suspects(source, target, keyed, ordered);
        for (Part part : unequal) {
            suspects.add(part);
        }
        unequal.clear();
        unequalRows = 0;
        Duration rest = FIRST_REST;
        for (int looks = 0; looks < MOST_LOOKS && !suspects.isEmpty(); looks++) {
            Fence.pause(rest);
            rest = rest.multipliedBy(2).compareTo(LONGEST_REST) < 0 ? rest.multipliedBy(2) : LONGEST_REST;
            fence.await();
            List<Discrepancy> discrepancies = suspects.lookAgain();
            if (!discrepancies.isEmpty()) {
                found.accept(discrepancies);
            }
        }
        restless += suspects.count();
    }

    private interface Question<T> {
        T ask() throws SQLException;
    }

    private <T> CompletableFuture<T> ask(Question<T> question) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return question.ask();
                    } catch (SQLException e) {
                        throw new CompletionException(e);
                    }
                },
                executor);
    }

    private static <T> T answer(CompletableFuture<T> asked) throws SQLException {
        try {
            return asked.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof SQLException failure) {
                throw failure;
            }
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw e;
        }
    }
}
