package io.understudy.postgres;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A condition on the rows of one table as somebody wrote it, cut into Postgres' tokens. Knows what can be seen without a
 * server: which names occur in it, and what is no condition on a single row.
 */
public final class ConditionText {

    private enum Kind {
        WORD,
        QUOTED_NAME,
        OTHER
    }

    private record Token(Kind kind, String text) {
        boolean is(String other) {
            return kind != Kind.QUOTED_NAME && text.equals(other);
        }

        boolean isName() {
            return kind != Kind.OTHER;
        }
    }

    /** A name before a parenthesis, with how many arguments stand in it. */
    public record Call(String name, int arguments) {}

    /** What Postgres answers anew each time, though it looks like no function. */
    private static final List<String> MOMENTARY = List.of(
            "current_date",
            "current_time",
            "current_timestamp",
            "localtime",
            "localtimestamp",
            "current_user",
            "current_role",
            "session_user",
            "user",
            "current_catalog",
            "current_schema");

    /**
     * Names of functions that are not the same every time. Of several with a name those count that take as many arguments,
     * and one that is immutable is taken to be meant: conversions that go by settings, which are always the same in our
     * sessions, are none that change.
     */
    private static final String CHANGING = """
            select x.name
              from unnest($1::text[], $2::int[]) as x(name, arguments)
              join pg_proc p on p.proname = x.name and p.prokind = 'f'
             where p.provariadic <> 0 or x.arguments between p.pronargs - p.pronargdefaults and p.pronargs
             group by 1
            having bool_or(p.provolatile = 'v') or bool_and(p.provolatile <> 'i')
             order by 1
            """;

    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private String problem;

    private ConditionText(String text) {
        this.text = text;
    }

    public static ConditionText of(String text) {
        ConditionText condition = new ConditionText(text);
        condition.read();
        return condition;
    }

    /** Why it is no condition that can be asked of a single row at any time, as the end of a sentence. */
    public Optional<String> problem(Table table) {
        if (problem != null) {
            return Optional.of(problem);
        }
        if (tokens.isEmpty()) {
            return Optional.of("is empty");
        }
        Optional<String> many = parentheses();
        if (many.isPresent()) {
            return many;
        }
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            if (token.kind() == Kind.WORD && (token.is("select") || token.is("table"))) {
                return Optional.of("has a subquery: a row would enter or leave with changes of other rows, which nobody"
                        + " would notice");
            }
            if (token.kind() == Kind.WORD && MOMENTARY.contains(token.text())) {
                return Optional.of("uses " + token.text() + ": it would mean something else later, without a change");
            }
            if (token.isName() && isWholeRow(i, table)) {
                return Optional.of("uses the row as a whole (" + token.text() + "); name its columns");
            }
        }
        return Optional.empty();
    }

    private boolean isWholeRow(int place, Table table) {
        boolean named = tokens.get(place).text().equals(table.id().name())
                && (place == 0 || !tokens.get(place - 1).is("."))
                && table.column(table.id().name()).isEmpty();
        boolean qualifies = place + 2 < tokens.size()
                && tokens.get(place + 1).is(".")
                && tokens.get(place + 2).isName();
        boolean calls = place + 1 < tokens.size() && tokens.get(place + 1).is("(");
        return named && !qualifies && !calls;
    }

    /** Outside of its own it would end the ones that stand around it in a statement. */
    private Optional<String> parentheses() {
        int depth = 0;
        for (Token token : tokens) {
            depth += token.is("(") ? 1 : token.is(")") ? -1 : 0;
            if (depth < 0 || token.is(";")) {
                return Optional.of("is more than one condition");
            }
        }
        return depth == 0 ? Optional.empty() : Optional.of("has a parenthesis that is not closed");
    }

    /** Which of these names occur in it: those of its columns are among them. */
    public List<String> names(Collection<String> columns) {
        return columns.stream()
                .filter(column -> tokens.stream()
                        .anyMatch(token -> token.isName() && token.text().equals(column)))
                .toList();
    }

    /** Functions that it calls which answer something else another time, for people. */
    public List<String> changing(PostgresClient server) {
        List<Call> calls = calls();
        List<String> names = new ArrayList<>();
        if (!calls.isEmpty()) {
            server.query(
                            CHANGING,
                            calls.stream().map(Call::name).toArray(String[]::new),
                            calls.stream().map(Call::arguments).toArray(Integer[]::new))
                    .forEach(row -> names.add(row.getString("name") + "()"));
        }
        return names;
    }

    /** What is called in it, functions and what only looks like one. */
    List<Call> calls() {
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i + 1 < tokens.size(); i++) {
            if (tokens.get(i).isName() && tokens.get(i + 1).is("(")) {
                calls.add(new Call(tokens.get(i).text(), arguments(i + 1)));
            }
        }
        return calls;
    }

    private int arguments(int open) {
        if (open + 1 < tokens.size() && tokens.get(open + 1).is(")")) {
            return 0;
        }
        int commas = 0;
        Deque<Token> within = new ArrayDeque<>();
        for (Token token : tokens.subList(open, tokens.size())) {
            if (token.is("(") || token.is("[")) {
                within.push(token);
            } else if (token.is(")") || token.is("]")) {
                within.pop();
                if (within.isEmpty()) {
                    break;
                }
            } else if (token.is(",") && within.size() == 1) {
                commas++;
            }
        }
        return commas + 1;
    }

    private void read() {
        int at = 0;
        while (at < text.length() && problem == null) {
            at = next(at);
        }
    }

    /** @return the place after the token that begins here */
    private int next(int at) {
        char letter = text.charAt(at);
        if (Character.isWhitespace(letter)) {
            return at + 1;
        }
        if (text.startsWith("--", at)) {
            int end = text.indexOf('\n', at);
            return end < 0 ? text.length() : end;
        }
        if (text.startsWith("/*", at)) {
            return afterComment(at);
        }
        if (text.regionMatches(true, at, "u&", 0, 2)
                && at + 2 < text.length()
                && "'\"".indexOf(text.charAt(at + 2)) >= 0) {
            problem = "is written with U&, which is not understood here; write the letters themselves";
            return text.length();
        }
        if (letter == '\'' || (letter == 'e' || letter == 'E') && text.startsWith("'", at + 1)) {
            return afterString(letter == '\'' ? at + 1 : at + 2, letter != '\'');
        }
        if (letter == '"') {
            return afterQuotedName(at);
        }
        if (letter == '$') {
            return afterDollar(at);
        }
        if (Character.isDigit(letter)) {
            return afterNumber(at);
        }
        if (isNameStart(letter)) {
            int end = at + 1;
            while (end < text.length() && (isNameStart(text.charAt(end)) || isDigitOrDollar(text.charAt(end)))) {
                end++;
            }
            tokens.add(new Token(Kind.WORD, lower(text.substring(at, end))));
            return end;
        }
        tokens.add(new Token(Kind.OTHER, String.valueOf(letter)));
        return at + 1;
    }

    /** As Postgres folds names: the letters of ASCII only. */
    private static String lower(String name) {
        StringBuilder lower = new StringBuilder(name);
        for (int i = 0; i < lower.length(); i++) {
            if (lower.charAt(i) < 128) {
                lower.setCharAt(
                        i,
                        Character.toString(lower.charAt(i))
                                .toLowerCase(Locale.ROOT)
                                .charAt(0));
            }
        }
        return lower.toString();
    }

    private static boolean isNameStart(char letter) {
        return letter == '_' || letter >= 128 || letter >= 'a' && letter <= 'z' || letter >= 'A' && letter <= 'Z';
    }

    private static boolean isDigitOrDollar(char letter) {
        return letter >= '0' && letter <= '9' || letter == '$';
    }

    private int afterComment(int at) {
        int depth = 0;
        for (int i = at; i < text.length() - 1; i++) {
            if (text.startsWith("/*", i)) {
                depth++;
                i++;
            } else if (text.startsWith("*/", i)) {
                depth--;
                i++;
                if (depth == 0) {
                    return i + 1;
                }
            }
        }
        return unfinished("comment");
    }

    private int afterString(int at, boolean escapes) {
        for (int i = at; i < text.length(); i++) {
            char letter = text.charAt(i);
            if (escapes && letter == '\\') {
                i++;
            } else if (letter == '\'' && text.startsWith("''", i)) {
                i++;
            } else if (letter == '\'') {
                tokens.add(new Token(Kind.OTHER, "'"));
                return i + 1;
            }
        }
        return unfinished("string");
    }

    private int afterQuotedName(int at) {
        for (int i = at + 1; i < text.length(); i++) {
            if (text.startsWith("\"\"", i)) {
                i++;
            } else if (text.charAt(i) == '"') {
                tokens.add(new Token(Kind.QUOTED_NAME, text.substring(at + 1, i).replace("\"\"", "\"")));
                return i + 1;
            }
        }
        return unfinished("name");
    }

    private int afterDollar(int at) {
        int tagEnd = text.indexOf('$', at + 1);
        if (tagEnd < 0 || at + 1 < tagEnd && !text.substring(at + 1, tagEnd).matches("[^\\W\\d]\\w*")) {
            problem = "has a parameter or a stray $";
            return text.length();
        }
        String tag = text.substring(at, tagEnd + 1);
        int end = text.indexOf(tag, tagEnd + 1);
        if (end < 0) {
            return unfinished("string");
        }
        tokens.add(new Token(Kind.OTHER, "'"));
        return end + tag.length();
    }

    private int afterNumber(int at) {
        int end = at;
        while (end < text.length() && (isDigitOrDollar(text.charAt(end)) || isNameStart(text.charAt(end)))) {
            end++;
        }
        tokens.add(new Token(Kind.OTHER, "0"));
        return end;
    }

    private int unfinished(String what) {
        problem = "has a " + what + " that does not end";
        return text.length();
    }
}
