package io.understudy.scenario.everyRowArrives;

import io.understudy.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** The types that a server has, as it tells, and for each the texts that it takes as a value. */
final class ServerTypes implements AutoCloseable {

    /** The last value is where text ends that the server wrote itself and does not read: nobody could carry it. */
    private static final String ACCEPTED = """
            create function pg_temp.accepted(type text, candidates text[]) returns setof text language plpgsql as $$
            declare candidate text; written text; again text; accepted boolean;
            begin
              foreach candidate in array candidates loop
                accepted := false;
                begin
                  execute format('select format(''%%s'', %L::%s)', candidate, type) into written;
                  accepted := true;
                  execute format('select format(''%%s'', %L::%s)', written, type) into again;
                  return next case when written = again collate "C" then '+' || candidate else '?' || written end;
                exception when others then
                  if accepted then return next '?' || written; end if;
                end;
              end loop;
            end $$
            """;

    private static final String TYPES = """
            select t.oid, format_type(t.oid, -1) as name, t.typname, t.typdelim, t.typarray,
                   case when exists (select from pg_type e where e.typarray = t.oid) then 'a' else t.typtype::text end as kind,
                   coalesce(nullif(t.typbasetype, 0), r.rngsubtype, m.rngtypid, nullif(t.typelem, 0), 0) as part,
                   array(select a.atttypid::int8 from pg_attribute a
                          where a.attrelid = t.typrelid and t.typrelid <> 0 and a.attnum > 0 and not a.attisdropped order by a.attnum) as fields,
                   array(select e.enumlabel::text from pg_enum e where e.enumtypid = t.oid order by e.enumsortorder) as labels
              from pg_type t
              left join pg_range r on r.rngtypid = t.oid
              left join pg_range m on m.rngmultitypid = t.oid
             where t.typisdefined and t.typtype <> 'p'
               and (t.typrelid = 0 or (select relkind from pg_class where oid = t.typrelid) = 'c')
               and t.typnamespace <> 'pg_toast'::regnamespace and t.typnamespace::regnamespace::text !~ '^pg_temp'
             order by 2
            """;

    /** More would only take time: the edges come first, and arrays, fields and bounds multiply them. */
    private static final int MOST = 40;

    /**
     * @param kind as in pg_type, and 'a' for the array of another type
     * @param part what it is made of: an array's elements, a domain's base, a range's bounds
     */
    record Type(
            long oid,
            String name,
            String typname,
            char kind,
            char delimiter,
            long array,
            long part,
            List<Long> fields,
            List<String> labels) {}

    private final Connection connection;
    private final Connection other;
    private final Random random;
    private final Literals literals;
    private final Map<Long, Type> types = new LinkedHashMap<>();
    private final Map<Long, List<String>> values = new HashMap<>();
    private final Map<String, Set<String>> unreadable = new TreeMap<>();

    /** @param other takes all values as well, or they are left out: an older server knows no infinite interval */
    ServerTypes(Database database, Database other, Random random) throws SQLException {
        this.connection = database.connect();
        this.other = other.connect();
        this.random = random;
        this.literals = new Literals(random);
        for (Connection each : List.of(this.connection, this.other)) {
            try (Statement statement = each.createStatement()) {
                statement.execute(ACCEPTED);
            }
        }
        read();
    }

    /** Again, after types were created. */
    void read() throws SQLException {
        types.clear();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(TYPES)) {
            while (rows.next()) {
                Type type = new Type(
                        rows.getLong("oid"),
                        rows.getString("name"),
                        rows.getString("typname"),
                        rows.getString("kind").charAt(0),
                        rows.getString("typdelim").charAt(0),
                        rows.getLong("typarray"),
                        rows.getLong("part"),
                        List.of((Long[]) rows.getArray("fields").getArray()),
                        List.of((String[]) rows.getArray("labels").getArray()));
                types.put(type.oid(), type);
            }
        }
    }

    /** All but arrays, which are their elements' business. */
    List<Type> elements() {
        return types.values().stream().filter(type -> type.kind() != 'a').toList();
    }

    Type type(String name) {
        return types.values().stream()
                .filter(type -> type.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** What the server wrote itself and cannot read, by type. */
    Map<String, Set<String>> unreadable() {
        return unreadable;
    }

    List<String> withoutValues() {
        return elements().stream()
                .filter(type -> values.getOrDefault(type.oid(), List.of()).isEmpty())
                .map(Type::name)
                .toList();
    }

    List<String> values(Type type) throws SQLException {
        List<String> known = values.get(type.oid());
        if (known == null) {
            known = accepted(type.name(), candidates(type));
            values.put(type.oid(), known);
        }
        return known;
    }

    List<String> valuesOf(Type type, String nameWithModifier) throws SQLException {
        return accepted(nameWithModifier, values(type));
    }

    List<String> arrays(Type element, int dimensions) throws SQLException {
        List<String> all = values(element);
        List<String> candidates = new ArrayList<>();
        if (dimensions == 1) {
            candidates.add("{}");
            candidates.add("{NULL}");
            for (int i = 0; i < 6 && !all.isEmpty(); i++) {
                candidates.add(array(some(all, 1 + i), element.delimiter()));
                candidates.add("[%d:%d]=".formatted(i - 3, i - 2) + array(some(all, 2), element.delimiter()));
            }
            // Each of them once inside an array: there everything is quoted once more.
            candidates.add(array(all, element.delimiter()));
        } else {
            for (int i = 0; i < 4 && !all.isEmpty(); i++) {
                String rows = "{" + array(some(all, 2), element.delimiter()) + element.delimiter()
                        + array(some(all, 2), element.delimiter()) + "}";
                candidates.add(rows);
                candidates.add("[0:1][-5:-4]=" + rows);
            }
        }
        return accepted(element.name() + "[]", candidates);
    }

    private List<String> candidates(Type type) throws SQLException {
        return switch (type.kind()) {
            case 'e' -> type.labels();
            case 'd' -> values(types.get(type.part()));
            case 'a' -> arrays(types.get(type.part()), 1);
            case 'r' -> ranges(values(types.get(type.part())));
            case 'm' -> multiranges(values(types.get(type.part())));
            case 'c' -> rows(type);
            default -> {
                List<String> own = literals.of(type.typname());
                yield own.isEmpty() ? literals.ofEverything() : own;
            }
        };
    }

    private List<String> ranges(List<String> bounds) {
        List<String> ranges = new ArrayList<>(List.of("empty", "(,)"));
        for (int i = 0; i < 30 && !bounds.isEmpty(); i++) {
            String from = quoted(one(bounds));
            String to = quoted(one(bounds));
            ranges.add((random.nextBoolean() ? "[" : "(") + from + "," + to + (random.nextBoolean() ? "]" : ")"));
            ranges.add("[" + from + "," + from + "]");
            ranges.add(random.nextBoolean() ? "(," + to + "]" : "[" + from + ",)");
        }
        return ranges;
    }

    private List<String> multiranges(List<String> ranges) {
        List<String> multiranges = new ArrayList<>(List.of("{}"));
        for (int i = 0; i < 12 && !ranges.isEmpty(); i++) {
            multiranges.add("{" + String.join(",", some(ranges, 1 + i % 4)) + "}");
        }
        return multiranges;
    }

    private List<String> rows(Type type) throws SQLException {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            List<String> fields = new ArrayList<>();
            for (long field : type.fields()) {
                List<String> all = types.containsKey(field) ? values(types.get(field)) : List.of();
                fields.add(all.isEmpty() || i == 0 || random.nextInt(6) == 0 ? "" : quoted(one(all)));
            }
            rows.add("(" + String.join(",", fields) + ")");
        }
        return rows;
    }

    private String array(List<String> elements, char delimiter) {
        List<String> quoted = new ArrayList<>();
        for (String element : elements) {
            quoted.add(random.nextInt(5) == 0 ? "NULL" : quoted(element));
        }
        return "{" + String.join("" + delimiter, quoted) + "}";
    }

    /** As arrays, rows and ranges all take it. */
    private static String quoted(String value) {
        return "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    private String one(List<String> all) {
        return all.get(random.nextInt(all.size()));
    }

    private List<String> some(List<String> all, int count) {
        List<String> some = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            some.add(one(all));
        }
        return some;
    }

    private List<String> accepted(String type, List<String> candidates) throws SQLException {
        List<String> accepted = new ArrayList<>();
        List<String> distinct = new ArrayList<>(new LinkedHashSet<>(candidates));
        for (String answer : answers(other, type, readable(type, answers(connection, type, distinct)))) {
            if (answer.startsWith("+")) {
                accepted.add(answer.substring(1));
            }
        }
        if (accepted.size() > 2 * MOST) {
            Collections.shuffle(accepted, random);
            return accepted.subList(0, 2 * MOST);
        }
        return accepted;
    }

    private List<String> readable(String type, List<String> answers) {
        List<String> readable = new ArrayList<>();
        for (String answer : answers) {
            if (answer.startsWith("+")) {
                readable.add(answer.substring(1));
            } else {
                unreadable.computeIfAbsent(type, name -> new LinkedHashSet<>()).add(answer.substring(1));
            }
        }
        return readable;
    }

    private static List<String> answers(Connection connection, String type, List<String> candidates)
            throws SQLException {
        List<String> answers = new ArrayList<>();
        try (PreparedStatement ask = connection.prepareStatement("select pg_temp.accepted(?, ?)")) {
            ask.setString(1, type);
            ask.setArray(2, connection.createArrayOf("text", candidates.toArray()));
            try (ResultSet rows = ask.executeQuery()) {
                while (rows.next()) {
                    answers.add(rows.getString(1));
                }
            }
        }
        return answers;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
        other.close();
    }
}
