package io.understudy.postgres;

import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How a table is cut into partitions.
 *
 * @param key as in {@code partition by}
 * @param partitions of every level, parents first
 */
public record Partitioning(String key, List<Partition> partitions) {

    private static final String PARTITIONS = Sql.file(Partitioning.class, "partitions.sql");
    private static final String DEFAULT = "DEFAULT";

    /**
     * @param relation its oid
     * @param path the bounds from the root down to it: names the same rows on both sides
     * @param key by which it is cut itself, if it is
     * @param since transactions by which it, and what it is part of, joined the table
     */
    public record Partition(
            TableId id, long relation, List<String> path, TableId parent, Optional<String> key, List<String> since) {

        /** It, and how it came to be part of the table. */
        public String membership() {
            return relation + ":" + String.join(",", since);
        }

        /** The bounds of its parent. */
        public List<String> parentPath() {
            return path.subList(0, path.size() - 1);
        }

        public String bound() {
            return path.get(path.size() - 1);
        }
    }

    /** Of every partitioned table. */
    public static Map<TableId, Partitioning> read(PostgresClient client) {
        Map<TableId, Partitioning> all = new LinkedHashMap<>();
        for (Row row : client.query(PARTITIONS)) {
            TableId root = new TableId(row.getString("schema"), row.getString("table_name"));
            Partitioning partitioning =
                    all.computeIfAbsent(root, id -> new Partitioning(row.getString("root_key"), new ArrayList<>()));
            List<String> path = List.of(row.getArrayOfStrings("path"));
            if (!path.isEmpty()) {
                partitioning
                        .partitions()
                        .add(new Partition(
                                new TableId(row.getString("partition_schema"), row.getString("partition_name")),
                                row.getLong("relation"),
                                path,
                                new TableId(row.getString("parent_schema"), row.getString("parent_name")),
                                Optional.ofNullable(row.getString("key")),
                                List.of(row.getArrayOfStrings("since"))));
            }
        }
        return all;
    }

    /**
     * Whether a partition holds rows that were there before it joined, which no log carries as rows of the table. Rows of
     * the very transaction count, although they may be in the log: it cannot be known.
     */
    public static boolean holdsEarlierRows(PostgresClient client, Partition partition) {
        String joined = partition.since().stream()
                .map(transaction -> "age(" + Sql.literal(transaction) + "::xid)")
                .collect(Collectors.joining(", ", "least(", ")"));
        return client.query("select exists (select from only " + partition.id().sql() + " p where age(p.xmin) >= "
                        + joined + ") as there")
                .iterator()
                .next()
                .getBoolean("there");
    }

    public boolean has(List<String> path) {
        return partition(path).isPresent();
    }

    public Optional<Partition> partition(List<String> path) {
        return partitions.stream()
                .filter(partition -> partition.path().equals(path))
                .findFirst();
    }

    /** Whether rows that fit no other partition of this parent have a place. */
    public boolean hasDefault(List<String> parentPath) {
        return partitions.stream()
                .anyMatch(partition -> partition.parentPath().equals(parentPath)
                        && partition.bound().equals(DEFAULT));
    }
}
