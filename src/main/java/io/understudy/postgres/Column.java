package io.understudy.postgres;

import java.util.Optional;

/**
 * A column as the catalog has it.
 *
 * @param type the type as declared, with length: {@code character varying(20)}
 * @param castType the type to cast a text literal to. Without length, so that a value too long for the target is an
 *     error of the assignment and not cut off by the cast; {@code bpchar}, where {@code character} would mean one
 *     letter
 * @param generated computed by its own server: read never, written never
 * @param identityAlways {@code generated always as identity}: written with {@code overriding system value}
 * @param hasDefault the server fills it when it is not given (default or identity)
 * @param virtual generated whenever it is read, so that no log can carry it
 * @param number stays when the column is renamed, and never comes again when it was dropped
 * @param typeOid as the log names it; means something in its own database only
 * @param enumeration the type whose labels it holds, also in an array or behind a domain
 * @param equalitySchema where the type's equality operator lives; {@code pg_catalog} also when it has none
 */
public record Column(
        String name,
        String type,
        String castType,
        boolean notNull,
        boolean generated,
        boolean identityAlways,
        boolean hasDefault,
        boolean virtual,
        String equalitySchema,
        int number,
        long typeOid,
        int typeModifier,
        Optional<String> enumeration) {

    private static final String BUILT_IN = "pg_catalog";

    public Column(
            String name,
            String type,
            String castType,
            boolean notNull,
            boolean generated,
            boolean identityAlways,
            boolean hasDefault) {
        this(name, type, castType, notNull, generated, identityAlways, hasDefault, false, BUILT_IN, 0, 0, -1, Optional.empty());
    }

    /** The operator by which an index of this type compares: found by {@code =} alone, citext would compare as text. */
    public String equality() {
        return equalitySchema.equals(BUILT_IN) ? "=" : "operator(" + Sql.name(equalitySchema) + ".=)";
    }
}
