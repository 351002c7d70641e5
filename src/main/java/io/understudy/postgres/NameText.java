package io.understudy.postgres;

import java.util.ArrayList;
import java.util.List;

/**
 * Names as somebody types them: bare, which is letter for letter, or in double quotes, as Postgres writes names that have
 * other letters. Every method throws {@link IllegalArgumentException} with a sentence that says what is wrong.
 */
public final class NameText {

    private static final String SHAPES =
            " Write names bare, or as Postgres does: \"name\", with \"\" for a quote in it.";

    private final String text;
    private int at;

    private NameText(String text) {
        this.text = text;
    }

    /** {@code schema.table}; without a schema, public. */
    public static TableId table(String text) {
        if (text.indexOf('"') < 0) {
            return TableSelection.meant(text);
        }
        NameText names = new NameText(text);
        String first = names.next('.');
        if (names.atEnd()) {
            return new TableId("public", first);
        }
        names.at++;
        String second = names.next('.');
        if (!names.atEnd()) {
            throw new IllegalArgumentException(text + " has more than a schema and a table." + SHAPES);
        }
        return new TableId(first, second);
    }

    public static String column(String text) {
        List<String> columns = text.indexOf('"') < 0 ? List.of(text) : columns(text);
        if (columns.size() != 1) {
            throw new IllegalArgumentException(text + " is more than one name." + SHAPES);
        }
        return columns.get(0);
    }

    /** With commas between them. */
    public static List<String> columns(String text) {
        NameText names = new NameText(text);
        List<String> columns = new ArrayList<>();
        columns.add(names.next(','));
        while (!names.atEnd()) {
            names.at++;
            columns.add(names.next(','));
        }
        return columns;
    }

    private boolean atEnd() {
        return at == text.length();
    }

    private void skipSpaces() {
        while (!atEnd() && text.charAt(at) == ' ') {
            at++;
        }
    }

    /** Up to the separator, or the end. */
    private String next(char separator) {
        skipSpaces();
        String name = text.startsWith("\"", at) ? quoted() : bare(separator);
        skipSpaces();
        if (!atEnd() && text.charAt(at) != separator) {
            throw new IllegalArgumentException(text + " has letters behind the quote that ends a name." + SHAPES);
        }
        if (name.isEmpty()) {
            throw new IllegalArgumentException("\"" + text + "\" has an empty name." + SHAPES);
        }
        return name;
    }

    private String bare(char separator) {
        int end = text.indexOf(separator, at);
        String name = text.substring(at, end < 0 ? text.length() : end);
        if (name.indexOf('"') >= 0) {
            throw new IllegalArgumentException(text + " has a quote within a bare name." + SHAPES);
        }
        at += name.length();
        return name.strip();
    }

    private String quoted() {
        StringBuilder name = new StringBuilder();
        for (int i = at + 1; i < text.length(); i++) {
            if (text.startsWith("\"\"", i)) {
                i++;
            } else if (text.charAt(i) == '"') {
                at = i + 1;
                return name.toString();
            }
            name.append(text.charAt(i));
        }
        throw new IllegalArgumentException(text + " has a quote that does not end." + SHAPES);
    }
}
