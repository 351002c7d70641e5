package io.understudy.postgres;

import java.util.Collection;
import java.util.Comparator;
import java.util.stream.Collectors;

/**
 * A table by schema and name, exactly as the catalog spells them. {@link #sql()} is quoted, {@code toString} is for
 * people.
 */
public record TableId(String schema, String name) implements Comparable<TableId> {

    private static final Comparator<TableId> ORDER =
            Comparator.comparing(TableId::schema).thenComparing(TableId::name);

    public String sql() {
        return Sql.name(schema) + "." + Sql.name(name);
    }

    public static String sql(Collection<TableId> tables) {
        return tables.stream().map(TableId::sql).collect(Collectors.joining(", "));
    }

    @Override
    public int compareTo(TableId other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return schema + "." + name;
    }
}
