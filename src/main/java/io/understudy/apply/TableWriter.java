package io.understudy.apply;

import io.understudy.postgres.Column;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.Sql;
import io.understudy.stream.Shape;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The set-based statements for one table in one shape. Each takes one text array per column, however many rows, and
 * casts inside the server: the one way that carries every type exactly, and twice as fast as a batch of single rows.
 */
abstract sealed class TableWriter permits KeyedWriter, WholeRowWriter {

    private final MirroredTable table;
    private final Shape shape;
    /** The columns that are written, by their place in the shape. */
    private final List<Integer> written = new ArrayList<>();

    private final String insert;

    TableWriter(MirroredTable table, Shape shape) {
        this.table = table;
        this.shape = shape;
        for (int i = 0; i < shape.columns().size(); i++) {
            if (isWritten(shape.columns().get(i))) {
                written.add(i);
            }
        }
        this.insert = insertSql();
    }

    static TableWriter of(MirroredTable table, Shape shape) {
        return table.key().isEmpty() ? new WholeRowWriter(table, shape) : new KeyedWriter(table, shape);
    }

    private boolean isWritten(String name) {
        if (table.withheld().contains(name)) {
            return false;
        }
        Optional<Column> theirs = table.source().column(name);
        Optional<Column> ours = table.target().column(name);
        if (ours.isEmpty() && theirs.isPresent() && !theirs.get().generated()) {
            throw new SchemaDriftException(table.id(), name, theirs.map(Column::type));
        }
        // What neither side has any more is of a change from before the column was dropped.
        return ours.isPresent() && !ours.get().generated();
    }

    MirroredTable table() {
        return table;
    }

    Shape shape() {
        return shape;
    }

    List<Integer> written() {
        return written;
    }

    /** Costs the target a third less than an upsert, and fails when a row with its key is already there. */
    String insert() {
        return insert;
    }

    Tuple rowArguments(List<String[]> rows) {
        Tuple arguments = arguments(rows, written);
        // Rows of no columns: an array of nothing says how many.
        return written.isEmpty() ? arguments.addArrayOfString(new String[rows.size()]) : arguments;
    }

    private String insertSql() {
        if (written.isEmpty()) {
            return "insert into " + table.id().sql() + " select from " + unnest(1);
        }
        List<Column> younger = younger();
        String names =
                younger.stream().map(column -> ", " + Sql.name(column.name())).collect(Collectors.joining());
        String values = younger.stream()
                .map(column -> ", "
                        + table.target()
                                .column(column.name())
                                .orElseThrow()
                                .read(Sql.literal(column.missing().orElseThrow())))
                .collect(Collectors.joining());
        return "insert into " + table.id().sql() + " (" + columnNames() + names + ") overriding system value select "
                + listed(written.size(), i -> column(written.get(i)).read("x.c" + i)) + values + " from "
                + unnest(written.size());
    }

    /** Columns that were added after the change was made: the row has in them what every older row has. */
    private List<Column> younger() {
        return table.source().columns().stream()
                .filter(column -> column.missing().isPresent()
                        && !table.withheld().contains(column.name())
                        && !shape.columns().contains(column.name())
                        && table.target()
                                .column(column.name())
                                .filter(ours -> !ours.generated())
                                .isPresent())
                .toList();
    }

    String columnNames() {
        return written.stream().map(this::columnName).collect(Collectors.joining(", "));
    }

    String columnName(int place) {
        return Sql.name(shape.columns().get(place));
    }

    /** As the target has it. */
    Column column(int place) {
        return table.target().column(shape.columns().get(place)).orElseThrow();
    }

    static Tuple arguments(List<String[]> rows, List<Integer> places) {
        Tuple arguments = Tuple.tuple(new ArrayList<>(places.size()));
        for (int place : places) {
            String[] values = new String[rows.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = rows.get(i)[place];
            }
            arguments.addArrayOfString(values);
        }
        return arguments;
    }

    /** The arguments as rows: {@code x.c0}, {@code x.c1} and so on, all of them text. */
    static String unnest(int columns) {
        return "unnest(" + listed(columns, i -> "$" + (i + 1) + "::text[]") + ") as x(" + listed(columns, i -> "c" + i)
                + ")";
    }

    static String listed(int count, IntFunction<String> item) {
        return IntStream.range(0, count).mapToObj(item).collect(Collectors.joining(", "));
    }
}
