package io.understudy.postgres;

import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** @param users tables with a column that owns it or takes its default from it; none when the sequence is free */
public record Sequence(TableId id, Set<TableId> users) {

    private static final String ALL = Sql.file(Sequence.class, "sequences.sql");

    static List<Sequence> read(Session session) {
        List<Sequence> sequences = new ArrayList<>();
        for (Row row : session.query(ALL)) {
            String[] schemas = row.getArrayOfStrings("user_schemas");
            String[] names = row.getArrayOfStrings("user_names");
            Set<TableId> users = new TreeSet<>();
            for (int i = 0; i < names.length; i++) {
                users.add(new TableId(schemas[i], names[i]));
            }
            sequences.add(new Sequence(new TableId(row.getString("schema"), row.getString("name")), users));
        }
        return sequences;
    }

    /**
     * What a mirror of {@code tables} keeps level, by the source's catalog: the sequences that they use, and the free
     * ones in their schemas. One that only other tables use counts rows that staging does not get.
     */
    public static List<TableId> ofMirror(Collection<Sequence> sequences, Collection<TableId> tables) {
        Set<TableId> mirrored = Set.copyOf(tables);
        Set<String> schemas = tables.stream().map(TableId::schema).collect(Collectors.toSet());
        return sequences.stream()
                .filter(sequence -> sequence.users().isEmpty()
                        ? schemas.contains(sequence.id().schema())
                        : sequence.users().stream().anyMatch(mirrored::contains))
                .map(Sequence::id)
                .toList();
    }

    /** The same, as the source is now. */
    public static List<TableId> ofMirror(PostgresClient source, Collection<TableId> tables) {
        return ofMirror(source.with(Sequence::read), tables);
    }
}
