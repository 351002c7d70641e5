package io.understudy.masking;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.Database;
import io.understudy.DatabasePair;
import io.understudy.postgres.Catalog;
import io.understudy.postgres.Column;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.TableId;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOut;

/** Whatever a mask makes of what Postgres wrote, Postgres reads. */
class MasksIT {

    private static final Secret SECRET = new Secret("a secret of at least sixteen bytes");

    /** By type: rules, and values that are hard. */
    private static final Map<String, List<String>> RULES = Map.ofEntries(
            Map.entry("smallint", List.of("hash", "number", "number(500)")),
            Map.entry("integer", List.of("hash", "number", "number(5)")),
            Map.entry("bigint", List.of("hash", "number")),
            Map.entry("numeric", List.of("hash", "number", "number(7)")),
            Map.entry("numeric(5,2)", List.of("number(100%)", "number(7)")),
            Map.entry("numeric(4,0)", List.of("hash", "number")),
            Map.entry("real", List.of("number", "number(5)")),
            Map.entry("double precision", List.of("number", "number(5)")),
            Map.entry("money", List.of("number")),
            Map.entry("date", List.of("date(99999d)")),
            Map.entry("timestamp", List.of("date(99999d)")),
            Map.entry("timestamptz(3)", List.of("date(99999d)")),
            Map.entry("uuid", List.of("uuid", "hash")),
            Map.entry("inet", List.of("ip")),
            Map.entry("cidr", List.of("ip")),
            Map.entry("json", List.of("json", "json(a=hash, b=null)")),
            Map.entry("jsonb", List.of("json", "json(a=hash, b=null)", "json(a=number(1%))")),
            Map.entry("bytea", List.of("hash")),
            Map.entry(
                    "varchar(7)", List.of("hash", "email", "name", "text", "phone", "address", "truncate(3)", "json")),
            Map.entry("char(7)", List.of("hash", "email", "name", "text", "list(a|b)")),
            Map.entry("code", List.of("hash", "text")),
            Map.entry("text[]", List.of("text", "email", "name")),
            Map.entry("integer[]", List.of("hash", "number")),
            Map.entry("code[]", List.of("hash")));

    private static final Map<String, List<String>> VALUES = Map.ofEntries(
            Map.entry("smallint", List.of("-32768", "32767", "0", "7")),
            Map.entry("integer", List.of("-2147483648", "2147483647", "0")),
            Map.entry("bigint", List.of("-9223372036854775808", "9223372036854775807", "1")),
            Map.entry(
                    "numeric",
                    List.of("NaN", "0.0000001", "-123456789012345678901234567890.5", "1e130000", "Infinity")),
            Map.entry("numeric(5,2)", List.of("999.99", "-999.99", "0", "0.01")),
            Map.entry("numeric(4,0)", List.of("9999", "-9999", "0")),
            Map.entry("real", List.of("3.4028235e38", "1e-45", "-1.5", "NaN", "-Infinity", "0", "-0")),
            Map.entry("double precision", List.of("1.7976931348623157e308", "5e-324", "0.1", "1e22")),
            Map.entry("money", List.of("92233720368547758.07", "-1234.5", "0")),
            Map.entry("date", List.of("4713-01-01 BC", "5874897-12-31", "0001-01-01", "infinity", "2024-02-29")),
            Map.entry("timestamp", List.of("294276-12-31 23:59:59.999999", "4713-01-01 00:00:00 BC", "-infinity")),
            Map.entry(
                    "timestamptz(3)",
                    List.of("294276-12-31 23:59:59.9+00", "0044-03-15 12:00:00+00 BC", "2024-02-29 12:00+05:30")),
            Map.entry("uuid", List.of("0f8fad5b-d9cb-469f-a165-70867728950e")),
            Map.entry("inet", List.of("10.1.2.3", "10.1.2.3/8", "::ffff:1.2.3.4", "fe80::1/64", "::")),
            Map.entry("cidr", List.of("10.0.0.0/8", "0.0.0.0/0", "10.1.2.3/32", "2001:db8::/33", "::/0")),
            Map.entry(
                    "json",
                    List.of("{\"a\":\"\\u0000\\ud83d\\ude00\",\"b\":[1e400,{\"c\":null}],\"a\":2}", "\"x\"", " 1.50 ")),
            Map.entry(
                    "jsonb", List.of("{\"a\":1234567890.123456789,\"b\":[true,{\"c\":\"\\\\ \\n\\t\"}]}", "12", "[]")),
            Map.entry("bytea", List.of("\\x", "\\x00ff")),
            Map.entry("varchar(7)", List.of("", "Ann\tEx\n", "\\N", "漢字漢字漢字漢", "😀😀😀😀😀😀😀", "{}", "\\.")),
            Map.entry("char(7)", List.of("", "Ann", "1234567")),
            Map.entry("code", List.of("ABCDE", "")),
            Map.entry(
                    "text[]",
                    List.of(
                            "{}",
                            "{\"a,b\",\"c\\\"d\"," + "\"\\\\\",NULL,\"NULL\",\"\",\"{x}\",\"t\tu\nv\"}",
                            "[0:1][3:3]={{a},{b}}")),
            Map.entry("integer[]", List.of("{1,NULL,-2147483648}", "[5:6][1:2]={{1,2},{3,4}}")),
            Map.entry("code[]", List.of("{ABCDE,NULL}")));

    private DatabasePair pair;

    @BeforeEach
    void databases() {
        pair = new DatabasePair();
    }

    @AfterEach
    void close() throws SQLException {
        pair.close();
    }

    @Test
    void masksOfAllTypesAreReadFromCopyAndByCopy() throws SQLException {
        pair.source().run("create domain code as varchar(5)");
        int number = 0;
        for (String type : RULES.keySet()) {
            pair.source().run("create table t" + ++number + " (id int primary key, v " + type + ", u " + type + ")");
        }
        Catalog catalog;
        try (SourceDatabase source =
                SourceDatabase.open(pair.vertx(), pair.source().url(), pair.name())) {
            catalog = Catalog.read(source.client());
        }
        number = 0;
        try (Connection one = pair.source().connect();
                Connection other = pair.source().connect()) {
            for (String type : RULES.keySet()) {
                String table = "t" + ++number;
                fill(one, table, type, VALUES.get(type));
                Column column = catalog.table(new TableId("public", table))
                        .orElseThrow()
                        .column("v")
                        .orElseThrow();
                for (String rule : RULES.get(type)) {
                    execute(one, "create table " + table + "_m (like " + table + ")");
                    Mask mask = Masks.of(MaskRule.parse(rule), SECRET, Fit.of(column));
                    assertThat(copied(one, other, table, mask))
                            .as("%s of %s", rule, type)
                            .isEqualTo(VALUES.get(type).size() + 1);
                    List<String> unmasked = Database.column(
                            one,
                            "select m.id from " + table + "_m m join " + table
                                    + " t using (id) where t.u::text is distinct from m.u::text");
                    assertThat(unmasked).isEmpty();
                    execute(one, "drop table " + table + "_m");
                }
            }
        }
    }

    private static void fill(Connection connection, String table, String type, List<String> values)
            throws SQLException {
        try (var insert = connection.prepareStatement(
                "insert into " + table + " select ?, ?::text::" + type + ", ?::text::" + type)) {
            for (int i = 0; i < values.size(); i++) {
                insert.setInt(1, i);
                insert.setString(2, values.get(i));
                insert.setString(3, values.get(i));
                insert.execute();
            }
        }
        execute(connection, "insert into " + table + " values (-1, null, null)");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long copied(Connection from, Connection to, String table, Mask mask) throws SQLException {
        CopyOut out = from.unwrap(PGConnection.class).getCopyAPI().copyOut("copy " + table + " to stdout");
        CopyIn in = to.unwrap(PGConnection.class).getCopyAPI().copyIn("copy " + table + "_m from stdin");
        CopyLine line = new CopyLine(new Mask[] {null, mask, null}, new int[][] {null, {0}, null});
        byte[] row;
        while ((row = out.readFromCopy()) != null) {
            line.mask(row);
            in.writeToCopy(line.bytes(), 0, line.length());
        }
        return in.endCopy();
    }
}
