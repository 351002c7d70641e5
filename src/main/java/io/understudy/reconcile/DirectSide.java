package io.understudy.reconcile;

import io.understudy.postgres.Column;
import io.understudy.postgres.Sql;
import io.understudy.reconcile.Part.Buckets;
import io.understudy.reconcile.Part.KeyRange;
import io.understudy.reconcile.Part.Keys;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Rows whose digests the server computes by itself. */
final class DirectSide implements Side {

    /**
     * Where rows are, and what is asked of them.
     *
     * @param table with {@code only}, where tables that inherit from it are not meant
     * @param filter a condition on rows; empty for all
     * @param key SQL for the values of the key, as the target prints them; empty without one
     * @param order columns by which ranges are made; empty where there are none
     */
    record Rows(String table, String filter, String digest, List<String> key, List<Column> order, String version) {

        String keyHash() {
            return key.isEmpty() ? digest : RowImage.digest(key, "0");
        }

        String where(Part part) {
            List<String> conditions = new ArrayList<>();
            if (!filter.isEmpty()) {
                conditions.add("(" + filter + "\n)");
            }
            if (part instanceof KeyRange range) {
                conditions.addAll(within(range));
            } else if (part instanceof Keys keys) {
                conditions.add("(" + names() + ") in (values "
                        + keys.keys().stream()
                                .map(key -> "(" + String.join(", ", values(key)) + ")")
                                .collect(Collectors.joining(", "))
                        + ")");
            } else if (part instanceof Buckets buckets) {
                conditions.add(bucket(buckets.of()) + " in ("
                        + buckets.numbers().stream().map(String::valueOf).collect(Collectors.joining(", ")) + ")");
            }
            return where(conditions);
        }

        private static String where(List<String> conditions) {
            return conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions);
        }

        private List<String> within(KeyRange range) {
            List<String> conditions = new ArrayList<>();
            if (range.from() != null) {
                conditions.add(orderedBy() + " >= " + bound(range.from()));
            }
            if (range.to() != null) {
                conditions.add(orderedBy() + " < " + bound(range.to()));
            }
            return conditions;
        }

        /** No rows of the table, but the collations of its columns. */
        String isWithin(KeyRange range, List<String> key) {
            return "select count(*) > 0 from (select " + names() + " from " + table + " where false union all select "
                    + String.join(", ", values(key)) + ") as given" + where(within(range));
        }

        String bucket(int of) {
            return "((" + keyHash() + ") & " + (of - 1) + ")::int";
        }

        private String orderedBy() {
            return "row(" + names() + ")";
        }

        private String bound(List<String> key) {
            return "row(" + String.join(", ", values(key)) + ")";
        }

        private List<String> values(List<String> key) {
            List<String> read = new ArrayList<>();
            for (int i = 0; i < order.size(); i++) {
                read.add(value(order.get(i), key.get(i)));
            }
            return read;
        }

        /** A number that the other side has may be too large for the type of this one. */
        static String value(Column column, String text) {
            return INTEGERS.contains(column.base()) ? Sql.literal(text) + "::bigint" : column.read(Sql.literal(text));
        }

        String names() {
            return Sql.names(order.stream().map(Column::name).toList());
        }

        static String texts(List<String> values) {
            return values.isEmpty()
                    ? "array[]::text[]"
                    : "array["
                            + values.stream()
                                    .map(value -> "format('%s', " + value + ")")
                                    .collect(Collectors.joining(", "))
                            + "]";
        }
    }

    private static final Set<String> INTEGERS = Set.of("smallint", "integer", "bigint");

    private final Connection connection;
    private final Rows rows;

    DirectSide(Connection connection, Rows rows) {
        this.connection = connection;
        this.rows = rows;
    }

    @Override
    public Sums sums(KeyRange range) throws SQLException {
        return ask("select " + sumOf(rows.digest()) + " from " + rows.table() + rows.where(range), answer -> {
            answer.next();
            return sums(answer, 1);
        });
    }

    @Override
    public Map<Integer, Sums> sums(int buckets) throws SQLException {
        String sql = "select bucket, " + sumOf("digest") + " from (select " + rows.bucket(buckets) + " as bucket, "
                + rows.digest() + " as digest from " + rows.table() + rows.where(KeyRange.ALL)
                + ") as rows group by bucket";
        return ask(sql, answer -> {
            Map<Integer, Sums> sums = new HashMap<>();
            while (answer.next()) {
                sums.put(answer.getInt(1), sums(answer, 2));
            }
            return sums;
        });
    }

    @Override
    public List<RowDigest> rows(Part part) throws SQLException {
        String sql = rows.key().isEmpty()
                ? "select array[digest::text], count(*), 0 from (select " + rows.digest() + " as digest from "
                        + rows.table() + rows.where(part) + ") as rows group by digest"
                : "select " + Rows.texts(rows.key()) + ", " + rows.digest() + ", " + rows.version() + " from "
                        + rows.table() + rows.where(part);
        return ask(sql, answer -> {
            List<RowDigest> found = new ArrayList<>();
            while (answer.next()) {
                found.add(new RowDigest(texts(answer), answer.getLong(2), answer.getLong(3)));
            }
            return found;
        });
    }

    @Override
    public Optional<List<String>> boundary(KeyRange range, long offset) throws SQLException {
        if (rows.order().isEmpty()) {
            throw new IllegalStateException("rows of " + rows.table() + " have no order");
        }
        List<String> names =
                rows.order().stream().map(column -> Sql.name(column.name())).toList();
        String sql = "select " + Rows.texts(names) + " from (select " + rows.names() + " from " + rows.table()
                + rows.where(range) + " order by " + rows.names() + " offset " + offset + " limit 1) as next";
        return ask(sql, answer -> answer.next() ? Optional.of(texts(answer)) : Optional.empty());
    }

    @Override
    public boolean isWithin(KeyRange range, List<String> key) throws SQLException {
        return ask(rows.isWithin(range, key), answer -> answer.next() && answer.getBoolean(1));
    }

    private static String sumOf(String digest) {
        return "count(*), coalesce(sum(" + digest + "), 0)::text";
    }

    private static Sums sums(ResultSet answer, int from) throws SQLException {
        // The server's sum has no bounds; both are compared by their last 64 bits.
        return new Sums(answer.getLong(from), new BigInteger(answer.getString(from + 1)).longValue());
    }

    private static List<String> texts(ResultSet answer) throws SQLException {
        return List.copyOf(Arrays.asList((String[]) answer.getArray(1).getArray()));
    }

    private interface Reading<T> {
        T read(ResultSet answer) throws SQLException;
    }

    private <T> T ask(String sql, Reading<T> reading) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet answer = statement.executeQuery(sql)) {
            return reading.read(answer);
        }
    }
}
