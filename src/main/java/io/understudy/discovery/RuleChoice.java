package io.understudy.discovery;

import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.TreeMap;

/** The text of the rule that suits what a column holds and the type it has. */
final class RuleChoice {

    static final String KEEP = "keep";

    /** Of a document: places beyond this many are masked, as all that are not named. */
    private static final int PLACES = 40;

    private RuleChoice() {}

    static String rule(Kind kind, ColumnFacts column) {
        return switch (column.family()) {
            case TEXT -> ofText(kind, column);
            case INTEGER, NUMBER -> ofNumber(kind, column);
            case DATE, TIMESTAMP -> kind == Kind.BIRTH_DATE ? "date(30d)" : KEEP;
            case ADDRESS -> "ip";
            case UUID -> "uuid";
            // No rule makes another one of the same kind.
            case MAC, PLACE -> emptied(column);
            case BINARY, DOCUMENT -> emptied(column);
            case JSON, CHOICE, OTHER -> KEEP;
        };
    }

    private static String ofText(Kind kind, ColumnFacts column) {
        return switch (kind) {
            case EMAIL -> "email";
            case IP -> "ip";
            case PHONE -> unique(column, "phone");
            case PERSON_NAME -> unique(column, "name");
            case FIRST_NAME -> unique(column, "name(first)");
            case LAST_NAME -> unique(column, "name(last)");
            case USERNAME -> "hash";
            case ADDRESS -> unique(column, "address");
            case STREET -> unique(column, "address(street)");
            case CITY -> unique(column, "address(city)");
            case POSTCODE -> unique(column, "address(postcode)");
            case JWT, PRIVATE_KEY, API_KEY, TOKEN, PASSWORD, PASSWORD_HASH -> column.notNull() ? "hash" : "null";
            // Whoever checks that it is a URL is content, and nobody is called.
            case WEBHOOK -> column.notNull() ? unique(column, "constant(https://example.invalid/)") : "null";
            case PICTURE -> column.notNull() ? "blank" : "null";
            default -> unique(column, "text");
        };
    }

    /** Two people may get the same name; two rows with the same value of a key break it. */
    private static String unique(ColumnFacts column, String rule) {
        return column.inKey() ? "hash" : rule;
    }

    /** Nothing, or where that must not be, the same for all; in a key it cannot be the same. */
    static String emptied(ColumnFacts column) {
        if (!column.notNull()) {
            return "null";
        }
        return column.inKey()
                ? KEEP
                : switch (column.type()) {
                    case "macaddr" -> "constant(00:00:00:00:00:00)";
                    case "macaddr8" -> "constant(00:00:00:00:00:00:00:00)";
                    case "point" -> "constant((0,0))";
                    case "geometry", "geography" -> "constant(POINT(0 0))";
                    case "json", "jsonb" -> "constant({})";
                    default -> "blank";
                };
    }

    private static String ofNumber(Kind kind, ColumnFacts column) {
        return switch (kind) {
            case INCOME -> "number(10%)";
            // Of a place a tenth would be another country, and of a year another century.
            case COORDINATES, BIRTH_DATE, POSTCODE -> "number(1%)";
            default -> column.family() == Family.INTEGER ? "hash" : "number(10%)";
        };
    }

    /**
     * Of a JSON document: the places that look harmless are kept, those that are known get a rule of their own, and all
     * others are masked because they are not named.
     */
    static String json(ColumnFacts column, Optional<ColumnSample> sample) {
        StringJoiner places = new StringJoiner(",", "json(", ")");
        int named = 0;
        for (Map.Entry<String, Verdict> place : places(column, sample).entrySet()) {
            String rule = place.getValue()
                    .kind()
                    .map(kind -> rule(kind, ColumnFacts.ofText(column.table(), place.getKey())))
                    .orElse(KEEP);
            // What is not named becomes such a text anyway.
            if (!rule.equals("text") && named++ < PLACES) {
                places.add(place.getKey() + "=" + rule);
            }
        }
        return places.toString();
    }

    /** What stands at each place of a document that may be named. */
    static Map<String, Verdict> places(ColumnFacts column, Optional<ColumnSample> sample) {
        Map<String, Verdict> places = new TreeMap<>();
        sample.ifPresent(seen -> seen.namedPlaces().forEach((path, values) -> {
            String name = path.substring(path.lastIndexOf('.') + 1);
            boolean choice = !seen.hasText(path);
            places.put(
                    path,
                    choice
                            ? Verdict.nothing("true or false")
                            : Classifier.classify(ColumnFacts.ofText(column.table(), name), Optional.of(values)));
        }));
        return places;
    }
}
