package io.understudy.drift;

import io.understudy.drift.Act.Ref;
import io.understudy.drift.SqlTokens.Token;
import io.understudy.drift.SqlTokens.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Walks over the tokens of one statement. */
final class TokenCursor {

    private static final Token END = new Token(Type.SYMBOL, "");

    private final List<Token> tokens;
    private int at;

    TokenCursor(List<Token> tokens) {
        this.tokens = tokens;
    }

    private Token token() {
        return at < tokens.size() ? tokens.get(at) : END;
    }

    boolean atEnd() {
        return at >= tokens.size();
    }

    boolean peek(String text) {
        return token().is(text) || token().isSymbol(text);
    }

    /** Whether the token before this one is that. */
    boolean was(String word) {
        return at > 0 && tokens.get(at - 1).is(word);
    }

    boolean skip(String text) {
        boolean there = peek(text);
        if (there) {
            at++;
        }
        return there;
    }

    boolean any(String... words) {
        return Set.of(words).contains(token().text()) && skip(token().text());
    }

    /** Passes over a word whatever it is. */
    String word() {
        String word = token().type() == Type.WORD ? token().text() : "";
        at++;
        return word;
    }

    void ifExists() {
        if (skip("if")) {
            skip("not");
            skip("exists");
        }
    }

    /** Up to one of these at this depth of parentheses and brackets, which is not passed. */
    void until(String... texts) {
        Set<String> ends = Set.of(texts);
        int brackets = 0;
        while (!atEnd() && (brackets > 0 || !ends.contains(token().text()) || !isPlain(token()))) {
            if (peek("(")) {
                parentheses();
            } else {
                brackets += peek("[") ? 1 : peek("]") ? -1 : 0;
                at++;
            }
        }
    }

    private static boolean isPlain(Token token) {
        return token.type() == Type.WORD || token.type() == Type.SYMBOL;
    }

    Optional<String> plain() {
        if (!token().isName()) {
            return Optional.empty();
        }
        return Optional.of(tokens.get(at++).text());
    }

    /** A name with or without a schema. */
    Optional<Ref> name(Kind kind) {
        Optional<String> first = plain();
        if (first.isEmpty() || !skip(".")) {
            return first.map(name -> ref(kind, null, name));
        }
        return plain().map(name -> ref(kind, first.get(), name));
    }

    private static Ref ref(Kind kind, String schema, String name) {
        return new Ref(kind, schema, kind.isRelation() ? name : null, name, false);
    }

    /** What stands between these parentheses; passes over them. */
    List<Token> parentheses() {
        if (!peek("(")) {
            return List.of();
        }
        int start = at + 1;
        int depth = 0;
        do {
            depth += peek("(") ? 1 : peek(")") ? -1 : 0;
            at++;
        } while (depth > 0 && !atEnd());
        return tokens.subList(start, Math.max(start, depth == 0 ? at - 1 : at));
    }

    List<String> namesInParentheses() {
        return new TokenCursor(parentheses())
                .parts().stream()
                        .filter(part -> !part.isEmpty() && part.get(0).isName())
                        .map(part -> part.get(0).text())
                        .toList();
    }

    /** What is left, cut at the commas of this depth. */
    List<List<Token>> parts() {
        List<List<Token>> parts = new ArrayList<>();
        while (!atEnd()) {
            int start = at;
            until(",");
            parts.add(tokens.subList(start, at));
            at++;
        }
        return parts;
    }

    boolean contains(String word) {
        return tokens.subList(Math.min(at, tokens.size()), tokens.size()).stream()
                .anyMatch(token -> token.is(word));
    }
}
