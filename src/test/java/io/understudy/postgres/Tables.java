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
                0,
                0,
                kind,
                Table.Persistence.PERMANENT,
                names.stream().map(Tables::text).toList(),
                List.of(names.get(0)),
                List.of(),
                Set.of(Set.of(names.get(0))),
                ReplicaIdentity.DEFAULT,
                List.of(),
                -1,
                bytes,
                pages,
                false,
                Optional.empty(),
                List.of(),
                List.of(),
                false);
    }

    public static Column text(String name) {
        return new Column(
                name,
                "text",
                "text",
                "text",
                false,
                Optional.empty(),
                false,
                false,
                false,
                false,
                false,
                0,
                0,
                -1,
                Optional.empty(),
                Optional.empty());
    }

    public static MirroredTable mirrored(Table table, String... key) {
        Table keyed = key.length == 0 ? table : keyed(table, List.of(key));
        return new MirroredTable(keyed, keyed, keyed.key(), Set.of());
    }

    /** With this primary key; with none at all, and replica identity full, when it is empty. */
    public static Table keyed(Table table, List<String> key) {
        return new Table(
                table.id(),
                table.relation(),
                table.file(),
                table.kind(),
                table.persistence(),
                table.columns(),
                key,
                List.of(),
                key.isEmpty() ? Set.of() : Set.of(Set.copyOf(key)),
                key.isEmpty() ? ReplicaIdentity.FULL : table.replicaIdentity(),
                table.identityIndex(),
                table.rows(),
                table.bytes(),
                table.pages(),
                table.rowSecurity(),
                table.extension(),
                table.firingTriggers(),
                table.firingRules(),
                table.hasRules());
    }

    /** In {@code public}, or where the name says. */
    public static TableId id(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? new TableId("public", name) : new TableId(name.substring(0, dot), name.substring(dot + 1));
    }

    public static ForeignKey foreignKey(String from, String to) {
        return new ForeignKey(from + "_" + to + "_fkey", id(from), List.of(to + "_id"), id(to), List.of("id"), true);
    }

    public static List<TableId> ids(String... names) {
        return Stream.of(names).map(Tables::id).toList();
    }
}
