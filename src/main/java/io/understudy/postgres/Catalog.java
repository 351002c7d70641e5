package io.understudy.postgres;

import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The tables, keys and sequences of one database, read in one transaction and never assumed (field note E1). */
public record Catalog(
        Map<TableId, Table> tables,
        List<ForeignKey> foreignKeys,
        List<Sequence> sequences,
        Map<String, List<String>> enumerations) {

    /** A size or an expression is read under a lock: what somebody holds for long is told, not waited for. */
    private static final String READING =
            "begin isolation level repeatable read read only; set local lock_timeout = '5s'";

    private static final String TABLES = Sql.file(Catalog.class, "tables.sql");
    private static final String COLUMNS = Sql.file(Catalog.class, "columns.sql");
    private static final String KEYS = Sql.file(Catalog.class, "keys.sql");
    private static final String ENUMERATIONS = Sql.file(Catalog.class, "enumerations.sql");
    private static final String FOREIGN_KEYS = Sql.file(Catalog.class, "foreign-keys.sql");

    public static Catalog read(PostgresClient client) {
        return client.with(session -> session.transaction(READING, Catalog::read));
    }

    private static Catalog read(Session session) {
        Map<TableId, List<Column>> columns = new LinkedHashMap<>();
        for (Row row : session.query(COLUMNS)) {
            columns.computeIfAbsent(tableId(row), id -> new ArrayList<>()).add(column(row));
        }
        Map<TableId, List<String>> primaryKeys = new LinkedHashMap<>();
        Map<TableId, List<String>> deferrableKeys = new LinkedHashMap<>();
        Map<TableId, List<String>> identityIndexes = new LinkedHashMap<>();
        Map<TableId, Set<Set<String>>> uniqueKeys = new LinkedHashMap<>();
        for (Row row : session.query(KEYS)) {
            List<String> key = List.of(row.getArrayOfStrings("columns"));
            if (!row.getBoolean("immediate")) {
                deferrableKeys.put(tableId(row), key);
                continue;
            }
            uniqueKeys
                    .computeIfAbsent(tableId(row), id -> new LinkedHashSet<>())
                    .add(Set.copyOf(key));
            if (row.getBoolean("primary_key")) {
                primaryKeys.put(tableId(row), key);
            }
            if (row.getBoolean("replica_identity")) {
                identityIndexes.put(tableId(row), key);
            }
        }
        Map<TableId, Table> tables = new LinkedHashMap<>();
        for (Row row : session.query(TABLES)) {
            TableId id = new TableId(row.getString("schema"), row.getString("name"));
            tables.put(id, table(row, id, columns, primaryKeys, deferrableKeys, identityIndexes, uniqueKeys));
        }
        List<ForeignKey> foreignKeys = new ArrayList<>();
        for (Row row : session.query(FOREIGN_KEYS)) {
            foreignKeys.add(new ForeignKey(
                    row.getString("name"),
                    tableId(row),
                    List.of(row.getArrayOfStrings("columns")),
                    new TableId(row.getString("referenced_schema"), row.getString("referenced_table")),
                    List.of(row.getArrayOfStrings("referenced_columns")),
                    row.getBoolean("validated")));
        }
        Map<String, List<String>> enumerations = new LinkedHashMap<>();
        for (Row row : session.query(ENUMERATIONS)) {
            enumerations.put(row.getString("name"), List.of(row.getArrayOfStrings("labels")));
        }
        return new Catalog(tables, foreignKeys, Sequence.read(session), enumerations);
    }

    private static TableId tableId(Row row) {
        return new TableId(row.getString("schema"), row.getString("table_name"));
    }

    private static Column column(Row row) {
        return new Column(
                row.getString("name"),
                row.getString("type"),
                row.getString("base"),
                row.getString("cast_type"),
                row.getBoolean("cast_by_function"),
                Optional.ofNullable(row.getString("equality")),
                row.getBoolean("not_null"),
                row.getBoolean("generated"),
                row.getBoolean("identity_always"),
                row.getBoolean("has_default"),
                row.getBoolean("virtual"),
                row.getInteger("number"),
                row.getLong("type_oid"),
                row.getInteger("type_modifier"),
                Optional.ofNullable(row.getString("missing")),
                Optional.ofNullable(row.getString("enumeration")));
    }

    private static Table table(
            Row row,
            TableId id,
            Map<TableId, List<Column>> columns,
            Map<TableId, List<String>> primaryKeys,
            Map<TableId, List<String>> deferrableKeys,
            Map<TableId, List<String>> identityIndexes,
            Map<TableId, Set<Set<String>>> uniqueKeys) {
        return new Table(
                id,
                row.getLong("relation"),
                row.getLong("file"),
                switch (row.getString("kind")) {
                    case "p" -> Table.Kind.PARTITIONED;
                    case "f" -> Table.Kind.FOREIGN;
                    default -> Table.Kind.ORDINARY;
                },
                Table.Persistence.of(row.getString("persistence")),
                columns.getOrDefault(id, List.of()),
                primaryKeys.getOrDefault(id, List.of()),
                deferrableKeys.getOrDefault(id, List.of()),
                uniqueKeys.getOrDefault(id, Set.of()),
                ReplicaIdentity.of(row.getString("replica_identity")),
                identityIndexes.getOrDefault(id, List.of()),
                row.getLong("rows"),
                row.getLong("bytes"),
                row.getLong("pages"),
                row.getBoolean("row_security"),
                Optional.ofNullable(row.getString("extension")),
                List.of(row.getArrayOfStrings("firing_triggers")),
                List.of(row.getArrayOfStrings("firing_rules")),
                row.getBoolean("has_rules"));
    }

    /** Tables with a foreign key to this one, itself included if it refers to itself. */
    public Set<TableId> referring(TableId table) {
        return foreignKeys.stream()
                .filter(key -> key.referenced().equals(table))
                .map(ForeignKey::table)
                .collect(Collectors.toSet());
    }

    public Optional<Table> table(TableId id) {
        return Optional.ofNullable(tables.get(id));
    }
}
