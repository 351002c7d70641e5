package io.understudy.drift;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Cuts SQL into statements of tokens, without comments. It knows quotes, dollar quotes, {@code COPY} data and lines for
 * psql, and no grammar: what is wrong SQL to a server is tokens here.
 */
final class SqlTokens {

    enum Type {
        /** Not quoted, in lower case, as a server would fold it. */
        WORD,
        NAME,
        TEXT,
        /** Between dollar quotes. */
        BODY,
        SYMBOL
    }

    record Token(Type type, String text) {

        boolean is(String word) {
            return type == Type.WORD && text.equals(word);
        }

        boolean isSymbol(String symbol) {
            return type == Type.SYMBOL && text.equals(symbol);
        }

        boolean isName() {
            return type == Type.WORD || type == Type.NAME;
        }
    }

    private final String sql;
    private int at;
    private final List<List<Token>> statements = new ArrayList<>();
    private List<Token> statement = new ArrayList<>();
    /** Depth of {@code begin atomic … end} in a function's body, where semicolons end nothing. */
    private int atomic;

    private SqlTokens(String sql) {
        this.sql = sql;
    }

    static List<List<Token>> statements(String sql) {
        SqlTokens tokens = new SqlTokens(sql);
        tokens.read();
        return tokens.statements;
    }

    private void read() {
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (Character.isWhitespace(c)) {
                at++;
            } else if (sql.startsWith("--", at) || c == '\\') {
                skipLine();
            } else if (sql.startsWith("/*", at)) {
                skipComment();
            } else if (c == '\'') {
                add(Type.TEXT, quoted('\'', isEscaped()));
            } else if (c == '"') {
                add(Type.NAME, quoted('"', false));
            } else if (c == '$' && dollarTag() != null) {
                add(Type.BODY, dollarQuoted(dollarTag()));
            } else if (isWord(c)) {
                addWord();
            } else if (c == ';' && atomic == 0) {
                at++;
                end();
            } else {
                at++;
                add(Type.SYMBOL, String.valueOf(c));
            }
        }
        end();
    }

    private void add(Type type, String text) {
        statement.add(new Token(type, text));
    }

    private void end() {
        if (!statement.isEmpty()) {
            boolean copies = statement.get(0).is("copy") && last(1).is("stdin");
            statements.add(statement);
            statement = new ArrayList<>();
            if (copies) {
                int end = sql.indexOf("\n\\.", at);
                at = end < 0 ? sql.length() : end + 3;
            }
        }
        atomic = 0;
    }

    private Token last(int back) {
        return statement.size() < back ? new Token(Type.SYMBOL, "") : statement.get(statement.size() - back);
    }

    private void addWord() {
        int start = at;
        while (at < sql.length() && (isWord(sql.charAt(at)) || sql.charAt(at) == '$')) {
            at++;
        }
        String word = sql.substring(start, at).toLowerCase(Locale.ROOT);
        if (atomic == 0 ? word.equals("atomic") && last(1).is("begin") : word.equals("case")) {
            atomic++;
        } else if (atomic > 0 && word.equals("end")) {
            atomic--;
        }
        // A number is no name.
        add(Character.isDigit(word.charAt(0)) ? Type.SYMBOL : Type.WORD, word);
    }

    private static boolean isWord(char c) {
        return Character.isLetterOrDigit(c) || c == '_';
    }

    private void skipLine() {
        int end = sql.indexOf('\n', at);
        at = end < 0 ? sql.length() : end;
    }

    private void skipComment() {
        int depth = 0;
        do {
            if (sql.startsWith("/*", at)) {
                depth++;
                at += 2;
            } else if (sql.startsWith("*/", at)) {
                depth--;
                at += 2;
            } else {
                at++;
            }
        } while (depth > 0 && at < sql.length());
    }

    /** {@code E'…'}: the letter was read as a word of its own. */
    private boolean isEscaped() {
        boolean escaped = at > 0 && Character.toLowerCase(sql.charAt(at - 1)) == 'e' && last(1).is("e");
        if (escaped) {
            statement.remove(statement.size() - 1);
        }
        return escaped;
    }

    private String quoted(char quote, boolean backslashes) {
        StringBuilder text = new StringBuilder();
        at++;
        while (at < sql.length()) {
            char c = sql.charAt(at++);
            if (backslashes && c == '\\' && at < sql.length()) {
                text.append(sql.charAt(at++));
            } else if (c != quote) {
                text.append(c);
            } else if (at < sql.length() && sql.charAt(at) == quote) {
                text.append(quote);
                at++;
            } else {
                break;
            }
        }
        return text.toString();
    }

    /** {@code $$} or {@code $tag$}; null for what is neither, as {@code $1}. */
    private String dollarTag() {
        int end = at + 1;
        while (end < sql.length() && isWord(sql.charAt(end))) {
            end++;
        }
        boolean tag = end < sql.length() && sql.charAt(end) == '$' && !Character.isDigit(sql.charAt(at + 1));
        return tag ? sql.substring(at, end + 1) : null;
    }

    private String dollarQuoted(String tag) {
        int start = at + tag.length();
        int end = sql.indexOf(tag, start);
        at = end < 0 ? sql.length() : end + tag.length();
        return sql.substring(start, end < 0 ? sql.length() : end);
    }
}
