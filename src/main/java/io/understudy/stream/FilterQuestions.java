package io.understudy.stream;

import io.understudy.postgres.Session;
import io.understudy.postgres.Sql;
import io.understudy.postgres.Table;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What the source is asked about changes of one shape: one question for many rows, each column as one array of texts. */
final class FilterQuestions {

    /** The replication connection waits meanwhile, and is cut by the server after a minute by default. */
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** Rows in a question: a slow condition is answered in pieces, each of which the server cuts off in time. */
    private static final int AT_ONCE = 500;

    private final RowFilter filter;
    private final Shape shape;
    private final List<Integer> used;
    private final List<Integer> key;

    FilterQuestions(RowFilter filter, Shape shape) {
        this.filter = filter;
        this.shape = shape;
        this.used = places(filter.columns());
        this.key = places(filter.table().key());
    }

    private List<Integer> places(List<String> columns) {
        return columns.stream().map(shape.columns()::indexOf).toList();
    }

    RowFilter filter() {
        return filter;
    }

    /**
     * Why changes of this shape cannot be judged, if that is so.
     *
     * @param oldRows whether there are some that carry old rows
     */
    Optional<String> impossible(boolean oldRows) {
        if (filter.unusable().isPresent()) {
            return filter.unusable();
        }
        boolean complete = !used.contains(-1) && !key.contains(-1);
        // Without a key a row is known by all its old values.
        boolean known = !key.isEmpty() || !oldRows || shape.identifies(shape.columns());
        return complete && known
                ? Optional.empty()
                : Optional.of("A change of " + shape.table() + " does not carry what "
                        + RowFilter.setting(filter.table().id()) + " needs (" + String.join(", ", filter.columns())
                        + ").");
    }

    boolean isKeyed() {
        return !key.isEmpty();
    }

    /** A value that does not leave, and that the condition does not need. */
    private boolean isIgnored(int place) {
        return filter.leftOut().contains(shape.columns().get(place)) && !used.contains(place);
    }

    /** Whether the log left out a value that is needed. */
    boolean isPartial(String[] row) {
        return IntStream.range(0, row.length).anyMatch(place -> row[place] == Change.UNCHANGED && !isIgnored(place));
    }

    /** Whether the log left out a value that the condition uses. */
    boolean isUnknown(String[] row) {
        return used.stream().anyMatch(place -> row[place] == Change.UNCHANGED);
    }

    /** Whether an update gave the row another key. */
    boolean isMoved(RawChange.OfRow update) {
        return update.oldRow() != null
                && key.stream().anyMatch(place -> !Objects.equals(update.row()[place], update.oldRow()[place]));
    }

    /** A key that is TOASTed stands in the old row, and only there when the update left it alone. */
    void fillKey(RawChange.OfRow update) {
        for (int place : key) {
            if (update.row()[place] == Change.UNCHANGED && update.oldRow() != null) {
                update.row()[place] = update.oldRow()[place];
            }
        }
    }

    /** The row's key and nothing else. */
    String[] keyOf(String[] row) {
        String[] values = new String[row.length];
        key.forEach(place -> values[place] = row[place]);
        return values;
    }

    /** Which of the rows the condition holds for. */
    BitSet judge(Session source, List<String[]> rows) {
        BitSet mirrored = new BitSet();
        if (rows.isEmpty()) {
            return mirrored;
        }
        // Of a condition without columns one array says how many rows there are.
        List<Integer> asked = used.isEmpty() ? List.of(0) : used;
        String sql = filter.rowsOf(
                IntStream.range(0, used.size()).mapToObj(i -> "x.c" + i).toList(), "x.n", unnest(asked.size()));
        for (int from = 0; from < rows.size(); from += AT_ONCE) {
            int first = from;
            List<String[]> some = rows.subList(from, Math.min(from + AT_ONCE, rows.size()));
            ask(source, sql, arguments(some, asked)).forEach(row -> mirrored.set(first + (int) (row.getLong(0) - 1)));
        }
        return mirrored;
    }

    /**
     * Fills what the log left out with what the rows hold now.
     *
     * @return those that are there, and within the filter
     */
    BitSet complete(Session source, List<String[]> rows) {
        Table table = filter.table();
        Collection<Integer> missing = new TreeSet<>();
        for (String[] row : rows) {
            IntStream.range(0, row.length)
                    .filter(place -> row[place] == Change.UNCHANGED && !isIgnored(place))
                    .forEach(missing::add);
        }
        List<Integer> asked = List.copyOf(missing);
        // As the type itself writes it; a cast to text may not, of a character(n) for one.
        String values = asked.stream()
                .map(place -> "t." + Sql.name(shape.columns().get(place)))
                .map(column -> ", case when num_nulls(" + column + ") = 0 then format('%s', " + column + ") end")
                .collect(Collectors.joining());
        List<String> matches = new ArrayList<>();
        for (int i = 0; i < key.size(); i++) {
            String name = table.key().get(i);
            matches.add(table.column(name).orElseThrow().matches("t." + Sql.name(name), "x.c" + i));
        }
        // A row that has left the filter since counts as gone: its values are no longer what may leave.
        String sql = "select x.n" + values + " from " + unnest(key.size()) + " join (select * from " + table.alone()
                + " where (" + filter.condition() + "\n)) as t on " + String.join(" and ", matches);
        BitSet there = new BitSet();
        for (Row found : ask(source, sql, arguments(rows, key))) {
            int number = (int) (found.getLong(0) - 1);
            String[] row = rows.get(number);
            for (int i = 0; i < asked.size(); i++) {
                if (row[asked.get(i)] == Change.UNCHANGED) {
                    row[asked.get(i)] = found.getString(i + 1);
                }
            }
            there.set(number);
        }
        return there;
    }

    private RowSet<Row> ask(Session source, String sql, Tuple arguments) {
        Future<RowSet<Row>> answer = source.send(sql, arguments, LIMIT);
        return source.await(
                answer,
                LIMIT,
                "Asking the source by " + RowFilter.setting(filter.table().id()));
    }

    private static String unnest(int columns) {
        return "unnest("
                + IntStream.rangeClosed(1, columns)
                        .mapToObj(i -> "$" + i + "::text[]")
                        .collect(Collectors.joining(", "))
                + ") with ordinality as x("
                + IntStream.range(0, columns).mapToObj(i -> "c" + i + ", ").collect(Collectors.joining()) + "n)";
    }

    private static Tuple arguments(List<String[]> rows, List<Integer> places) {
        Tuple arguments = Tuple.tuple();
        for (int place : places) {
            arguments.addArrayOfString(rows.stream().map(row -> row[place]).toArray(String[]::new));
        }
        return arguments;
    }
}
