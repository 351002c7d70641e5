package io.understudy.scenario.everyRowArrives;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.DatabasePair;
import io.understudy.mirror.Mirror;
import io.understudy.mirror.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every type goes through both doors: COPY and stream. What arrives is compared as text, under fixed settings. */
class TypesIT {

    /** Type to literals, each as SQL. One table per type, so that a failure names it. */
    private static final Map<String, List<String>> VALUES = new LinkedHashMap<>();

    private static void type(String type, String... literals) {
        VALUES.put(type, List.of(literals));
    }

    static {
        type("smallint", "-32768", "32767");
        type("int", "-2147483648", "2147483647");
        type("bigint", "-9223372036854775808", "9223372036854775807");
        type(
                "numeric",
                "'NaN'",
                "'Infinity'",
                "'-Infinity'",
                "0",
                "0.000",
                "1e-20",
                "123456789012345678901234567890.123456789");
        type("numeric(10,3)", "1.5", "-9999999.999", "'NaN'");
        type("real", "'NaN'", "'Infinity'", "'-0'", "1.1", "3.4028235e38", "1e-45");
        type("double precision", "'NaN'", "'-Infinity'", "'-0'", "0.1", "1.7976931348623157e308", "5e-324");
        type("money", "'12.34'", "'-12.34'", "'1234567.89'", "'-92233720368547758.08'", "0");
        type("boolean", "true", "false");
        type("char(5)", "'ab'", "'abcde'", "''");
        type("varchar(20)", "''", "'ab  '");
        type(
                "text",
                "''",
                "' '",
                "'NULL'",
                "'\\N'",
                "'\\.'",
                "E'a\\tb\\nc\\rd\\\\e\\bf\\fg\\vh'",
                "E'\\x01\\x1f\\x7f'",
                "'😀 𝄞 é ß 漢'",
                "'__debezium_unavailable_value'",
                "'{\"a\": null}'",
                "'''\"'");
        type("\"char\"", "'x'", "'\\001'");
        type("name", "'a name'");
        type("bytea", "'\\x'", "'\\x00ff5c27'");
        type(
                "date",
                "'infinity'",
                "'-infinity'",
                "'0044-03-15 BC'",
                "'12345-01-01'",
                "'1582-10-10'",
                "'2024-02-29'",
                "'5874897-12-31'");
        type("time", "'24:00:00'", "'00:00:00'", "'23:59:59.999999'");
        type("time(0)", "'12:34:56'");
        type("timetz", "'12:34:56+00'", "'23:59:59.999999+00'");
        type(
                "timestamp",
                "'infinity'",
                "'-infinity'",
                "'4713-01-01 00:00:00 BC'",
                "'294276-12-31 23:59:59.999999'",
                "'1582-10-10 01:02:03'",
                "'2024-03-31 02:30:00.5'");
        type(
                "timestamptz",
                "'infinity'",
                "'-infinity'",
                "'0044-03-15 12:00:00+00 BC'",
                "'20000-01-01 00:00:00+14'",
                "'1900-01-01 00:00:00+00:19:32'",
                "'2024-10-27 02:30:00+02'");
        type("interval", "'1 year 2 mons -3 days 04:05:06.789'", "'-00:00:00.000001'", "'178000000 years'", "'0'");
        type("uuid", "'00000000-0000-0000-0000-000000000001'");
        type("json", "'{\"b\": 1,  \"a\": [null, 1.0]}'", "'null'");
        type("jsonb", "'{\"b\": 1e2, \"a\": \"\\u00e9\"}'", "'\"x\"'");
        type("xml", "'<a>b</a>'");
        type("bit(5)", "B'10101'");
        type("bit varying", "B''", "B'1'", "B'1010101010101010101010101010101010101010101010101010101010101010101'");
        type("inet", "'10.0.0.1/8'", "'::1'");
        type("cidr", "'10.0.0.0/8'");
        type("macaddr", "'08:00:2b:01:02:03'");
        type("macaddr8", "'08:00:2b:01:02:03:04:05'");
        type("point", "'(1.5,-0)'");
        type("line", "'{1,2,3}'");
        type("lseg", "'[(0,0),(1.1,1)]'");
        type("box", "'((1,1),(0,0))'");
        type("path", "'[(0,0),(1,1)]'", "'((0,0),(1,1),(2,0))'");
        type("polygon", "'((0,0),(1,1),(2,0))'");
        type("circle", "'<(1,1),2.5>'");
        type("int4range", "'[1,5)'", "'empty'", "'(,5)'");
        type("tstzrange", "'[2024-01-01 00:00:00+00,infinity]'");
        type("int8multirange", "'{[1,3),[5,7)}'");
        type("tsvector", "'a:1 b''c:2A'");
        type("tsquery", "'a & !b'");
        type("pg_lsn", "'16/B374D848'");
        type("regclass", "'pg_class'");
        type("oid", "4294967295");
        type("jsonpath", "'$.a[*] ? (@ > 1)'");
        type("hstore", "'a=>1, \"b c\"=>NULL, d=>\"\"'", "''");
        type("citext", "'ABC'");
        type("ltree", "'a.b.c'");
        type("mood", "'sad'", "'very ''happy\"'");
        type("pair", "'(1,\"a,b\")'", "'(,)'", "'(1,\"\")'");
        type("positive", "7");
        type("int[]", "'{}'", "'{1,NULL,3}'", "'{{1,2},{3,4}}'", "'[2:3]={1,2}'");
        type("text[]", "'{\"a,b\",\"c\\\"d\",NULL,\"NULL\",\"\"}'", "'{{a,b},{c,d}}'");
        type("numeric[]", "'{NaN,1.50,Infinity}'");
        type("timestamptz[]", "'{infinity,2024-01-01 00:00:00+00,0044-03-15 12:00:00+00 BC}'");
        type("date[]", "'{infinity,0044-03-15 BC}'");
        type("bytea[]", "'{\"\\\\x00\",NULL}'");
        type("jsonb[]", "array['{\"a\": [1]}'::jsonb]");
        type("boolean[]", "'{t,f,NULL}'");
        type("interval[]", "'{1 day,-2 mons}'");
        type("uuid[]", "'{00000000-0000-0000-0000-000000000001}'");
        type("mood[]", "'{sad}'");
        type("pair[]", "array['(1,\"a,b\")'::pair]");
        type("money[]", "'{1.50,-2.25}'");
        type("hstore[]", "array['a=>1'::hstore]");
    }

    @ParameterizedTest
    @EnumSource
    void everyTypeArrivesThroughCopyAndThroughTheStream(Settings.Capture capture) throws Exception {
        try (DatabasePair pair = new DatabasePair()) {
            pair.both(
                    "create extension hstore",
                    "create extension citext",
                    "create extension ltree",
                    "create type mood as enum ('sad', 'very ''happy\"')",
                    "create type pair as (a int, b text)",
                    "create domain positive as int check (value > 0)");
            List<String> tables = new ArrayList<>();
            List<String> fill = new ArrayList<>();
            List<String> stream = new ArrayList<>();
            for (Map.Entry<String, List<String>> entry : VALUES.entrySet()) {
                String table = table(entry.getKey());
                // The default of the column must not be put where a row holds null.
                String fallback = entry.getValue().get(0);
                tables.add("create table " + table + " (id int primary key, v " + entry.getKey() + " default "
                        + fallback + ", other int not null default 5)");
                int id = 0;
                for (String literal : entry.getValue()) {
                    id++;
                    fill.add("insert into " + table + " values (" + id + ", " + literal + ")");
                    stream.add("insert into " + table + " values (" + (id + 100) + ", " + literal + ")");
                    stream.add("update " + table + " set v = " + literal + ", other = 6 where id = 201");
                }
                fill.add("insert into " + table + " values (201, null)");
                stream.add("insert into " + table + " values (202, null)");
                stream.add("update " + table + " set id = id + 1000 where id > 100 and id < 103");
            }
            pair.both(tables.toArray(String[]::new)).adopt();
            pair.source().run(fill.toArray(String[]::new));
            Mirror mirror = pair.start(settings -> settings.capturing(capture));
            pair.awaitReached(mirror);
            assertThat(different(pair)).as("through COPY").isEmpty();

            pair.source().run(stream.toArray(String[]::new));

            pair.awaitReached(mirror);
            assertThat(different(pair)).as("through the stream").isEmpty();
        }
    }

    /** Not the type's own name: a table has a type of its own name as well. */
    private static String table(String type) {
        return "\"of " + type.replace("\"", "'") + "\"";
    }

    /** All of them, not the first only. */
    private static List<String> different(DatabasePair pair) {
        List<String> different = new ArrayList<>();
        for (String type : VALUES.keySet()) {
            String rows = "select row(t.*)::text from " + table(type) + " t order by id";
            List<String> source = pair.source().column(rows);
            List<String> target = pair.target().column(rows);
            if (!source.equals(target)) {
                different.add(type + ": " + source + " arrived as " + target);
            }
        }
        return different;
    }
}
