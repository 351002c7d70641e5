package io.understudy.scenario.everyRowArrives;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Texts that may be values of a type, by the type's name: the edges that somebody has stumbled over, and random ones.
 * Nobody promises that the server takes them; it is asked.
 */
final class Literals {

    private static final int RANDOM = 8;

    private final Random random;

    Literals(Random random) {
        this.random = random;
    }

    /** Empty for a type that is not known here. */
    List<String> of(String type) {
        List<String> literals = new ArrayList<>(edges(type));
        for (int i = 0; i < RANDOM && !literals.isEmpty(); i++) {
            String literal = random(type);
            if (literal != null) {
                literals.add(literal);
            }
        }
        return literals;
    }

    /** For a type that nobody here has heard of: something of everything. */
    List<String> ofEverything() {
        List<String> all = new ArrayList<>();
        for (String type : List.of(
                "int8",
                "numeric",
                "float8",
                "text",
                "bytea",
                "timestamptz",
                "interval",
                "uuid",
                "jsonb",
                "inet",
                "macaddr8",
                "point",
                "box",
                "polygon",
                "tsvector",
                "tsquery",
                "pg_lsn",
                "hstore",
                "ltree",
                "cube",
                "seg",
                "ean13",
                "isbn",
                "issn",
                "ismn",
                "upc",
                "query_int",
                "oidvector",
                "xml",
                "varbit",
                "bool",
                "pg_snapshot",
                "aclitem",
                "tid",
                "timetz",
                "regclass")) {
            all.addAll(of(type));
        }
        return all;
    }

    private static List<String> edges(String type) {
        return switch (type) {
            case "bool" -> List.of("t", "f");
            case "int2" -> List.of("-32768", "-1", "0", "32767");
            case "int4" -> List.of("-2147483648", "-1", "0", "2147483647");
            case "int8" -> List.of("-9223372036854775808", "-1", "0", "9223372036854775807");
            case "numeric" ->
                List.of(
                        "NaN",
                        "Infinity",
                        "-Infinity",
                        "0",
                        "-0",
                        "0.000",
                        "1e-20",
                        "1.0",
                        "1.10",
                        "-9999999.9994",
                        "123456789012345678901234567890.123456789",
                        "1e1000",
                        "-1e-1000",
                        "1e131071",
                        "0." + "0".repeat(300) + "1000",
                        "9".repeat(400));
            case "float4" ->
                List.of(
                        "NaN",
                        "Infinity",
                        "-Infinity",
                        "0",
                        "-0",
                        "1.1",
                        "3.4028235e38",
                        "1e-45",
                        "1.17549435e-38",
                        "16777217",
                        "0.1");
            case "float8" ->
                List.of(
                        "NaN",
                        "Infinity",
                        "-Infinity",
                        "0",
                        "-0",
                        "0.1",
                        "1.7976931348623157e308",
                        "5e-324",
                        "2.2250738585072014e-308",
                        "9007199254740993",
                        "0.30000000000000004",
                        "1e21",
                        "1e15");
            case "money" ->
                List.of("12.34", "-12.34", "0", "1234567.89", "-92233720368547758.08", "92233720368547758.07");
            case "text", "varchar", "bpchar", "citext", "name", "refcursor" -> strings();
            case "char" -> List.of("x", "\\", "'", "\"", "", "\\001", "\\377", "\\200", " ", "\n", "\t", "\u0001");
            case "bytea" -> List.of("\\x", "\\x00", "\\x00ff5c275c4e0a0d09", "\\x5c78", "abc", "\\\\", "\\000\\377");
            case "date" ->
                List.of(
                        "infinity",
                        "-infinity",
                        "0044-03-15 BC",
                        "4714-11-24 BC",
                        "0001-01-01",
                        "1582-10-10",
                        "1900-02-28",
                        "2000-02-29",
                        "2024-02-29",
                        "12345-01-01",
                        "5874897-12-31");
            case "time" -> List.of("24:00:00", "00:00:00", "23:59:59.999999", "23:59:60", "12:34:56.7");
            case "timetz" ->
                List.of(
                        "24:00:00+00",
                        "00:00:00-15:59",
                        "23:59:59.999999+15:59:59",
                        "12:34:56+05:30",
                        "24:00:00-12",
                        "12:00:00.5-00:00:01",
                        "02:30:00+14");
            case "timestamp" ->
                List.of(
                        "infinity",
                        "-infinity",
                        "4714-11-24 00:00:00 BC",
                        "294276-12-31 23:59:59.999999",
                        "1582-10-10 01:02:03",
                        "2024-03-31 02:30:00.5",
                        "0001-01-01 00:00:00",
                        "1999-12-31 24:00:00",
                        "2000-01-01 00:00:00.000001",
                        "1999-12-31 23:59:59.999999");
            case "timestamptz" ->
                List.of(
                        "infinity",
                        "-infinity",
                        "0044-03-15 12:00:00+00 BC",
                        "4714-11-24 00:00:00+00 BC",
                        "20000-01-01 00:00:00+14",
                        "1900-01-01 00:00:00+00:19:32",
                        "2024-10-27 02:30:00+02",
                        "294276-12-31 23:59:59.999999+00",
                        "2016-12-31 23:59:60+00");
            case "interval" ->
                List.of(
                        "1 year 2 mons -3 days 04:05:06.789",
                        "-1 year +2 mons -3 days +04:05:06.000001",
                        "-00:00:00.000001",
                        "178000000 years",
                        "-178000000 years",
                        "0",
                        "1 mon -1 day",
                        "-1 mon 30 days -24:00:00",
                        "2562047788:00:54.775807",
                        "-2562047788:00:54.775808",
                        "infinity",
                        "-infinity",
                        "2147483647 days",
                        "-2147483648 days -1 mon",
                        "11 mons 29 days 23:59:59.999999");
            case "uuid" -> List.of("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff");
            case "json", "jsonb" ->
                List.of(
                        "null",
                        "\"\"",
                        "{}",
                        "[]",
                        "true",
                        "0",
                        "-0",
                        "1e2",
                        "1.10",
                        "{\"b\": 1,  \"a\": [null, 1.0], \"b\": 2}",
                        "\"\\u00e9\\ud83d\\ude00\"",
                        "\"\\u0001\\t\\n\\\\\\\"/\"",
                        "\"\\\\u0000\"",
                        "{\"\": {\"\": \"\"}}",
                        " [ 1 ,2 ] ",
                        "\"'\"",
                        "\"\\\\N\"",
                        "12345678901234567890.123456789",
                        "\"\u007f\uD83D\uDE00\"",
                        "{\"NULL\": \"NULL\"}",
                        "1E-400",
                        "[[[[[]]]]]");
            case "jsonpath" ->
                List.of(
                        "$",
                        "$.a[*] ? (@ > 1)",
                        "strict $.\"a b\"[last]",
                        "$.a ? (@.b == \"x\\ny\")",
                        "lax $[0 to 3].type()",
                        "-$.a + 1.50",
                        "$.** {2 to last}",
                        "$ ? (@ like_regex \"^a\\\\d\" flag \"i\")");
            case "xml" ->
                List.of(
                        "<a>b</a>",
                        "",
                        "text",
                        "<a b=\"&lt;\"/>",
                        "<?x y?><a/>",
                        "<![CDATA[a<b]]>",
                        "<!-- c --> ",
                        "<?xml version=\"1.0\"?><a/>",
                        "<?xml version=\"1.0\" standalone=\"yes\"?><a>\u00e9</a>",
                        "a\tb\nc",
                        "<?xml version=\"1.1\"?><a>\u00e9</a>",
                        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><a/>",
                        "<!DOCTYPE a><a/>",
                        "<a>\n</a>\n",
                        "<a>&#13;</a>",
                        "a\r\nb");
            case "bit", "varbit" -> List.of("", "0", "1", "10101", "1".repeat(7), "0".repeat(9), "10".repeat(70));
            case "inet" ->
                List.of(
                        "10.0.0.1/8",
                        "10.0.0.1",
                        "0.0.0.0/0",
                        "255.255.255.255",
                        "::1",
                        "::",
                        "::/0",
                        "::ffff:1.2.3.4",
                        "fe80::1/64",
                        "2001:db8::/127",
                        "::1.2.3.4/100");
            case "cidr" -> List.of("10.0.0.0/8", "0.0.0.0/0", "::/0", "2001:db8::/32", "192.168.1.1/32");
            case "macaddr" -> List.of("08:00:2b:01:02:03", "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00");
            case "macaddr8" -> List.of("08:00:2b:01:02:03:04:05", "ff:ff:ff:ff:ff:ff:ff:ff", "08:00:2b:01:02:03");
            case "point" ->
                List.of("(0,0)", "(1.5,-0)", "(-0,-0)", "(NaN,1)", "(Infinity,-Infinity)", "(1e-300,1e300)");
            case "line" -> List.of("{1,2,3}", "{0,-1,0}", "{-0,1,-0}", "{1,-0,2.5}", "{NaN,1,1}", "[(0,0),(1,1.1)]");
            case "lseg" -> List.of("[(0,0),(1.1,1)]", "[(-0,0),(0,-0)]", "[(0,0),(0,0)]", "[(NaN,0),(Infinity,1)]");
            case "box" -> List.of("(1,1),(0,0)", "(0,0),(1,1)", "(-0,0),(0,-0)", "(Infinity,1),(-Infinity,NaN)");
            case "path" ->
                List.of("[(0,0),(1,1)]", "((0,0),(1,1),(2,0))", "[(-0,0)]", "((-0,-0))", "[(NaN,1),(1,Infinity)]");
            case "polygon" -> List.of("((0,0),(1,1),(2,0))", "((-0,0))", "((0,0),(0,0))", "((NaN,1),(1,Infinity))");
            case "circle" -> List.of("<(1,1),2.5>", "<(-0,0),0>", "<(0,0),-0>", "<(0,0),Infinity>", "<(NaN,0),1>");
            case "tsvector" ->
                List.of(
                        "",
                        "a:1 b''c:2A",
                        "'a b':1,2,3C 'c''d' 'e\\\\f':16383D",
                        "'' ",
                        "\uD83D\uDE00:1",
                        "'\t\n'",
                        "a:1A,1B,99999");
            case "tsquery" ->
                List.of("", "a & !b", "'a b' | (c <-> d)", "a:*AB <5> b", "!!a", "'it''s':D", "'\\\\' & '\"'");
            case "pg_lsn" -> List.of("0/0", "16/B374D848", "FFFFFFFF/FFFFFFFF");
            case "pg_snapshot", "txid_snapshot" -> List.of("1:1:", "10:20:10,14,15", "1:9223372036854775807:3");
            case "xid", "cid", "oid" -> List.of("0", "1", "4294967295");
            case "xid8" -> List.of("0", "1", "18446744073709551615");
            case "tid" -> List.of("(0,0)", "(0,1)", "(4294967295,65535)");
            case "oidvector", "int2vector" -> List.of("", "0", "1 2 3", "-1", "32767 0");
            case "aclitem" -> List.of("postgres=r/postgres", "=r/postgres", "postgres=arwdDxt*/postgres", "=/postgres");
            case "regproc" -> List.of("sin", "0", "-", "4294967295", "pg_catalog.sin");
            case "regprocedure" -> List.of("sin(double precision)", "0", "-", "4294967295");
            case "regoper" -> List.of("0", "4294967295", "!~~*", "||/");
            case "regoperator" -> List.of("+(integer,integer)", "-(none,integer)", "0", "4294967295");
            case "regclass" -> List.of("pg_class", "pg_catalog.pg_type", "0", "-", "4294967295");
            case "regtype" ->
                List.of("integer", "timestamp with time zone", "int4[]", "\"char\"", "0", "-", "4294967295");
            case "regcollation" -> List.of("\"C\"", "\"default\"", "0", "4294967295");
            case "regrole" -> List.of("postgres", "0", "-", "4294967295");
            case "regnamespace" -> List.of("pg_catalog", "public", "0", "4294967295");
            case "regdatabase" -> List.of("postgres", "template1", "0", "4294967295");
            case "regconfig" -> List.of("english", "simple", "0", "4294967295");
            case "regdictionary" -> List.of("simple", "0", "4294967295");
            case "hstore" ->
                List.of(
                        "",
                        "a=>1",
                        "\"b c\"=>NULL, d=>\"\"",
                        "\"\"=>\"\"",
                        "\"a\\\"b\"=>\"c\\\\d\"",
                        "x=>\"NULL\"",
                        "\"=>\"=>\",\"",
                        "\"\uD83D\uDE00\"=>\"\t\n\u0001\"");
            case "ltree" -> List.of("", "a.b.c", "A_1", "a".repeat(200));
            case "lquery" -> List.of("*.a.*{1,2}", "a|b*@.!c%", "*{0,}", "*");
            case "ltxtquery" -> List.of("a & b*@", "!(a | b%)");
            // No NaN: cube's own index does not find such a key again, not even at the source.
            case "cube" ->
                List.of("(1,2,3)", "(1,2),(3,4)", "(-0)", "(1e300),(-1e300)", "()", "(Infinity),(0)", "[1,2]");
            case "seg" -> List.of("1.5", "1.50 .. 2", "~5", ">1..<2", "1 ..", ".. 2.000", "5(+-)1", "1e10");
            case "ean13", "isbn13", "isbn" ->
                List.of("9780306406157", "978-0-306-40615-7", "0-306-40615-2", "9790000000000");
            case "issn", "issn13" -> List.of("1436-4522", "977-1436-452-00-8");
            case "ismn", "ismn13" -> List.of("979-0-2600-0043-8", "M-2600-0043-8");
            case "upc" -> List.of("220356483481", "0220356483481");
            case "query_int" -> List.of("1&2", "!(1|2)&-3", "42");
            default -> List.of();
        };
    }

    static List<String> strings() {
        List<String> strings = new ArrayList<>(List.of(
                "",
                " ",
                "  a  ",
                "NULL",
                "null",
                "\\N",
                "\\.",
                "\\",
                "\\\\",
                "'",
                "\"",
                "''\"\"",
                "a,b",
                "{a}",
                "{}",
                "(a)",
                "$1",
                "%s",
                "__debezium_unavailable_value",
                "a\tb\nc\rd\\e\bf\fg\u000bh",
                "\r\n",
                "\\x41",
                "\\t",
                "\uD83D\uDE00 \uD834\uDD1E \u00e9 \u00df \u6f22",
                "e\u0301",
                "\u200b",
                "\ufeff",
                "\uffff",
                "\u0085\u00a0",
                "\uDBFF\uDFFD",
                "x".repeat(3000),
                "ABC",
                "abc",
                "\u2028"));
        IntStream.range(1, 0x20).forEach(c -> strings.add("a" + (char) c + "b"));
        IntStream.range(1, 0x20).filter(c -> c % 3 == 0).forEach(c -> strings.add("" + (char) c));
        strings.add("\u007f");
        strings.add(IntStream.rangeClosed(1, 0x7f).mapToObj(c -> "" + (char) c).collect(Collectors.joining()));
        return strings;
    }

    private String random(String type) {
        return switch (type) {
            case "bool" -> null;
            case "int2" -> "" + (short) random.nextInt();
            case "int4" -> "" + random.nextInt();
            case "int8" -> "" + random.nextLong();
            case "numeric" ->
                (random.nextBoolean() ? "-" : "") + digits(1 + random.nextInt(60)) + "." + digits(random.nextInt(40))
                        + "0";
            case "float4" -> "" + Float.intBitsToFloat(random.nextInt());
            case "float8" -> "" + Double.longBitsToDouble(random.nextLong());
            case "money" -> random.nextLong() / 10000 / 100.0 + "";
            case "text", "varchar", "bpchar", "citext", "name", "refcursor" -> string(random.nextInt(60));
            case "bytea" -> "\\x" + hex(2 * random.nextInt(60));
            case "date" -> date();
            case "time" -> time();
            case "timetz" -> time() + offset();
            case "timestamp" -> date() + " " + time();
            case "timestamptz" -> date() + " " + time() + offset();
            case "interval" ->
                sign(5000) + " years " + sign(11) + " mons " + sign(100000) + " days " + sign(100000) + " hours "
                        + sign(2_000_000_000) + " microseconds";
            case "uuid" -> hex(32);
            case "json", "jsonb" -> json(3);
            case "xml" -> "<a b=\"" + hex(3) + "\">" + hex(5) + "</a>";
            case "bit", "varbit" -> Long.toBinaryString(random.nextLong());
            case "inet" -> random.nextInt(256) + "." + random.nextInt(256) + ".3.4/" + random.nextInt(33);
            case "macaddr" -> hex(12);
            case "macaddr8" -> hex(16);
            case "point" -> point();
            case "lseg" -> "[" + point() + "," + point() + "]";
            case "line" ->
                "{" + random.nextGaussian() + "," + random.nextGaussian() + "," + random.nextGaussian() + "}";
            case "box" -> point() + "," + point();
            case "path" -> (random.nextBoolean() ? "[%s]" : "(%s)").formatted(points());
            case "polygon" -> "(" + points() + ")";
            case "circle" -> "<" + point() + "," + random.nextDouble() * 1e9 + ">";
            case "tsvector" -> hex(4) + ":" + (1 + random.nextInt(999)) + " " + hex(2);
            case "tsquery" -> "x" + hex(4) + " & !(y | z" + hex(3) + ":*)";
            case "pg_lsn" -> hex(8) + "/" + hex(8);
            case "xid", "cid", "oid" -> Integer.toUnsignedString(random.nextInt());
            case "xid8" -> Long.toUnsignedString(random.nextLong());
            case "tid" -> "(" + Integer.toUnsignedString(random.nextInt()) + "," + random.nextInt(65536) + ")";
            case "hstore" -> "\"" + hex(3) + "\"=>\"" + hex(5) + "\", " + hex(4) + "x=>NULL";
            case "ltree" -> "a" + hex(3) + ".b_" + hex(2);
            case "cube" -> "(" + random.nextGaussian() + "," + random.nextInt() + ")";
            default -> null;
        };
    }

    /** Of whatever hurts: quotes, separators, control characters, letters of one to four bytes. */
    String string(int length) {
        String pool = "abcXYZ019 _-'\"\\,;:{}()[]<>=|/%$NULL\t\n\r\b\f\u0001\u001f\u007f\u00e9\u00df\u6f22\u20ac";
        StringBuilder string = new StringBuilder();
        for (int i = 0; i < length; i++) {
            if (random.nextInt(20) == 0) {
                string.appendCodePoint(0x1F600 + random.nextInt(60));
            } else {
                string.append(pool.charAt(random.nextInt(pool.length())));
            }
        }
        return string.toString();
    }

    private String json(int depth) {
        return switch (random.nextInt(depth > 0 ? 6 : 4)) {
            case 0 -> "" + random.nextInt();
            case 1 -> "\"" + hex(4) + "\\u00" + hex(1) + "f\\n\\\\\"";
            case 2 -> "null";
            case 3 -> random.nextInt(100) + "." + digits(30) + "e" + random.nextInt(50);
            case 4 -> "[" + json(depth - 1) + ", " + json(depth - 1) + "]";
            default -> "{\"" + hex(2) + "\" : " + json(depth - 1) + ",\"\": " + json(depth - 1) + "}";
        };
    }

    private String digits(int length) {
        return random.ints(length, 0, 10).mapToObj(Integer::toString).collect(Collectors.joining());
    }

    private String hex(int length) {
        return random.ints(length, 0, 16).mapToObj(Integer::toHexString).collect(Collectors.joining());
    }

    private String date() {
        return "%04d-%02d-%02d"
                .formatted(
                        1 + random.nextInt(random.nextBoolean() ? 3000 : 200000),
                        1 + random.nextInt(12),
                        1 + random.nextInt(28));
    }

    private String time() {
        return "%02d:%02d:%02d.%06d"
                .formatted(random.nextInt(24), random.nextInt(60), random.nextInt(60), random.nextInt(1_000_000));
    }

    private String offset() {
        return "%s%02d:%02d".formatted(random.nextBoolean() ? "+" : "-", random.nextInt(15), random.nextInt(60));
    }

    private int sign(int bound) {
        return random.nextInt(bound) * (random.nextBoolean() ? 1 : -1);
    }

    private String point() {
        return "(" + random.nextGaussian() + "," + random.nextInt() + ")";
    }

    private String points() {
        return IntStream.rangeClosed(0, random.nextInt(5))
                .mapToObj(i -> point())
                .collect(Collectors.joining(","));
    }
}
