package io.understudy.discovery;

import io.understudy.postgres.Column;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.Sql;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import io.vertx.sqlclient.Row;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A column as far as its rule depends on it.
 *
 * @param type as pg_type names it, behind domains and arrays
 * @param inKey whether it is part of a unique index or a key
 */
record ColumnFacts(
        TableId table,
        String name,
        String type,
        Family family,
        boolean array,
        Optional<String> tableComment,
        Optional<String> comment,
        boolean notNull,
        boolean generated,
        boolean inKey) {

    /** Later ones may say whose things the rows are. */
    private static final int COMMENT_WORDS = 3;

    private static final String FACTS = Sql.file(ColumnFacts.class, "column-facts.sql");

    /** Of every column that is in {@code tables}; what the catalog lost in between is left out. */
    static Map<TableId, Map<String, ColumnFacts>> read(PostgresClient database, Map<TableId, Table> tables) {
        Map<TableId, Map<String, ColumnFacts>> facts = new HashMap<>();
        for (Row row : database.query(FACTS)) {
            TableId id = new TableId(row.getString("schema"), row.getString("table_name"));
            Table table = tables.get(id);
            Optional<Column> column = table == null ? Optional.empty() : table.column(row.getString("name"));
            column.ifPresent(known ->
                    facts.computeIfAbsent(id, name -> new HashMap<>()).put(known.name(), of(table, known, row)));
        }
        return facts;
    }

    private static ColumnFacts of(Table table, Column column, Row row) {
        String name = column.name();
        return new ColumnFacts(
                table.id(),
                name,
                row.getString("type"),
                Family.of(row.getString("type"), row.getBoolean("enumeration")),
                row.getBoolean("is_array"),
                Optional.ofNullable(row.getString("table_comment")),
                Optional.ofNullable(row.getString("comment")),
                column.notNull(),
                column.generated(),
                table.primaryKey().contains(name)
                        || table.deferrableKey().contains(name)
                        || table.uniqueKeys().stream().anyMatch(key -> key.contains(name)));
    }

    /** Whether the rows are people, by the name of the table or by how its comment begins: "All customers, since 2009". */
    boolean isAboutPeople() {
        return ColumnName.isAboutPeople(table.name())
                || tableComment.stream()
                        .flatMap(text -> ColumnName.words(text).stream().limit(COMMENT_WORDS))
                        .anyMatch(ColumnName::isAboutPeople);
    }

    /** As it stands in the place of a JSON document where nothing but the value is known. */
    static ColumnFacts ofText(TableId table, String name) {
        return new ColumnFacts(
                table, name, "text", Family.TEXT, false, Optional.empty(), Optional.empty(), false, false, false);
    }
}
