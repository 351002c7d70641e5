package io.understudy.apply;

import io.understudy.postgres.Column;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.Sql;
import io.understudy.stream.Change;
import io.understudy.stream.Shape;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The set-based statements for one table in one shape. Each takes one text array per column, however many rows, and
 * casts inside the server: the one way that carries every type exactly, and twice as fast as a batch of single rows.
 */
final class TableWriter {

    private final MirroredTable table;
    private final Shape shape;
    /** The columns that are written, by their place in the shape. */
    private final List<Integer> written = new ArrayList<>();

    private final int[] key;
    private final String insert;
    private final String upsert;
    private final String delete;
    private final Map<BitSet, String> updates = new HashMap<>();

    TableWriter(MirroredTable table, Shape shape) {
        this.table = table;
        this.shape = shape;
        for (int i = 0; i < shape.columns().size(); i++) {
            if (isWritten(shape.columns().get(i))) {
                written.add(i);
            }
        }
        this.key = table.key().stream().mapToInt(this::place).toArray();
        this.insert = insertSql();
        this.upsert = insert + onConflictSql();
        this.delete = "delete from " + table.target().alone() + " as t using " + unnest(keyPlaces()) + " where "
                + keyMatches();
    }

    private boolean isWritten(String name) {
        Column column = table.target()
                .column(name)
                .orElseThrow(() -> new SchemaDriftException(
                        table.id(), name, table.source().column(name).map(Column::type)));
        return !column.generated();
    }

    private int place(String name) {
        int place = shape.columns().indexOf(name);
        if (place < 0) {
            throw new IllegalStateException("The key column " + name + " of " + table.id()
                    + " is no longer at the source. The table must be copied again with its new key.");
        }
        return place;
    }

    MirroredTable table() {
        return table;
    }

    Shape shape() {
        return shape;
    }

    /** What identifies the row, to compare with other rows of this table. */
    Object key(String[] row) {
        if (key.length == 1) {
            return row[key[0]];
        }
        List<String> values = new ArrayList<>(key.length);
        for (int place : key) {
            values.add(row[place]);
        }
        return values;
    }

    /** Which written columns the row carries: all but the TOASTed ones that an update did not touch. */
    BitSet present(String[] row) {
        BitSet present = new BitSet(row.length);
        for (int place : written) {
            if (row[place] != Change.UNCHANGED) {
                present.set(place);
            }
        }
        return present;
    }

    boolean isComplete(BitSet present) {
        return present.cardinality() == written.size();
    }

    /** Costs the target a third less than {@link #upsert}, and fails when a row is already there. */
    String insert() {
        return insert;
    }

    String upsert() {
        return upsert;
    }

    Tuple rowArguments(List<String[]> rows) {
        return arguments(rows, written);
    }

    String delete() {
        return delete;
    }

    Tuple deleteArguments(List<String[]> rows) {
        return arguments(rows, keyPlaces());
    }

    /** What of {@code present} an update that leaves the key alone has to set; the server may set the rest only itself. */
    BitSet withoutKey(BitSet present) {
        BitSet settable = (BitSet) present.clone();
        present.stream()
                .filter(place -> keyPlaces().contains(place) || isIdentityAlways(place))
                .forEach(settable::clear);
        return settable;
    }

    /** Takes the old keys first, then the columns that are present: the key may be among them and then moves. */
    String update(BitSet present) {
        return updates.computeIfAbsent(present, set -> movesIdentity(set) ? replaceSql(set) : updateSql(set));
    }

    private boolean movesIdentity(BitSet present) {
        return present.stream().anyMatch(this::isIdentityAlways);
    }

    /** Whether the row carries its whole key: a delete without it would delete nothing and look done. */
    boolean hasKey(String[] row) {
        return Arrays.stream(key).allMatch(place -> row[place] != null);
    }

    Tuple updateArguments(BitSet present, List<String[]> oldRows, List<String[]> rows) {
        Tuple arguments = arguments(oldRows, keyPlaces());
        Tuple values = arguments(rows, places(present));
        for (int i = 0; i < values.size(); i++) {
            arguments.addValue(values.getValue(i));
        }
        return arguments;
    }

    private static Tuple arguments(List<String[]> rows, List<Integer> places) {
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

    private String insertSql() {
        String columns = written.stream().map(this::columnName).collect(Collectors.joining(", "));
        return "insert into " + table.id().sql() + " (" + columns + ") overriding system value select " + cast(written)
                + " from " + unnest(written);
    }

    private String onConflictSql() {
        String assignments = written.stream()
                .filter(place -> !keyPlaces().contains(place) && !isIdentityAlways(place))
                .map(place -> columnName(place) + " = excluded." + columnName(place))
                .collect(Collectors.joining(", "));
        return " on conflict (" + Sql.names(table.key()) + ") do "
                + (assignments.isEmpty() ? "nothing" : "update set " + assignments);
    }

    private String updateSql(BitSet present) {
        List<Integer> places = places(present);
        List<String> assignments = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            assignments.add(
                    columnName(places.get(i)) + " = " + column(places.get(i)).read("x.c" + (key.length + i)));
        }
        return "update " + table.target().alone() + " as t set " + String.join(", ", assignments) + " from "
                + unnest(keyPlacesAnd(places)) + " where " + keyMatches();
    }

    /**
     * The same where the key is {@code generated always as identity}, which no update may set: the row is taken out and put
     * back with its new values, and with its old ones where the change carries none.
     */
    private String replaceSql(BitSet present) {
        List<Integer> places = places(present);
        List<String> taken = new ArrayList<>();
        List<String> values = new ArrayList<>();
        for (int place : written) {
            int given = places.indexOf(place);
            taken.add((given < 0 ? "t." + columnName(place) : "x.c" + (key.length + given)) + " as v" + place);
            values.add(given < 0 ? "v" + place : column(place).read("v" + place));
        }
        return "with taken as (delete from " + table.target().alone() + " as t using " + unnest(keyPlacesAnd(places))
                + " where " + keyMatches() + " returning " + String.join(", ", taken) + ") insert into "
                + table.id().sql() + " ("
                + written.stream().map(this::columnName).collect(Collectors.joining(", "))
                + ") overriding system value select " + String.join(", ", values) + " from taken";
    }

    private List<Integer> keyPlacesAnd(List<Integer> places) {
        List<Integer> all = new ArrayList<>(keyPlaces());
        all.addAll(places);
        return all;
    }

    private boolean isIdentityAlways(int place) {
        return table.target()
                .column(shape.columns().get(place))
                .map(Column::identityAlways)
                .orElse(false);
    }

    private List<Integer> keyPlaces() {
        return Arrays.stream(key).boxed().toList();
    }

    private static List<Integer> places(BitSet present) {
        return present.stream().boxed().toList();
    }

    private static String unnest(List<Integer> places) {
        List<String> arrays = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            arrays.add("$" + (i + 1) + "::text[]");
            names.add("c" + i);
        }
        return "unnest(" + String.join(", ", arrays) + ") as x(" + String.join(", ", names) + ")";
    }

    private String cast(List<Integer> places) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            values.add(column(places.get(i)).read("x.c" + i));
        }
        return String.join(", ", values);
    }

    private String keyMatches() {
        List<String> matches = new ArrayList<>();
        for (int i = 0; i < key.length; i++) {
            matches.add(column(key[i]).matches("t." + columnName(key[i]), "x.c" + i));
        }
        return String.join(" and ", matches);
    }

    private String columnName(int place) {
        return Sql.name(shape.columns().get(place));
    }

    private Column column(int place) {
        return table.target().column(shape.columns().get(place)).orElseThrow();
    }
}
