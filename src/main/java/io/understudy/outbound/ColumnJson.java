package io.understudy.outbound;

import com.fasterxml.jackson.core.JsonGenerator;
import io.understudy.postgres.Column;
import java.io.IOException;
import java.util.regex.Pattern;

/**
 * How the text of a column's values becomes JSON, as {@code to_jsonb} would have it: numbers, booleans, JSON and arrays are
 * what they are, all else is a string. What JSON or {@code jsonb} cannot hold (NaN, a {@code json} with a zero byte) is a
 * string too: an event must never keep a transaction from being committed.
 */
final class ColumnJson {

    private enum Kind {
        NUMBER,
        BOOLEAN,
        JSONB,
        JSON,
        TIMESTAMP,
        TIMESTAMPTZ,
        TEXT
    }

    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]{1,3})?");
    /** In {@code json}, which is kept as it was written: a zero byte, and half of a pair of surrogates. */
    private static final Pattern NOT_FOR_JSONB = Pattern.compile("\\\\u(0000|[dD][89a-fA-F])");

    /** Deeper JSON, and longer numbers in it, are a string: what reads events has bounds, and {@code jsonb} has its own. */
    private static final int MOST_DEPTH = 500;

    private static final int MOST_DIGITS = 1000;

    private final String name;
    private final Kind kind;
    private final boolean array;

    private ColumnJson(String name, Kind kind, boolean array) {
        this.name = name;
        this.kind = kind;
        this.array = array;
    }

    static ColumnJson of(Column column) {
        String type = column.base().replaceAll("\\([^)]*\\)", "");
        // Boxes are listed with semicolons: what knows that reads the literal.
        boolean array = type.endsWith("[]") && !type.startsWith("box");
        return new ColumnJson(column.name(), kind(array ? type.substring(0, type.length() - 2) : type), array);
    }

    private static Kind kind(String type) {
        return switch (type) {
            case "smallint", "integer", "bigint", "numeric", "real", "double precision", "oid" -> Kind.NUMBER;
            case "boolean" -> Kind.BOOLEAN;
            case "jsonb" -> Kind.JSONB;
            case "json" -> Kind.JSON;
            case "timestamp without time zone" -> Kind.TIMESTAMP;
            case "timestamp with time zone" -> Kind.TIMESTAMPTZ;
            default -> Kind.TEXT;
        };
    }

    /** @param value Postgres text, null for null */
    void write(JsonGenerator json, String value) throws IOException {
        json.writeFieldName(name);
        if (value == null) {
            json.writeNull();
        } else if (!array) {
            writeElement(json, value);
        } else if (ArrayJson.isOne(value)) {
            ArrayJson.write(value, json, this::writeElement);
        } else {
            json.writeString(value);
        }
    }

    private void writeElement(JsonGenerator json, String value) throws IOException {
        switch (kind) {
            case NUMBER ->
                writeRawIf(
                        value.length() <= MOST_DIGITS && NUMBER.matcher(value).matches(), json, value);
            case BOOLEAN -> writeBoolean(json, value);
            case JSONB -> writeRawIf(isModest(value), json, value);
            case JSON ->
                writeRawIf(isModest(value) && !NOT_FOR_JSONB.matcher(value).find(), json, value);
            case TIMESTAMP -> json.writeString(isMoment(value) ? value.replace(' ', 'T') : value);
            case TIMESTAMPTZ -> json.writeString(isMoment(value) ? value.replace(' ', 'T') + minutes(value) : value);
            case TEXT -> json.writeString(value);
        }
    }

    private static boolean isModest(String value) {
        int depth = 0;
        int digits = 0;
        boolean text = false;
        for (int i = 0; i < value.length(); i++) {
            char letter = value.charAt(i);
            if (letter == '"') {
                text = !text;
            } else if (letter == '\\') {
                i++;
            }
            if (text) {
                continue;
            }
            depth += letter == '[' || letter == '{' ? 1 : letter == ']' || letter == '}' ? -1 : 0;
            digits = letter >= '0' && letter <= '9' || letter == '.' ? digits + 1 : 0;
            boolean exponent = (letter == 'e' || letter == 'E')
                    && i + 4 < value.length()
                    && value.substring(i + 1, i + 5).matches("[+-]?[0-9]{3,}.*");
            if (depth > MOST_DEPTH || digits > MOST_DIGITS || exponent) {
                return false;
            }
        }
        return true;
    }

    /** Whether its values are never more than a few letters. */
    boolean isShort() {
        return !array && kind != Kind.TEXT && kind != Kind.JSON && kind != Kind.JSONB && kind != Kind.NUMBER;
    }

    private static void writeRawIf(boolean fits, JsonGenerator json, String value) throws IOException {
        if (fits) {
            json.writeRawValue(value);
        } else {
            json.writeString(value);
        }
    }

    private static void writeBoolean(JsonGenerator json, String value) throws IOException {
        switch (value) {
            case "t", "true" -> json.writeBoolean(true);
            case "f", "false" -> json.writeBoolean(false);
            default -> json.writeString(value);
        }
    }

    /** Not infinity, and not before Christ. */
    private static boolean isMoment(String value) {
        return !value.isEmpty() && Character.isDigit(value.charAt(0)) && !value.endsWith("BC");
    }

    /** Postgres leaves the minutes of an offset out when there are none. */
    private static String minutes(String value) {
        int length = value.length();
        boolean bare = length > 3 && (value.charAt(length - 3) == '+' || value.charAt(length - 3) == '-');
        return bare ? ":00" : "";
    }
}
