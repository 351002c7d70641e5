package io.understudy.apply;

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

/** Finds a row by its key. */
final class KeyedWriter extends TableWriter {

    private final int[] key;
    private final boolean isIdentified;
    private final boolean upserts;
    private final String upsert;
    private final String delete;
    private final Map<BitSet, String> updates = new HashMap<>();

    KeyedWriter(MirroredTable table, Shape shape) {
        super(table, shape);
        this.key = table.key().stream().mapToInt(this::place).toArray();
        this.isIdentified = shape.identifies(table.key());
        this.upserts = table.isUpsertable();
        this.upsert = insert() + onConflictSql();
        this.delete = "delete from " + table.target().alone() + " as t using " + unnest(key.length) + " where "
                + keyMatches();
    }

    private int place(String name) {
        int place = shape().columns().indexOf(name);
        if (place < 0) {
            throw new SchemaDriftException(table().id(), table().key());
        }
        return place;
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

    /** Whether the row carries its whole key: a delete without it would delete nothing and look done. */
    boolean hasKey(String[] row) {
        return Arrays.stream(key).allMatch(place -> row[place] != null);
    }

    /** Whether the log tells of every change of the key: an update that hides one would leave the old row behind. */
    boolean isIdentified() {
        return isIdentified;
    }

    /** Which written columns the row carries: all but the TOASTed ones that an update did not touch. */
    BitSet present(String[] row) {
        BitSet present = new BitSet(row.length);
        for (int place : written()) {
            if (row[place] != Change.UNCHANGED) {
                present.set(place);
            }
        }
        return present;
    }

    boolean isComplete(BitSet present) {
        return present.cardinality() == written().size();
    }

    /**
     * Without it, because the target's table has no unique index on the key or has rules, a row is replaced: whatever
     * has its key is deleted, and it is inserted. Rows that are new to the source as well: nothing else would keep one
     * that somebody wrote to staging from being there twice.
     */
    boolean upserts() {
        return upserts;
    }

    String upsert() {
        return upsert;
    }

    String delete() {
        return delete;
    }

    Tuple deleteArguments(List<String[]> rows) {
        return arguments(rows, keyPlaces());
    }

    /** What of {@code present} an update that leaves the key alone sets: not what only the server itself may set. */
    BitSet withoutKey(BitSet present) {
        BitSet settable = (BitSet) present.clone();
        present.stream()
                .filter(place -> isKey(place) || column(place).identityAlways())
                .forEach(settable::clear);
        return settable;
    }

    /** Takes the old keys first, then the columns that are present: the key may be among them and then moves. */
    String update(BitSet present) {
        return updates.computeIfAbsent(present, set -> movesIdentity(set) ? replaceSql(set) : updateSql(set));
    }

    private boolean movesIdentity(BitSet present) {
        return present.stream().anyMatch(place -> column(place).identityAlways());
    }

    Tuple updateArguments(BitSet present, List<String[]> oldRows, List<String[]> rows) {
        Tuple arguments = arguments(oldRows, keyPlaces());
        Tuple values = arguments(rows, places(present));
        for (int i = 0; i < values.size(); i++) {
            arguments.addValue(values.getValue(i));
        }
        return arguments;
    }

    private String onConflictSql() {
        String assignments = written().stream()
                .filter(place -> !isKey(place) && !column(place).identityAlways())
                .map(place -> columnName(place) + " = excluded." + columnName(place))
                .collect(Collectors.joining(", "));
        return " on conflict (" + Sql.names(table().key()) + ") do "
                + (assignments.isEmpty() ? "nothing" : "update set " + assignments);
    }

    private String updateSql(BitSet present) {
        List<Integer> places = places(present);
        String assignments = listed(
                places.size(),
                i -> columnName(places.get(i)) + " = " + column(places.get(i)).read("x.c" + (key.length + i)));
        return "update " + table().target().alone() + " as t set " + assignments + " from "
                + unnest(key.length + places.size()) + " where " + keyMatches();
    }

    /**
     * The same where the key is {@code generated always as identity}, which no update may set: the row is taken out and
     * put back with its new values, and with its old ones where the change carries none.
     */
    private String replaceSql(BitSet present) {
        List<Integer> places = places(present);
        List<String> taken = new ArrayList<>();
        List<String> values = new ArrayList<>();
        for (int place : written()) {
            int given = places.indexOf(place);
            taken.add((given < 0 ? "t." + columnName(place) : "x.c" + (key.length + given)) + " as v" + place);
            values.add(given < 0 ? "v" + place : column(place).read("v" + place));
        }
        return "with taken as (delete from " + table().target().alone() + " as t using "
                + unnest(key.length + places.size()) + " where " + keyMatches() + " returning "
                + String.join(", ", taken) + ") insert into " + table().id().sql() + " (" + columnNames()
                + ") overriding system value select " + String.join(", ", values) + " from taken";
    }

    private boolean isKey(int place) {
        return Arrays.stream(key).anyMatch(keyPlace -> keyPlace == place);
    }

    private List<Integer> keyPlaces() {
        return Arrays.stream(key).boxed().toList();
    }

    private static List<Integer> places(BitSet present) {
        return present.stream().boxed().toList();
    }

    private String keyMatches() {
        List<String> matches = new ArrayList<>();
        for (int i = 0; i < key.length; i++) {
            matches.add(column(key[i]).matches("t." + columnName(key[i]), "x.c" + i));
        }
        return String.join(" and ", matches);
    }
}
