package io.understudy.masking;

import io.understudy.masking.MaskRule.Kind;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads {@link MaskRule}s. Every message goes on where a sentence named the setting. */
final class RuleParser {

    /** Not an argument: a constant that is empty. */
    private static final String BLANK = "blank";

    private static final Pattern RULE = Pattern.compile("([A-Za-z]+)\\s*(?:\\((.*)\\))?", Pattern.DOTALL);
    private static final Pattern DOMAIN =
            Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+");
    private static final Pattern DAYS = Pattern.compile("([1-9][0-9]{0,4})d");
    private static final Pattern SHIFT = Pattern.compile("([^,]*?)\\s*(?:,\\s*by\\s+(.+))?", Pattern.DOTALL);
    private static final Pattern NOISE = Pattern.compile("([0-9]{1,12}(?:\\.[0-9]{1,6})?)(%?)");
    private static final Pattern LIST_KEY = Pattern.compile("(?:([A-Za-z-]+):)?([a-z0-9_]+(?:\\.[a-z0-9_]+)+)");

    private final String text;
    private final String argument;

    private RuleParser(String text, String argument) {
        this.text = text;
        this.argument = argument;
    }

    static MaskRule parse(String given) {
        String text = given.strip();
        Matcher matcher = RULE.matcher(text);
        if (!matcher.matches() || !balanced(text)) {
            throw new IllegalArgumentException(
                    "is \"" + text + "\"; a rule is a word, or a word with arguments in parentheses: email, date(30d)");
        }
        String word = matcher.group(1);
        String argument = matcher.group(2);
        if (word.equals(BLANK)) {
            new RuleParser(text, argument).none();
            return new MaskRule(Kind.CONSTANT, List.of(""));
        }
        return Stream.of(Kind.values())
                .filter(kind -> kind.word().equals(word))
                .findFirst()
                .map(kind -> new MaskRule(kind, List.copyOf(new RuleParser(text, argument).arguments(kind))))
                .orElseThrow(() -> unknown(text, word));
    }

    /** Commas within parentheses are not separators. */
    static List<String> split(String arguments) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < arguments.length(); i++) {
            char letter = arguments.charAt(i);
            depth += letter == '(' ? 1 : letter == ')' ? -1 : 0;
            if (letter == ',' && depth == 0) {
                parts.add(arguments.substring(from, i).strip());
                from = i + 1;
            }
        }
        parts.add(arguments.substring(from).strip());
        return parts;
    }

    private static boolean balanced(String text) {
        int depth = 0;
        for (int i = 0; i < text.length(); i++) {
            depth += text.charAt(i) == '(' ? 1 : text.charAt(i) == ')' ? -1 : 0;
            if (depth < 0) {
                return false;
            }
        }
        return depth == 0;
    }

    private static IllegalArgumentException unknown(String text, String word) {
        List<String> words = Stream.concat(Stream.of(Kind.values()).map(Kind::word), Stream.of(BLANK))
                .toList();
        return new IllegalArgumentException("is \"" + text + "\"; there is no such rule. The nearest is "
                + Nearest.to(word, words) + ". The rules are: " + MaskRule.words());
    }

    private List<String> arguments(Kind kind) {
        return switch (kind) {
            case KEEP, NULL, HASH, PHONE, TEXT, IP, UUID -> none();
            case CONSTANT -> List.of(argument == null ? "" : argument);
            case EMAIL -> argument == null ? none() : domain();
            case NAME -> argument == null ? none() : oneOf("first", "last");
            case ADDRESS -> argument == null ? none() : oneOf("street", "city", "postcode");
            case NUMBER -> noise();
            case DATE -> shift();
            case JSON -> paths();
            case TRUNCATE -> length();
            case LIST -> values();
            case FAKE -> listKey();
        };
    }

    private List<String> none() {
        if (argument != null) {
            throw wrong("it takes no arguments");
        }
        return List.of();
    }

    private List<String> domain() {
        if (argument.length() > 190 || !DOMAIN.matcher(argument.strip()).matches()) {
            throw wrong("its argument is the domain of every address, in small letters: email(sink.example.org)");
        }
        return List.of(argument.strip());
    }

    private List<String> oneOf(String... parts) {
        String part = argument.strip();
        if (!List.of(parts).contains(part)) {
            throw wrong("its argument is one of " + String.join(", ", parts));
        }
        return List.of(part);
    }

    private List<String> noise() {
        if (argument == null) {
            return MaskRule.NUMBER.arguments();
        }
        Matcher matcher = NOISE.matcher(argument.strip());
        if (!matcher.matches() || new BigDecimal(matcher.group(1)).signum() == 0) {
            throw wrong("its argument is the most that a value may change, as a part of it or as it is: "
                    + "number(10%), number(5)");
        }
        BigDecimal bound = new BigDecimal(matcher.group(1)).stripTrailingZeros();
        if (!matcher.group(2).isEmpty() && bound.compareTo(BigDecimal.valueOf(100)) > 0) {
            throw wrong("more than 100% would change the sign");
        }
        return List.of(bound.toPlainString() + matcher.group(2));
    }

    private List<String> shift() {
        Matcher matcher = SHIFT.matcher(argument == null ? "" : argument.strip());
        if (!matcher.matches() || !DAYS.matcher(matcher.group(1)).matches()) {
            throw wrong(
                    "its arguments are the most days to shift by, from 1d to 99999d, and the column that says whose "
                            + "date it is, if that is not the key: date(30d), date(30d, by customer_id)");
        }
        return matcher.group(2) == null
                ? List.of(matcher.group(1))
                : List.of(matcher.group(1), matcher.group(2).strip());
    }

    private List<String> paths() {
        if (argument == null || argument.isBlank()) {
            return List.of();
        }
        return split(argument).stream().map(this::path).collect(Collectors.toList());
    }

    private String path(String assignment) {
        int equals = assignment.indexOf('=');
        if (equals < 0 || !JsonPaths.isPath(assignment.substring(0, equals).strip())) {
            throw wrong(
                    "its arguments are paths and rules: json(customer.email=email, items[].sku=hash, *.note=blank)");
        }
        MaskRule rule;
        try {
            rule = parse(assignment.substring(equals + 1));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "has the path \"" + assignment.substring(0, equals) + "\" whose rule " + e.getMessage());
        }
        if (rule.seeded() && rule.seedColumn().isPresent() || rule.kind() == Kind.JSON) {
            throw wrong(rule + " cannot stand within json");
        }
        return assignment.substring(0, equals).strip() + "=" + rule.text();
    }

    private List<String> length() {
        if (argument == null || !argument.strip().matches("[1-9][0-9]{0,8}")) {
            throw wrong("its argument is how many letters stay: truncate(8)");
        }
        return List.of(argument.strip());
    }

    private List<String> values() {
        if (argument == null || argument.isEmpty()) {
            throw wrong("its argument is the values to choose from: list(small|medium|large)");
        }
        return List.of(argument.split("\\|", -1));
    }

    private List<String> listKey() {
        if (argument == null || !LIST_KEY.matcher(argument.strip()).matches()) {
            throw wrong("its argument is a list of Datafaker, with the language before a colon if it is not English: "
                    + "fake(company.industry), fake(de:name.first_name)");
        }
        return List.of(argument.strip());
    }

    private IllegalArgumentException wrong(String why) {
        return new IllegalArgumentException("is \"" + text + "\"; " + why);
    }
}
