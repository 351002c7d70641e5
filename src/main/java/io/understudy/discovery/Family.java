package io.understudy.discovery;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Types for which the same rules make sense. */
enum Family {
    TEXT("text varchar bpchar citext name"),
    INTEGER("int2 int4 int8"),
    NUMBER("numeric float4 float8 money"),
    DATE("date"),
    TIMESTAMP("timestamp timestamptz"),
    ADDRESS("inet cidr"),
    MAC("macaddr macaddr8"),
    UUID("uuid"),
    JSON("json jsonb"),
    BINARY("bytea oid lo"),
    PLACE("point geometry geography"),
    DOCUMENT("xml tsvector hstore"),
    CHOICE("bool"),
    /** Ranges, intervals, bits: nothing personal by itself. */
    OTHER("");

    private static final Map<String, Family> BY_TYPE = Stream.of(values())
            .flatMap(family -> Stream.of(family.types.split(" "))
                    .filter(type -> !type.isEmpty())
                    .map(type -> Map.entry(type, family)))
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

    private final String types;

    Family(String types) {
        this.types = types;
    }

    /** @param type as pg_type names it, behind domains and arrays */
    static Family of(String type, boolean enumeration) {
        return enumeration ? CHOICE : BY_TYPE.getOrDefault(type, OTHER);
    }

    /** Whether the text of its values is worth looking at. */
    boolean isSampled() {
        return this != CHOICE && this != BINARY && this != OTHER && this != UUID;
    }
}
