package io.understudy.masking;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.regex.Pattern;

/** Values that somebody wrote into a rule. */
final class Constants {

    private static final Pattern UUID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    private static final Pattern BYTEA = Pattern.compile("\\\\x([0-9a-fA-F]{2})*");
    private static final Pattern NUMBER = Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]{1,3})?");
    private static final Pattern JSON_NUMBER = Pattern.compile("-?(0|[1-9][0-9]*+)(\\.[0-9]++)?([eE][+-]?[0-9]++)?");

    private Constants() {}

    /** Whether Postgres would take it. Of types that are not known here, and of labels, the server is the judge. */
    static boolean fits(String value, Fit fit) {
        return switch (fit.kind()) {
            case TEXT -> value.codePointCount(0, value.length()) <= fit.length();
            case SMALLINT, INTEGER, BIGINT, NUMERIC, MONEY -> isNumber(value, fit);
            case FLOAT -> NUMBER.matcher(value).matches();
            case DATE, TIMESTAMP, TIMESTAMPTZ -> DateText.parse(value) != null;
            case UUID -> UUID.matcher(value).matches();
            case INET -> IpText.parse(value) != null;
            case CIDR -> IpText.parse(value) != null && IpText.parse(value).isNetwork();
            case JSON -> isJson(value);
            case BYTEA -> BYTEA.matcher(value).matches();
            case BOOLEAN -> value.matches("t|f|true|false");
            case ENUM, OTHER -> true;
        };
    }

    /** One that Postgres takes for any column of the type. */
    static String any(Fit.Kind kind) {
        return switch (kind) {
            case SMALLINT, INTEGER, BIGINT, NUMERIC, FLOAT, MONEY -> "0";
            case DATE, TIMESTAMP, TIMESTAMPTZ -> "2000-01-01";
            case UUID -> "00000000-0000-4000-8000-000000000000";
            case INET, CIDR -> "0.0.0.0";
            case JSON -> "null";
            case BYTEA -> "\\x";
            case BOOLEAN -> "f";
            case TEXT, ENUM, OTHER -> "";
        };
    }

    static boolean isJsonNumber(String value) {
        return JSON_NUMBER.matcher(value).matches();
    }

    private static boolean isNumber(String value, Fit fit) {
        if (!NUMBER.matcher(value).matches()) {
            return false;
        }
        BigDecimal number = new BigDecimal(value);
        return NumberMask.inRange(number, fit) && (!fit.kind().isInteger() || value.matches("[+-]?[0-9]+"));
    }

    private static boolean isJson(String value) {
        try (JsonParser parser = new JsonFactory().createParser(value)) {
            boolean some = false;
            while (parser.nextToken() != null) {
                if (some
                        && parser.getParsingContext().inRoot()
                        && !parser.currentToken().isStructEnd()) {
                    return false;
                }
                some = true;
            }
            return some;
        } catch (IOException e) {
            return false;
        }
    }
}
