package io.understudy.drift;

import io.understudy.postgres.TableId;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One object of a catalog, as text that means the same on both sides.
 *
 * @param facets what is compared, in order: {@code type}, {@code default}, …; of an enumeration its labels
 * @param statement makes it; empty for what only a person can make
 * @param proof an SQL condition that holds when it is there
 * @param place the order within its kind; {@code functions.sql} and {@code indexes.sql} say what it means there
 */
record SchemaObject(Key key, Map<String, String> facets, Optional<String> statement, String proof, int place) {

    /** @param schema and {@code table} are null where there is none */
    record Key(Kind kind, String schema, String table, String name) {

        Optional<TableId> tableId() {
            return Optional.ofNullable(table).map(name -> new TableId(schema, name));
        }

        /** Of a function without its arguments. */
        String bareName() {
            if (kind != Kind.FUNCTION) {
                return name;
            }
            String called = name.substring(0, name.lastIndexOf('('));
            return called.startsWith("\"")
                    ? called.substring(1, called.length() - 1).replace("\"\"", "\"")
                    : called;
        }

        /** The relation that it belongs to and goes with. */
        Optional<Key> parent(Kind relation) {
            return kind.isRelation() ? Optional.empty() : tableId().map(id -> new Key(relation, schema, table, table));
        }

        @Override
        public String toString() {
            return kind.isRelation() || table == null
                    ? Stream.of(kind == Kind.SCHEMA ? null : schema, name)
                            .filter(part -> part != null)
                            .collect(Collectors.joining("."))
                    : schema + "." + table + (kind == Kind.COLUMN ? "." : ": ") + name;
        }
    }

    Kind kind() {
        return key.kind();
    }

    String facet(String name) {
        return facets.getOrDefault(name, "");
    }

    /** In short, for people. */
    String definition() {
        if (kind() == Kind.ENUM) {
            return facets.keySet().stream().map(label -> "'" + label + "'").collect(Collectors.joining(", "));
        }
        return facets.entrySet().stream()
                .filter(facet -> !facet.getValue().isEmpty())
                .map(facet -> facet.getKey().equals("definition") ? facet.getValue() : told(facet))
                .collect(Collectors.joining(", "));
    }

    private static String told(Map.Entry<String, String> facet) {
        return switch (facet.getKey()) {
            case "type", "nullable", "kind" -> facet.getValue();
            default -> facet.getKey() + " " + facet.getValue();
        };
    }
}
