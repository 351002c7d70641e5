package io.understudy.stream;

import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.Session;
import io.understudy.postgres.TableId;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What the row filters leave of the changes of a part. Only Postgres knows what a condition means, so it is the source
 * that is asked, once for each filtered table of a part; tables without a filter do not come near.
 *
 * <p>A row with a key needs no past: an update that the condition holds for is written, wherever the row was before,
 * and any other becomes a delete, which does nothing where there is nothing. A row without a key is one of a bag, so
 * that its old values are judged as well.
 *
 * <p>An update does not carry TOASTed values that it left alone. A row that enters needs them, and so may the condition:
 * they are taken from the row as it is now. That is right in the end. If such a value was changed in between, that change
 * stands further on in the log with the value itself, and is judged by it; the same holds for a row that is gone, or
 * whose key belongs to another row by now. Until then the row may be a moment ahead. The one thing that would stay wrong
 * is a row from before its own transaction: the log has a commit a moment before others can see it, so this is waited
 * for.
 */
final class FilteredRows {

    /** Of a value that will be read from the source: how large it is nobody knows before. */
    private static final long UNREAD = 1 << 20;

    /** A table that somebody holds at production, or a slow condition, must not hold up the others. */
    private static final String LIMITS = "set lock_timeout = '5s'; set statement_timeout = '10s'";

    private static final String CANCELED = "57014";

    /** The replication connection waits meanwhile, and is cut by the server after a minute by default. */
    private static final long VISIBLE_MILLIS = 30_000;

    private static final long PAUSE_MILLIS = 10;

    private static final long NUMBERS = 1L << 32;

    private static final String SNAPSHOT = "select pg_snapshot_xmax(s.now)::text::bigint as next,"
            + " array(select x::text::bigint from pg_snapshot_xip(s.now) as x) as open"
            + " from (select pg_current_snapshot() as now) as s";

    /** A change and its place in the part. */
    private record Placed(int place, RawChange.OfRow change) {}

    private final FiltersInForce filters;
    private final Supplier<Session> source;
    private final Map<Shape, Optional<FilterQuestions>> known = new IdentityHashMap<>();
    private RowFilters inForce = RowFilters.NONE;
    private Session session;
    private long visible;

    /** @param source makes a session there when it is first needed */
    FilteredRows(FiltersInForce filters, Supplier<Session> source) {
        this.filters = filters;
        this.source = source;
    }

    /** How much memory a change may take when what it lacks was read. */
    long weight(RawChange change) {
        long weight = change.weight();
        if (isFiltering()
                && change instanceof RawChange.OfRow row
                && row.row() != null
                && filters.now().concerns(row.shape())) {
            for (String value : row.row()) {
                weight += value == Change.UNCHANGED ? UNREAD : 0;
            }
        }
        return weight;
    }

    boolean isFiltering() {
        return filters.now() != RowFilters.NONE;
    }

    /** @param transaction the source's number of it */
    List<RawChange> of(List<RawChange> raw, long transaction) {
        goBy(filters.now());
        if (inForce == RowFilters.NONE) {
            return raw;
        }
        Map<Shape, List<Placed>> groups = new LinkedHashMap<>();
        for (int i = 0; i < raw.size(); i++) {
            if (raw.get(i) instanceof RawChange.OfRow row && inForce.concerns(row.shape())) {
                groups.computeIfAbsent(row.shape(), none -> new ArrayList<>()).add(new Placed(i, row));
            }
        }
        boolean truncates = raw.stream().anyMatch(RawChange.Emptied.class::isInstance);
        if (groups.isEmpty() && !truncates) {
            return raw;
        }
        Map<Integer, List<RawChange>> decided = new HashMap<>();
        groups.forEach((shape, changes) -> decide(shape, changes, transaction, decided));
        List<RawChange> left = new ArrayList<>(raw.size());
        for (int i = 0; i < raw.size(); i++) {
            left.addAll(decided.getOrDefault(i, List.of(raw.get(i))).stream()
                    .flatMap(change -> change instanceof RawChange.Emptied emptied
                            ? withoutStagingsOwn(emptied).stream()
                            : Stream.of(change))
                    .toList());
        }
        return left;
    }

    /** What is in a table that stays empty is staging's own. */
    private Optional<RawChange> withoutStagingsOwn(RawChange.Emptied emptied) {
        Change.Truncate all = emptied.truncate();
        List<TableId> tables = new ArrayList<>();
        List<Long> relations = new ArrayList<>();
        for (int i = 0; i < all.tables().size(); i++) {
            long relation = all.relations().isEmpty() ? 0 : all.relations().get(i);
            if (!inForce.isNever(all.tables().get(i), relation)) {
                tables.add(all.tables().get(i));
                all.relations().stream().skip(i).findFirst().ifPresent(relations::add);
            }
        }
        return tables.isEmpty()
                ? Optional.empty()
                : Optional.of(new RawChange.Emptied(new Change.Truncate(tables, relations)));
    }

    private void goBy(RowFilters next) {
        if (next != inForce) {
            known.clear();
            inForce = next;
        }
    }

    private Optional<FilterQuestions> questions(Shape shape) {
        Optional<FilterQuestions> questions = known.get(shape);
        if (questions == null) {
            if (!inForce.knows(shape)) {
                // News of the source. What is still not known after a look does not leave.
                goBy(filters.renewed());
            }
            questions = inForce.of(shape).map(filter -> new FilterQuestions(filter, shape));
            known.put(shape, questions);
        }
        return questions;
    }

    private void decide(Shape shape, List<Placed> changes, long transaction, Map<Integer, List<RawChange>> decided) {
        Optional<FilterQuestions> questions = questions(shape);
        if (questions.isEmpty() && inForce.knows(shape)) {
            return; // A look has shown that it has no filter.
        }
        changes.forEach(change -> decided.put(change.place(), List.of()));
        if (questions.filter(asked -> asked.filter().isNever()).isPresent()) {
            return; // What is in the table then is staging's own.
        }
        boolean oldRows = changes.stream().anyMatch(change -> change.change().kind() != RawChange.Kind.INSERT);
        Optional<String> impossible = questions
                .map(asked -> asked.impossible(oldRows))
                .orElse(Optional.of("The source's table " + shape.table()
                        + " came and went, or was called by another name, too fast to be looked at."));
        if (impossible.isEmpty()) {
            try {
                Judgement judgement = new Judgement(questions.get(), transaction);
                if (questions.get().isKeyed()) {
                    judgement.ofKeyed(changes, decided);
                } else {
                    judgement.ofWholeRows(changes, decided);
                }
                return;
            } catch (PostgresFailure failure) {
                boolean ofTable = failure.isLocked() || failure.sqlState().equals(CANCELED);
                if (failure.passes() && !ofTable || isOurs(failure)) {
                    throw failure;
                }
                // A row on which the condition fails or takes too long, a table that is held or was altered this very
                // moment.
                impossible = Optional.of(failure.getMessage() + ".");
            }
        }
        // Nothing that may be outside of the filter leaves. What the target then lacks, a new copy brings.
        TableId table = shape.table();
        decided.put(
                changes.get(0).place(),
                List.of(new RawChange.Withheld(new Change.Lost(table, shape.relation(), impossible.get()))));
    }

    /** Out of memory, for one. */
    private static boolean isOurs(PostgresFailure failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof Error) {
                return true;
            }
        }
        return false;
    }

    private Session session() {
        if (session == null) {
            session = source.get();
            session.query(LIMITS);
        }
        return session;
    }

    /** Returns when every session of the source sees what the transaction did. */
    private void awaitVisible(long transaction) {
        if (visible == transaction) {
            return;
        }
        long end = System.currentTimeMillis() + VISIBLE_MILLIS;
        while (!isVisible(transaction)) {
            if (System.currentTimeMillis() > end) {
                throw new CaptureFailure(
                        "A transaction of the source that its log has is not to be seen there after "
                                + VISIBLE_MILLIS / 1000
                                + " s: most likely its commit waits for a synchronous standby. It will be read again.",
                        null);
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CaptureFailure("the capture was interrupted", e);
            }
        }
        visible = transaction;
    }

    private boolean isVisible(long transaction) {
        Row snapshot = session().query(SNAPSHOT).iterator().next();
        long next = snapshot.getLong("next");
        // The log has the lower half of a number that does not come again.
        long number = next - next % NUMBERS + transaction;
        if (number - next > NUMBERS / 2) {
            number -= NUMBERS;
        } else if (next - number > NUMBERS / 2) {
            number += NUMBERS;
        }
        return number < next && !List.of(snapshot.getArrayOfLongs("open")).contains(number);
    }

    /** Of the changes of one shape. */
    private final class Judgement {

        private final FilterQuestions questions;
        private final long transaction;

        Judgement(FilterQuestions questions, long transaction) {
            this.questions = questions;
            this.transaction = transaction;
        }

        void ofKeyed(List<Placed> changes, Map<Integer, List<RawChange>> decided) {
            List<Placed> written = changes.stream()
                    .filter(change -> change.change().row() != null)
                    .toList();
            written.stream()
                    .map(Placed::change)
                    .filter(change -> change.kind() == RawChange.Kind.UPDATE)
                    .forEach(questions::fillKey);
            List<Placed> there = completed(written, questions::isUnknown);
            BitSet mirrored = questions.judge(session(), rows(there));
            List<Placed> left = new ArrayList<>();
            mirrored.stream().forEach(number -> left.add(there.get(number)));
            Map<Integer, RawChange.OfRow> stay = new HashMap<>();
            completed(left, questions::isPartial).forEach(change -> stay.put(change.place(), change.change()));
            changes.forEach(
                    change -> decided.put(change.place(), decided(change.change(), stay.containsKey(change.place()))));
        }

        /**
         * A key that changed is taken apart: which of the two rows the target has depends on a past that is not known
         * here.
         */
        private List<RawChange> decided(RawChange.OfRow change, boolean stays) {
            Shape shape = change.shape();
            return switch (change.kind()) {
                case INSERT -> stays ? List.of(change) : List.of();
                case DELETE -> List.of(RawChange.delete(shape, questions.keyOf(change.oldRow())));
                case UPDATE -> {
                    if (questions.isMoved(change)) {
                        RawChange gone = RawChange.delete(shape, questions.keyOf(change.oldRow()));
                        yield stays ? List.of(gone, RawChange.insert(shape, change.row())) : List.of(gone);
                    }
                    yield List.of(
                            stays
                                    ? RawChange.update(shape, null, change.row())
                                    : RawChange.delete(shape, questions.keyOf(change.row())));
                }
            };
        }

        /** Those that are still there, the partial ones among them with what they lacked. */
        private List<Placed> completed(List<Placed> changes, Predicate<String[]> lacks) {
            List<Placed> partial = changes.stream()
                    .filter(change -> lacks.test(change.change().row()))
                    .toList();
            if (partial.isEmpty()) {
                return changes;
            }
            awaitVisible(transaction);
            BitSet found = questions.complete(session(), rows(partial));
            Set<Integer> gone = new HashSet<>();
            for (int i = 0; i < partial.size(); i++) {
                if (!found.get(i)) {
                    gone.add(partial.get(i).place());
                }
            }
            return changes.stream()
                    .filter(change -> !gone.contains(change.place()))
                    .toList();
        }

        void ofWholeRows(List<Placed> changes, Map<Integer, List<RawChange>> decided) {
            List<String[]> rows = new ArrayList<>();
            for (Placed placed : changes) {
                RawChange.OfRow change = placed.change();
                if (change.oldRow() != null) {
                    rows.add(change.oldRow());
                }
                if (change.row() != null) {
                    rows.add(change.row());
                }
            }
            BitSet mirrored = questions.judge(session(), rows);
            int number = 0;
            for (Placed placed : changes) {
                RawChange.OfRow change = placed.change();
                boolean was = change.oldRow() != null && mirrored.get(number++);
                boolean is = change.row() != null && mirrored.get(number++);
                decided.put(placed.place(), decided(change, was, is));
            }
        }

        private List<RawChange> decided(RawChange.OfRow change, boolean was, boolean is) {
            if (was && is) {
                return List.of(change);
            }
            if (was) {
                return List.of(RawChange.delete(change.shape(), change.oldRow()));
            }
            return is ? List.of(RawChange.insert(change.shape(), change.row())) : List.of();
        }
    }

    private static List<String[]> rows(List<Placed> changes) {
        return changes.stream().map(change -> change.change().row()).toList();
    }
}
