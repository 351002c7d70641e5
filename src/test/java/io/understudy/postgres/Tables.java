package io.understudy.postgres;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Tables as a catalog would have them, for tests that need no server. */
public final class Tables {

    private Tables() {}

    /** An ordinary table with columns of text, of which the first is the key. */
    public static Table table(String name, String... columns) {
        return table(name, Table.Kind.ORDINARY, 0, 0, columns);
    }

    public static Table table(String name, Table.Kind kind, long bytes, long pages, String... columns) {
        List<String> names = columns.length == 0 ? List.of("id") : List.of(columns);
        return new Table(
                id(name),
                kind,
                false,
                names.stream().map(Tables::text).toList(),
                List.of(names.get(0)),
                Set.of(Set.of(names.get(0))),
                ReplicaIdentity.DEFAULT,
                -1,
                bytes,
                pages,
                false,
                Optional.empty(),
                List.of());
    }

    public static Column text(String name) {
        return new Column(name, "text", "text", false, Optional.empty(), false, false, false, false);
    }

    public static MirroredTable mirrored(Table table, String... key) {
        return new MirroredTable(table, table, key.length == 0 ? table.primaryKey() : List.of(key), Set.of());
    }

    /** In {@code public}, or where the name says. */
    public static TableId id(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? new TableId("public", name) : new TableId(name.substring(0, dot), name.substring(dot + 1));
    }

    public static ForeignKey foreignKey(String from, String to) {
        return new ForeignKey(from + "_" + to + "_fkey", id(from), List.of(to + "_id"), id(to), true);
    }

    public static List<TableId> ids(String... names) {
        return Stream.of(names).map(Tables::id).toList();
    }
}
