package io.understudy.masking;

import io.understudy.postgres.Column;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a masked value has to fit.
 *
 * @param kind of one element, if it is an array
 * @param length the most letters, {@link #UNLIMITED} without a bound; of text only
 * @param precision the digits of a numeric, 0 without a bound
 * @param scale how many of them stand behind the point
 * @param padded {@code character(n)}: Postgres writes blanks behind the value that do not belong to it
 * @param ignoresCase citext, for which Ann and ann are the same
 */
public record Fit(
        Kind kind,
        int length,
        int precision,
        int scale,
        boolean padded,
        boolean ignoresCase,
        boolean array,
        boolean nullable) {

    public static final int UNLIMITED = Integer.MAX_VALUE;

    /** A name of Postgres' own has 63 bytes. */
    private static final int NAME_LENGTH = 63;

    private static final Pattern MODIFIED = Pattern.compile("([^(]*)\\(([0-9]+)(?:,(-?[0-9]+))?\\)(.*)");

    public enum Kind {
        TEXT("text"),
        SMALLINT("smallint"),
        INTEGER("integer"),
        BIGINT("bigint"),
        NUMERIC("numeric"),
        FLOAT("float"),
        MONEY("money"),
        DATE("date"),
        TIMESTAMP("timestamp"),
        TIMESTAMPTZ("timestamp with time zone"),
        UUID("uuid"),
        INET("inet"),
        CIDR("cidr"),
        JSON("json"),
        BYTEA("bytea"),
        BOOLEAN("boolean"),
        ENUM("an enumeration"),
        OTHER("another type");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }

        boolean isInteger() {
            return this == SMALLINT || this == INTEGER || this == BIGINT;
        }
    }

    /** Text without a bound. */
    public static final Fit TEXT = of("text", true);

    /** A number of any size. */
    static final Fit FLOATING = of("double precision", true);

    public static Fit of(Column column) {
        Fit fit = of(column.base(), !column.notNull());
        return column.enumeration().isPresent() ? fit.withKind(Kind.ENUM) : fit;
    }

    /** @param type as {@code format_type} writes it, with a search path of {@code pg_catalog} alone */
    static Fit of(String type, boolean nullable) {
        boolean array = type.endsWith("[]");
        String element = array ? type.substring(0, type.length() - 2) : type;
        Matcher modified = MODIFIED.matcher(element);
        boolean bounded = modified.matches();
        String name = bounded ? modified.group(1) + modified.group(4) : element;
        int modifier = bounded ? Integer.parseInt(modified.group(2)) : 0;
        int scale = bounded && modified.group(3) != null ? Integer.parseInt(modified.group(3)) : 0;
        Kind kind = kind(name);
        int length = switch (name) {
            case "\"char\"" -> 1;
            case "name" -> NAME_LENGTH;
            default -> kind == Kind.TEXT && bounded ? modifier : UNLIMITED;
        };
        return new Fit(
                kind,
                length,
                kind == Kind.NUMERIC ? modifier : 0,
                kind == Kind.NUMERIC ? scale : 0,
                name.equals("character") || name.equals("bpchar"),
                isCitext(name),
                array,
                nullable);
    }

    private static Kind kind(String name) {
        return switch (name) {
            case "text", "character varying", "character", "bpchar", "name", "\"char\"" -> Kind.TEXT;
            case "smallint" -> Kind.SMALLINT;
            case "integer" -> Kind.INTEGER;
            case "bigint" -> Kind.BIGINT;
            case "numeric" -> Kind.NUMERIC;
            case "real", "double precision" -> Kind.FLOAT;
            case "money" -> Kind.MONEY;
            case "date" -> Kind.DATE;
            case "timestamp without time zone" -> Kind.TIMESTAMP;
            case "timestamp with time zone" -> Kind.TIMESTAMPTZ;
            case "uuid" -> Kind.UUID;
            case "inet" -> Kind.INET;
            case "cidr" -> Kind.CIDR;
            case "json", "jsonb" -> Kind.JSON;
            case "bytea" -> Kind.BYTEA;
            case "boolean" -> Kind.BOOLEAN;
            default -> isCitext(name) ? Kind.TEXT : Kind.OTHER;
        };
    }

    private static boolean isCitext(String name) {
        return name.equals("citext") || name.endsWith(".citext");
    }

    /**
     * What fits all of them: for a key and what refers to it, which have to be masked the same. Of kinds that cannot
     * hold the same values it is the first one's.
     */
    public static Fit narrowest(List<Fit> fits) {
        Fit narrowest = fits.stream()
                .min(Comparator.comparing(Fit::range).thenComparingInt(Fit::length))
                .orElseThrow();
        return new Fit(
                narrowest.kind,
                narrowest.length,
                narrowest.precision,
                narrowest.scale,
                fits.stream().anyMatch(Fit::padded),
                fits.stream().anyMatch(Fit::ignoresCase),
                fits.get(0).array,
                fits.stream().allMatch(Fit::nullable));
    }

    /** How many whole numbers from 0 on it can hold. */
    BigInteger range() {
        return switch (kind) {
            case SMALLINT -> BigInteger.ONE.shiftLeft(15);
            case INTEGER -> BigInteger.ONE.shiftLeft(31);
            case BIGINT, MONEY -> BigInteger.ONE.shiftLeft(63);
            case NUMERIC -> BigInteger.TEN.pow(precision == 0 ? 1000 : Math.max(0, precision - scale));
            default -> BigInteger.TEN.pow(1000);
        };
    }

    private Fit withKind(Kind other) {
        return new Fit(other, length, precision, scale, padded, ignoresCase, array, nullable);
    }

    Fit element() {
        return new Fit(kind, length, precision, scale, padded, ignoresCase, false, true);
    }
}
