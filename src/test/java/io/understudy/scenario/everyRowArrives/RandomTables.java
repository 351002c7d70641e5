package io.understudy.scenario.everyRowArrives;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** Tables of random shapes that refer to each other at random, and random statements for them. */
final class RandomTables {

    private static final int ORDINARY = 11;

    /** A key column and an SQL expression that makes another value of it. */
    private record Key(String name, String type, String another) {}

    /** @param references columns that hold a key of {@code parent}, nullable */
    private record Reference(List<String> columns, Shape parent) {}

    private static final class Shape {
        String name;
        List<Key> key;
        boolean identity;
        boolean partitioned;
        boolean unique;
        boolean large;
        boolean full;
        final List<Reference> references = new ArrayList<>();

        String keys() {
            return key.stream().map(Key::name).collect(Collectors.joining(", "));
        }

        String keys(String alias) {
            return key.stream().map(column -> alias + "." + column.name()).collect(Collectors.joining(", "));
        }

        String others() {
            return key.stream().map(Key::another).collect(Collectors.joining(", "));
        }
    }

    private static final List<Key> KINDS = List.of(
            new Key("id", "int", "(random() * 100000)::int"),
            new Key(
                    "\"Code, of it\"",
                    "text",
                    "md5(random()::text) || E'\\t''\\\\\"' || repeat('x', (random() * 3)::int)"),
            new Key("uid", "uuid", "md5(random()::text)::uuid"),
            new Key("\"select\"", "numeric(12,4)", "(random() * 1000)::numeric(12,4)"),
            new Key("at", "timestamptz", "'2024-01-01'::timestamptz + random() * interval '900 days'"));

    private final Random random;
    private final List<Shape> tables = new ArrayList<>();

    RandomTables(Random random) {
        this.random = random;
    }

    /** SQL that makes the tables. */
    List<String> create() {
        List<String> sql = new ArrayList<>();
        for (int i = 0; i < ORDINARY; i++) {
            Shape shape = new Shape();
            shape.name = i % 3 == 0 ? "\"Table \"\"" + i + "\"" : "t" + i;
            shape.unique = random.nextBoolean();
            shape.large = random.nextInt(3) > 0;
            shape.full = random.nextInt(5) == 0;
            shape.identity = i == 4 || random.nextInt(6) == 0;
            shape.key = shape.identity
                    ? List.of(new Key("id", "bigint", "default"))
                    : random.nextInt(3) == 0
                            ? List.of(KINDS.get(i % 2), KINDS.get(2 + i % 3))
                            : List.of(KINDS.get(i % KINDS.size()));
            sql.add(ordinary(shape));
            if (shape.full) {
                sql.add("alter table " + shape.name + " replica identity full");
            }
            tables.add(shape);
        }
        sql.addAll(partitioned());
        for (Shape shape : tables) {
            for (int i = random.nextInt(3); i > 0; i--) {
                // Its own, an earlier or a later one: cycles are likely.
                sql.add(reference(shape, tables.get(random.nextInt(ORDINARY))));
            }
        }
        sql.add(reference(tables.get(0), tables.get(0)));
        sql.add(reference(tables.get(1), tables.get(2)));
        sql.add(reference(tables.get(2), tables.get(1)));
        return sql;
    }

    private String ordinary(Shape shape) {
        List<String> columns = new ArrayList<>();
        for (Key key : shape.key) {
            columns.add(key.name() + " " + key.type() + (shape.identity ? " generated always as identity" : ""));
        }
        columns.add("n int not null default 7");
        if (!shape.full) {
            columns.add("twice int generated always as (n * 2) stored");
        }
        columns.add("amount numeric");
        if (shape.unique) {
            columns.add("u text unique" + (random.nextInt(4) == 0 ? " deferrable initially deferred" : ""));
        }
        if (shape.large) {
            columns.add("body text");
            columns.add("doc jsonb");
        }
        // The key does not always come first.
        columns.add("primary key (" + shape.keys() + ")");
        if (random.nextBoolean()) {
            columns.add(0, "\"first\" text default 'd'");
        }
        return "create table " + shape.name + " (" + String.join(", ", columns) + ")"
                + (shape.large ? ";\nalter table " + shape.name + " alter body set storage external" : "");
    }

    private List<String> partitioned() {
        Shape shape = new Shape();
        shape.name = "parts";
        shape.partitioned = true;
        shape.large = true;
        shape.key = List.of(
                KINDS.get(0),
                new Key("region", "int", "(random() * 29)::int"),
                new Key("kind", "text", "(array['a','b','c'])[1 + (random() * 2)::int]"));
        tables.add(shape);
        return List.of(
                "create table parts (id int, region int, kind text, n int not null default 7, amount numeric, body text, doc jsonb, "
                        + "primary key (id, region, kind)) partition by range (region)",
                "alter table parts alter body set storage external",
                "create table parts_1 partition of parts for values from (0) to (10)",
                "create table parts_2 partition of parts for values from (10) to (20) partition by list (kind)",
                "create table parts_2a partition of parts_2 for values in ('a')",
                "create table parts_2x partition of parts_2 default",
                "create table parts_x partition of parts default");
    }

    private String reference(Shape shape, Shape parent) {
        int number = shape.references.size();
        List<String> columns = new ArrayList<>();
        List<String> add = new ArrayList<>();
        for (int i = 0; i < parent.key.size(); i++) {
            columns.add("ref" + number + "_" + i);
            add.add("add column ref" + number + "_" + i + " "
                    + parent.key.get(i).type());
        }
        shape.references.add(new Reference(columns, parent));
        String then = List.of("", " on delete cascade", " on delete set null").get(random.nextInt(3))
                + (parent.identity ? "" : List.of("", " on update cascade").get(random.nextInt(2)))
                + List.of("", " deferrable initially deferred").get(random.nextInt(2));
        return "alter table " + shape.name + " " + String.join(", ", add) + ", add foreign key ("
                + String.join(", ", columns) + ") references " + parent.name + then;
    }

    /** What it does is decided here; to which rows, by the session's {@code random()}. */
    String statement(Random random) {
        Shape shape = tables.get(random.nextInt(tables.size()));
        String one = shape.name + " where (" + shape.keys() + ") in (" + some(shape, 1 + random.nextInt(5)) + ")";
        return switch (random.nextInt(100)) {
            case 0 -> "update " + shape.name + " set amount = n";
            case 1 -> insert(shape, 1500);
            case 2 -> "update " + shape.name + " set n = n + 1";
            case 3, 4, 5, 6 ->
                "delete from " + shape.name + " where (" + shape.keys() + ") in (" + some(shape, 100) + ")";
            case 7, 8, 9, 10, 11, 12, 13, 14 -> "delete from " + one;
            case 15, 16, 17, 18, 19, 20 -> again(shape);
            case 21, 22, 23, 24, 25, 26, 27 -> swap(shape);
            case 28, 29, 30, 31, 32, 33 -> rotate(shape);
            case 34, 35, 36, 37, 38, 39, 40, 41, 42 -> move(shape);
            case 43, 44, 45, 46, 47, 48 -> refer(shape);
            case 49, 50, 51 -> insert(shape, 1) + " on conflict do nothing";
            case 52, 53, 54 ->
                shape.unique
                        ? "update " + shape.name + " set u = null where n % 3 = 0"
                        : "update " + one.replace(" where", " set n = 3 where");
            default -> random.nextInt(5) < 2 ? insert(shape, 1 + random.nextInt(20)) : update(shape, one, random);
        };
    }

    String truncate(Random random) {
        return "truncate " + tables.get(random.nextInt(tables.size())).name + " cascade";
    }

    private static String some(Shape shape, int count) {
        return "select " + shape.keys() + " from " + shape.name + " order by random() limit " + count;
    }

    private String insert(Shape shape, int count) {
        List<String> columns = new ArrayList<>(List.of("n", "amount"));
        List<String> values = new ArrayList<>(List.of("(random() * 1000)::int", "(random() * 1000)::numeric"));
        if (!shape.identity) {
            columns.add(shape.keys());
            values.add(shape.others());
        }
        if (shape.unique) {
            columns.add("u");
            values.add("case when random() < 0.7 then 'u' || (random() * 100000)::int end");
        }
        if (shape.large) {
            columns.add("body, doc");
            values.add(body(count > 100 ? 0.02 : 0.5) + ", jsonb_build_object('a', random(), 'é', null)");
        }
        return "insert into " + shape.name + " (" + String.join(", ", columns) + ") select " + String.join(", ", values)
                + " from generate_series(1, " + count + ")";
    }

    private static String body(double share) {
        return "case when random() < " + share
                + " then repeat(md5(random()::text), (60 + random() * 200)::int) when random() < 0.5 then 'small' end";
    }

    private static String update(Shape shape, String one, Random random) {
        String set = switch (random.nextInt(4)) {
            case 0 -> shape.large ? "body = " + body(0.6) : "amount = null";
            case 1 ->
                shape.unique ? "u = case when random() < 0.8 then 'u' || (random() * 100000)::int end" : "n = n - 1";
            case 2 -> shape.large ? "doc = doc || '{\"b\": 1}', n = n + 1" : "amount = -amount";
            default -> "n = (random() * 1000)::int";
        };
        return "update "
                + one.replaceFirst(" where", " set " + set.replace("\\", "\\\\").replace("$", "\\$") + " where");
    }

    /** The key moves, alone or with something else. */
    private String move(Shape shape) {
        String sets = shape.key.stream()
                .map(key -> key.name() + " = " + key.another())
                .collect(Collectors.joining(", "));
        String more = random.nextBoolean()
                ? ", n = n + 1"
                : shape.large && random.nextBoolean() ? ", body = " + body(0.5) : "";
        return "update " + shape.name + " set " + sets + more + " where (" + shape.keys() + ") in (" + some(shape, 3)
                + ")";
    }

    private static String refer(Shape shape) {
        if (shape.references.isEmpty()) {
            return "update " + shape.name + " set n = 0 where n = 1";
        }
        Reference reference = shape.references.get(shape.references.size() - 1);
        return "update " + shape.name + " set (" + String.join(", ", reference.columns()) + ") = ("
                + some(reference.parent(), 1) + ") where (" + shape.keys() + ") in (" + some(shape, 4) + ")";
    }

    private static String again(Shape shape) {
        return block(
                shape,
                "delete from " + shape.name + " where (" + shape.keys() + ") = (" + shape.keys("x") + "); "
                        + reinsert(shape));
    }

    /** Generated columns cannot be inserted, so the row is put together again by name. */
    private static String reinsert(Shape shape) {
        List<String> columns = new ArrayList<>(List.of("n", "amount"));
        shape.key.forEach(key -> columns.add(key.name()));
        if (shape.large) {
            columns.addAll(List.of("body", "doc"));
        }
        return "insert into " + shape.name + " (" + String.join(", ", columns) + ")"
                + (shape.identity ? " overriding system value" : "") + " values ("
                + columns.stream().map(column -> "x." + column).collect(Collectors.joining(", ")) + ");";
    }

    private static String swap(Shape shape) {
        if (!shape.unique) {
            return again(shape);
        }
        String row = "update " + shape.name + " set u = %s where (" + shape.keys() + ") = (%s); ";
        return block(
                shape,
                row.formatted("null", shape.keys("x"))
                        + row.formatted("x.u", shape.keys("y"))
                        + row.formatted("y.u", shape.keys("x")));
    }

    private static String rotate(Shape shape) {
        if (shape.identity) {
            return "update " + shape.name + " set id = default where (id) in (" + some(shape, 3) + ")";
        }
        String row =
                "update " + shape.name + " set (" + shape.keys() + ") = row(%s) where (" + shape.keys() + ") = (%s); ";
        return block(
                shape,
                "select " + shape.others() + " into " + shape.keys("z") + "; "
                        + row.formatted(shape.keys("z"), shape.keys("x"))
                        + row.formatted(shape.keys("x"), shape.keys("y"))
                        + row.formatted(shape.keys("y"), shape.keys("z")));
    }

    /** With two rows x and y, and a third for what is needed in between. */
    private static String block(Shape shape, String body) {
        String row = "select * into %s from " + shape.name
                + " t order by random() limit 1; if not found then return; end if; ";
        return "do $do$ declare x " + shape.name + "; y " + shape.name + "; z " + shape.name + "; begin "
                + row.formatted("x")
                + row.formatted("y") + "if (" + shape.keys("x") + ") = (" + shape.keys("y") + ") then return; end if; "
                + body
                + " end $do$";
    }
}
