package io.understudy.drift;

import io.understudy.drift.Act.Ref;
import io.understudy.drift.SqlTokens.Token;
import io.understudy.drift.SqlTokens.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which objects a migration makes, drops and renames, in its order. No parser: what it does not understand it passes
 * over, so an object that a migration makes in a way of its own ({@code execute}) is not found here.
 */
final class SqlScanner {

    /** @param words every name that is said anywhere in it */
    record Scan(List<Act> acts, Set<String> words) {}

    private static final Map<String, Kind> KINDS = Map.ofEntries(
            Map.entry("schema", Kind.SCHEMA),
            Map.entry("extension", Kind.EXTENSION),
            Map.entry("type", Kind.TYPE),
            Map.entry("domain", Kind.TYPE),
            Map.entry("sequence", Kind.SEQUENCE),
            Map.entry("function", Kind.FUNCTION),
            Map.entry("procedure", Kind.FUNCTION),
            Map.entry("aggregate", Kind.FUNCTION),
            Map.entry("table", Kind.TABLE),
            Map.entry("view", Kind.VIEW),
            Map.entry("index", Kind.INDEX),
            Map.entry("rule", Kind.RULE),
            Map.entry("trigger", Kind.TRIGGER),
            Map.entry("policy", Kind.POLICY),
            Map.entry("publication", Kind.PUBLICATION));

    private static final Set<Kind> OF_TABLES = Set.of(Kind.RULE, Kind.TRIGGER, Kind.POLICY);

    /** Words after which a statement of a {@code do} block begins. */
    private static final Set<String> BEGINNINGS = Set.of("begin", "then", "else", "loop");

    private final List<Act> acts = new ArrayList<>();
    private final Set<String> words = new HashSet<>();

    private SqlScanner() {}

    static Scan scan(String sql) {
        SqlScanner scanner = new SqlScanner();
        scanner.statements(sql);
        return new Scan(List.copyOf(scanner.acts), Set.copyOf(scanner.words));
    }

    private void statements(String sql) {
        for (List<Token> statement : SqlTokens.statements(sql)) {
            statement.stream().filter(Token::isName).map(Token::text).forEach(words::add);
            if (statement.get(0).is("do")) {
                statement.stream()
                        .filter(token -> token.type() == Type.BODY || token.type() == Type.TEXT)
                        .forEach(body -> block(body.text()));
            } else {
                statement(new TokenCursor(statement));
            }
        }
    }

    /** A {@code do} block: its statements stand behind {@code begin}, {@code then} and others. */
    private void block(String body) {
        for (List<Token> statement : SqlTokens.statements(body)) {
            statement.stream().filter(Token::isName).map(Token::text).forEach(words::add);
            int start = 0;
            for (int i = 0; i < statement.size(); i++) {
                if (statement.get(i).type() == Type.WORD
                        && BEGINNINGS.contains(statement.get(i).text())) {
                    start = i + 1;
                }
            }
            statement(new TokenCursor(statement.subList(start, statement.size())));
        }
    }

    private void statement(TokenCursor at) {
        if (at.skip("create")) {
            create(at);
        } else if (at.skip("drop")) {
            drop(at);
        } else if (at.skip("alter")) {
            alter(at);
        }
    }

    private void create(TokenCursor at) {
        boolean materialized = false;
        while (at.any("or", "replace", "global", "local", "unlogged", "recursive", "unique", "constraint", "foreign")
                || at.peek("materialized")) {
            materialized |= at.skip("materialized");
        }
        Kind kind = KINDS.get(at.word());
        if (kind == null) {
            return;
        }
        at.any("concurrently");
        at.ifExists();
        if (kind == Kind.INDEX) {
            createIndex(at);
            return;
        }
        Optional<Ref> named = at.name(materialized ? Kind.MATERIALIZED_VIEW : kind);
        if (named.isEmpty()) {
            return;
        }
        Ref ref = named.get();
        if (OF_TABLES.contains(kind)) {
            at.until("on", "to");
            ofTable(at, ref).ifPresent(mine -> acts.add(Act.create(mine)));
        } else if (kind == Kind.TYPE && at.skip("as") && at.skip("enum")) {
            acts.add(Act.create(new Ref(Kind.ENUM, ref.schema(), null, ref.name(), false)));
        } else {
            acts.add(Act.create(ref));
        }
        if (kind == Kind.TABLE) {
            TableBody.read(at, ref, acts);
        }
    }

    private void createIndex(TokenCursor at) {
        Optional<Ref> named = at.peek("on") ? Optional.empty() : at.name(Kind.INDEX);
        if (!at.skip("on")) {
            return;
        }
        at.any("only");
        at.name(Kind.TABLE).ifPresent(table -> {
            if (named.isPresent()) {
                acts.add(Act.create(new Ref(
                        Kind.INDEX, table.schema(), table.name(), named.get().name(), false)));
            } else {
                at.until("(");
                String columns = String.join("_", at.namesInParentheses());
                acts.add(Act.create(new Ref(
                        Kind.INDEX, table.schema(), table.name(), table.name() + "_" + columns + "_idx", true)));
            }
        });
    }

    /** {@code trigger t on orders}. */
    private static Optional<Ref> ofTable(TokenCursor at, Ref ref) {
        if (!at.any("on", "to")) {
            return Optional.empty();
        }
        at.any("only");
        return at.name(Kind.TABLE).map(table -> new Ref(ref.kind(), table.schema(), table.name(), ref.name(), false));
    }

    private void drop(TokenCursor at) {
        boolean materialized = at.any("foreign", "materialized") && at.was("materialized");
        Kind kind = KINDS.get(at.word());
        if (kind == null) {
            return;
        }
        at.any("concurrently");
        at.ifExists();
        do {
            Optional<Ref> named = at.name(materialized ? Kind.MATERIALIZED_VIEW : kind);
            if (named.isEmpty()) {
                return;
            }
            Ref ref = named.get();
            if (OF_TABLES.contains(kind)) {
                ofTable(at, ref).ifPresent(mine -> acts.add(Act.drop(mine)));
            } else {
                acts.add(Act.drop(ref));
                if (kind == Kind.TYPE) {
                    acts.add(Act.drop(new Ref(Kind.ENUM, ref.schema(), null, ref.name(), false)));
                }
            }
            at.parentheses();
        } while (at.skip(","));
    }

    private void alter(TokenCursor at) {
        boolean materialized = at.any("foreign", "materialized") && at.was("materialized");
        Kind kind = KINDS.get(at.word());
        if (kind == null) {
            return;
        }
        at.ifExists();
        at.any("only");
        at.name(materialized ? Kind.MATERIALIZED_VIEW : kind).ifPresent(ref -> {
            at.skip("*");
            if (kind == Kind.TABLE) {
                TableBody.alter(at, ref, acts);
            } else if (at.skip("rename") && at.skip("to")) {
                at.plain().ifPresent(to -> {
                    acts.add(Act.rename(ref, to));
                    if (kind == Kind.TYPE) {
                        acts.add(Act.rename(new Ref(Kind.ENUM, ref.schema(), null, ref.name(), false), to));
                    }
                });
            }
        });
    }
}
