package io.understudy.postgres;

import java.util.Optional;

/**
 * A column as the catalog has it.
 *
 * @param type the type as declared, with length: {@code character varying(20)}
 * @param base the type behind a domain, also in an array, with its length; otherwise the same as {@code type}
 * @param castType the type to cast a text literal to. Without length, so that a value too long for the target is an
 *     error of the assignment and not cut off by the cast; {@code bpchar}, where {@code character} would mean one
 *     letter
 * @param castByFunction a cast from text would call a function of that name and not the type's own input: {@code
 *     regclass} then looks for a table named "-"
 * @param equality how two values are compared as its index does, with a {@code %s} for each, where {@code =} alone
 *     would not do: our sessions have a search path without the schemas of extensions
 * @param generated computed by its own server: read never, written never
 * @param identityAlways {@code generated always as identity}: written with {@code overriding system value}
 * @param hasDefault the server fills it when it is not given (default or identity)
 * @param virtual generated whenever it is read, so that no log can carry it
 * @param number stays when the column is renamed, and never comes again when it was dropped
 * @param typeOid as the log names it; means something in its own database only
 * @param missing what rows have that are older than the column
 * @param enumeration the type whose labels it holds, also in an array or behind a domain
 */
public record Column(
        String name,
        String type,
        String base,
        String castType,
        boolean castByFunction,
        Optional<String> equality,
        boolean notNull,
        boolean generated,
        boolean identityAlways,
        boolean hasDefault,
        boolean virtual,
        int number,
        long typeOid,
        int typeModifier,
        Optional<String> missing,
        Optional<String> enumeration) {

    /** SQL that makes a value of this column out of {@code text}, an expression of that type. */
    public String read(String text) {
        if (!castByFunction) {
            return text + "::" + castType;
        }
        // Nobody can define how an array is read: it reads its elements by their type's own input.
        return "(('{\"' || replace(replace(" + text + ", E'\\\\', E'\\\\\\\\'), '\"', E'\\\\\"') || '\"}')::" + castType
                + "[])[1]";
    }

    /** SQL that is true where the column's value is that of {@code text}. */
    public String matches(String column, String text) {
        return equality.orElse("%s = %s").formatted(column, read(text));
    }
}
