package io.understudy.scenario.everyRowArrives;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.DatabasePair;
import io.understudy.mirror.Mirror;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Test;

/**
 * Every type that the server has, those of its extensions and made-up ones go through both doors, alone, in arrays, and
 * as a key. The server is asked for the types and for what it takes as their values: nobody has to remember one here.
 * Another seed: {@code -Dseed=…}
 */
class GeneratedValuesIT {

    private static final Logger LOG = Logger.getLogger(GeneratedValuesIT.class);

    private static final long SEED = Long.getLong("seed", 20261121);

    /** Far below what is there, so that a newer server is no failure; far above nothing. */
    private static final int FEWEST_TYPES = 150;

    private static final int FEWEST_CELLS = 20_000;

    private static final int FEWEST_KEYS = 60;

    private static final List<String> WITH_MODIFIERS = List.of(
            "numeric(10,3)",
            "numeric(5,-2)",
            "numeric(3,5)",
            "numeric(1000,500)",
            "character varying(3)",
            "character(5)",
            "bit(7)",
            "bit varying(9)",
            "time(0) without time zone",
            "time(2) with time zone",
            "timestamp(1) without time zone",
            "timestamp(0) with time zone",
            "interval(3)",
            "interval year to month",
            "interval day to second(2)");

    /** A column's type, with the values that its table holds. */
    private record Case(String table, String type, List<String> values, List<String> arrays, List<String> matrices) {

        int rows() {
            return Math.max(values.size(), Math.max(arrays.size(), matrices.size())) + 1;
        }

        String row(int id, int i) {
            return "(" + id + ", " + cell(values, i, type) + ", " + cell(arrays, i, type + "[]") + ", "
                    + cell(matrices, i, type + "[]") + ", " + (i % 2 == 0 ? "repeat(md5('" + id + "'), 100)" : "null")
                    + ")";
        }

        private static String cell(List<String> values, int i, String type) {
            return values.isEmpty() || i % (values.size() + 1) == values.size()
                    ? "null"
                    : literal(values.get(i % (values.size() + 1))) + "::" + type;
        }
    }

    /** A session at each: thousands of statements, each in a connection of its own, would take a minute. */
    private record Sides(Connection source, Connection target) implements AutoCloseable {

        Sides(DatabasePair pair) {
            this(pair.source().connect(), pair.target().connect());
        }

        void source(String... scripts) throws SQLException {
            run(source, scripts);
        }

        /** False, and nothing done, when one of the servers does not have what it needs. */
        boolean both(String sql, String undo) throws SQLException {
            try {
                run(source, sql);
                run(target, sql);
                return true;
            } catch (SQLException e) {
                run(source, undo);
                run(target, undo);
                return false;
            }
        }

        void run(String sql) throws SQLException {
            run(source, sql);
            run(target, sql);
        }

        private static void run(Connection connection, String... scripts) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                for (String script : scripts) {
                    statement.execute(script);
                }
            }
        }

        @Override
        public void close() throws SQLException {
            source.close();
            target.close();
        }
    }

    private final Random random = new Random(SEED);
    private final Map<String, List<String>> different = new TreeMap<>();
    private long cells;

    @Test
    void everyValueOfEveryTypeArrivesThroughCopyAndThroughTheStream() throws Exception {
        try (DatabasePair pair = new DatabasePair();
                Sides sides = new Sides(pair);
                ServerTypes types = new ServerTypes(pair.source(), pair.target(), random)) {
            createExtensions(pair, sides);
            types.read();
            createTypes(sides, types);
            types.read();
            List<Case> cases = cases(sides, types);
            List<Case> keys = keys(sides, cases);
            pair.adopt();
            for (Case one : cases) {
                sides.source(insert(one, 0));
            }
            Mirror mirror = pair.start();
            pair.awaitReached(mirror);
            compare(sides, cases, keys, "through COPY");

            for (Case one : cases) {
                sides.source(changes(one));
            }
            for (Case key : keys) {
                sides.source(keyChanges(key));
            }

            pair.awaitReached(mirror);
            compare(sides, cases, keys, "through the stream");
            LOG.infof(
                    "seed=%d types=%d keys=%d cells=%d; without any text that the server takes: %s;"
                            + " with values that it writes and does not take: %s",
                    SEED,
                    cases.size(),
                    keys.size(),
                    cells,
                    types.withoutValues(),
                    types.unreadable().keySet());
            assertThat(different).as("with seed %d", SEED).isEmpty();
            assertThat(mirror.status().missingRows()).isZero();
            assertThat(cases).hasSizeGreaterThan(FEWEST_TYPES);
            assertThat(keys).hasSizeGreaterThan(FEWEST_KEYS);
            assertThat(cells).isGreaterThan(FEWEST_CELLS);
        }
    }

    /** Whatever the server brings; some only say at this point that a library is missing. */
    private static void createExtensions(DatabasePair pair, Sides sides) throws SQLException {
        Set<String> both =
                new LinkedHashSet<>(pair.source().column("select name from pg_available_extensions order by 1"));
        both.retainAll(pair.target().column("select name from pg_available_extensions"));
        for (String name : both) {
            sides.both(
                    "create extension if not exists \"" + name + "\" cascade",
                    "drop extension if exists \"" + name + "\" cascade");
        }
    }

    /** Enums, domains, rows and ranges over the server's types and over each other. */
    private void createTypes(Sides sides, ServerTypes types) throws SQLException {
        List<String> names = new ArrayList<>();
        for (ServerTypes.Type type : types.elements()) {
            if (!type.name().startsWith("information_schema.")
                    && !types.values(type).isEmpty()) {
                names.add(type.name());
            }
        }
        Literals literals = new Literals(random);
        for (int i = 1; i <= 40; i++) {
            String name = (i % 2 == 0 ? "made" : "\"Made, up\"\"") + i + (i % 2 == 0 ? "" : "\"");
            String of = names.get(random.nextInt(names.size()));
            String sql = switch (i % 5) {
                case 0 -> "create type " + name + " as enum (" + labels(literals) + ")";
                case 1 ->
                    "create domain " + name + " as " + of + (random.nextBoolean() ? "[]" : "")
                            + " check (value is distinct from null or value is null)";
                case 2, 3 -> "create type " + name + " as (" + fields(names) + ")";
                default -> "create type " + name + " as range (subtype = " + of + ")";
            };
            if (sides.both(sql, "drop type if exists " + name)) {
                // More often than the server's own: what is nested is what is asked for.
                names.addAll(List.of(name, name, name));
            }
        }
    }

    private static String labels(Literals literals) {
        return Literals.strings().stream()
                .filter(label -> label.length() < 30)
                .map(label -> label + literals.string(5))
                .distinct()
                .map(GeneratedValuesIT::literal)
                .collect(Collectors.joining(", "));
    }

    private String fields(List<String> names) {
        List<String> fields = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(4); i++) {
            fields.add("\"f " + i + "\" " + names.get(random.nextInt(names.size()))
                    + (random.nextInt(3) == 0 ? "[]" : ""));
        }
        return String.join(", ", fields);
    }

    private static List<Case> cases(Sides sides, ServerTypes types) throws SQLException {
        List<Case> cases = new ArrayList<>();
        for (ServerTypes.Type type : types.elements()) {
            add(cases, sides, type.name(), types.values(type), types.arrays(type, 1), types.arrays(type, 2));
        }
        for (String type : WITH_MODIFIERS) {
            String plain = type.replaceAll("\\(.*?\\)", "").replaceAll(" (year|day) to .*", "");
            ServerTypes.Type of =
                    types.type(plain.equals("bit") ? "\"bit\"" : plain.equals("character") ? "bpchar" : plain);
            add(cases, sides, type, types.valuesOf(of, type), List.of(), List.of());
        }
        return cases;
    }

    private static void add(
            List<Case> cases, Sides sides, String type, List<String> values, List<String> arrays, List<String> matrices)
            throws SQLException {
        Case one = new Case("v" + (cases.size() + 1), type, values, arrays, matrices);
        String create = "create table " + one.table() + " (id int primary key, v " + type + ", va " + type + "[], va2 "
                + type + "[], large text);\n" + "alter table " + one.table() + " alter large set storage external";
        if (!values.isEmpty() && sides.both(create, "drop table if exists " + one.table())) {
            cases.add(one);
        }
    }

    /** The same types as a primary key, those that an index can order. */
    private static List<Case> keys(Sides sides, List<Case> cases) throws SQLException {
        List<Case> keys = new ArrayList<>();
        for (Case one : cases) {
            Case key = new Case("k" + one.table().substring(1), one.type(), one.values(), one.arrays(), List.of());
            String create = "create table " + key.table() + " (v " + key.type() + " primary key, n int, large text);\n"
                    + "alter table " + key.table() + " alter large set storage external";
            String drop = "drop table if exists " + key.table();
            if (sides.both(create, drop)) {
                if (isComparable(sides, key)) {
                    keys.add(key);
                } else {
                    sides.run(drop);
                }
            }
        }
        return keys;
    }

    /**
     * Of rows and arrays the server only says so when there are two of them; and some (cube, with NaN) find the same
     * value now and not then, so that not even the source itself keeps such a key.
     */
    private static boolean isComparable(Sides sides, Case key) throws SQLException {
        try {
            sides.source(insertKeys(key, 0), rewriteKeys(key.table()));
            return true;
        } catch (SQLException e) {
            assertThat(e.getMessage()).containsAnyOf("could not identify a comparison function", "duplicate key value");
            sides.source("rollback");
            return false;
        }
    }

    private static String insert(Case one, int from) {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < one.rows(); i++) {
            rows.add(one.row(from + i, i));
        }
        return "insert into " + one.table() + " values " + String.join(",\n", rows);
    }

    private static String[] changes(Case one) {
        String table = one.table();
        String next = " from " + table + " n where n.id = t.id + 1 and t.id % 4 = ";
        return new String[] {
            insert(one, 1000),
            // One column and not the others, the large one staying out of the log.
            "update " + table + " t set v = n.v" + next + "0",
            "update " + table + " t set va = n.va" + next + "1",
            "update " + table + " t set va2 = n.va2, v = null" + next + "2",
            "update " + table + " set id = id + 5000 where id % 5 = 3",
            "with gone as (delete from " + table + " where id % 7 = 4 returning *) select count(*) from gone",
            "begin; create temp table kept on commit drop as select * from " + table + " where id % 6 = 1; delete from "
                    + table + " where id % 6 = 1; insert into " + table + " select * from kept; commit"
        };
    }

    private static String insertKeys(Case key, int n) {
        return key.values().stream()
                .map(value -> "insert into " + key.table() + " select v, " + n + ", repeat(md5('l'), 100) from (select "
                        + literal(value) + "::" + key.type()
                        + ") as x(v) where octet_length(format('%s', v)) < 2000 on conflict do nothing")
                .collect(Collectors.joining(";\n"));
    }

    private static String[] keyChanges(Case key) {
        String some = "select format('%s', v) from " + key.table() + " order by 1 limit (select count(*) / ";
        String table = key.table();
        return new String[] {
            "update " + table + " set n = n + 1",
            "delete from " + table + " where format('%s', v) in (" + some + "3 from " + table + "))",
            insertKeys(key, 5),
            "update " + table + " set n = n + 1 where format('%s', v) in (" + some + "2 from " + table + "))",
            rewriteKeys(table),
            "delete from " + table + " where format('%s', v) in (" + some + "4 from " + table + "))"
        };
    }

    private static String rewriteKeys(String table) {
        return "begin; create temp table kept on commit drop as select * from " + table + "; delete from " + table
                + "; insert into " + table + " select * from kept; commit";
    }

    private void compare(Sides sides, List<Case> cases, List<Case> keys, String door) throws SQLException {
        for (Case one : cases) {
            compare(
                    sides,
                    one.type() + " " + door,
                    "select id::text, row(v)::text, row(va)::text, row(va2)::text, md5(large) from " + one.table()
                            + " order by id");
        }
        for (Case key : keys) {
            compare(
                    sides,
                    key.type() + " as a key " + door,
                    "select row(v)::text, n::text, md5(large) from " + key.table() + " order by 1");
        }
    }

    private void compare(Sides sides, String what, String sql) throws SQLException {
        Map<String, String> source = cells(sides.source, sql);
        Map<String, String> target = cells(sides.target, sql);
        cells += source.size();
        if (source.equals(target)) {
            return;
        }
        Set<String> places = new LinkedHashSet<>(source.keySet());
        places.addAll(target.keySet());
        for (String place : places) {
            if (!String.valueOf(source.get(place)).equals(String.valueOf(target.get(place)))) {
                different
                        .computeIfAbsent(what, type -> new ArrayList<>())
                        .add(place + ": " + source.get(place) + " arrived as " + target.get(place));
            }
        }
    }

    private static Map<String, String> cells(Connection connection, String sql) throws SQLException {
        Map<String, String> cells = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                for (int i = 2; i <= rows.getMetaData().getColumnCount(); i++) {
                    cells.put(rows.getString(1) + "/" + i, rows.getString(i));
                }
            }
        }
        return cells;
    }

    private static String literal(String text) {
        return (text.contains("\\") ? "E" : "") + "'"
                + text.replace("\\", "\\\\").replace("'", "''") + "'";
    }
}
