package io.understudy.drift;

import java.util.Optional;

/**
 * What a statement of a migration does to one object.
 *
 * @param name the new name comes {@code to}, when it is renamed
 */
record Act(Verb verb, Ref ref, Optional<String> to) {

    enum Verb {
        CREATE,
        DROP,
        RENAME
    }

    /**
     * An object as a migration names it.
     *
     * @param schema null when it was not said
     * @param table null for what belongs to no table
     * @param implied a name that Postgres gives by itself, as {@code orders_pkey}, which may be another one
     */
    record Ref(Kind kind, String schema, String table, String name, boolean implied) {

        boolean means(SchemaObject.Key key) {
            return sameKind(key.kind())
                    && (schema == null || schema.equals(key.schema()))
                    && (kind.isRelation() || table == null || table.equals(key.table()))
                    // Functions are overloaded; a migration is taken to mean any of its name.
                    && (name.equals(key.bareName()) || (implied && isLike(key.name())));
        }

        /** Postgres counts on where a name is taken; after which column a check is named, its condition tells. */
        private boolean isLike(String other) {
            String counted = other.replaceFirst("\\d+$", "");
            return name.equals(counted)
                    || (name.endsWith("_check") && counted.startsWith(table + "_") && counted.endsWith("_check"));
        }

        /** A unique index may have become a constraint's. */
        private boolean sameKind(Kind other) {
            return kind == other || (kind == Kind.INDEX && other == Kind.CONSTRAINT);
        }

        boolean belongsTo(Ref relation) {
            return relation.kind() == Kind.TABLE
                    && relation.name().equals(table)
                    && (schema == null || relation.schema() == null || schema.equals(relation.schema()));
        }

        Ref renamed(String other) {
            return new Ref(kind, schema, kind.isRelation() ? other : table, other, implied);
        }

        Ref ofTable(String other) {
            return new Ref(kind, schema, other, name, implied);
        }
    }

    static Act create(Ref ref) {
        return new Act(Verb.CREATE, ref, Optional.empty());
    }

    static Act drop(Ref ref) {
        return new Act(Verb.DROP, ref, Optional.empty());
    }

    static Act rename(Ref ref, String to) {
        return new Act(Verb.RENAME, ref, Optional.of(to));
    }
}
