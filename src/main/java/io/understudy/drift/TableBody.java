package io.understudy.drift;

import io.understudy.drift.Act.Ref;
import io.understudy.drift.SqlTokens.Token;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The columns and constraints of a {@code create table}, and the actions of an {@code alter table}. */
final class TableBody {

    private static final Set<String> CONSTRAINTS =
            Set.of("constraint", "primary", "unique", "foreign", "check", "exclude");

    private final Ref table;
    private final List<Act> acts;

    private TableBody(Ref table, List<Act> acts) {
        this.table = table;
        this.acts = acts;
    }

    static void read(TokenCursor at, Ref table, List<Act> acts) {
        at.until("(", "as");
        if (at.peek("(")) {
            TableBody body = new TableBody(table, acts);
            for (List<Token> item : new TokenCursor(at.parentheses()).parts()) {
                body.item(new TokenCursor(item));
            }
        }
    }

    static void alter(TokenCursor at, Ref table, List<Act> acts) {
        TableBody body = new TableBody(table, acts);
        for (List<Token> action : at.parts()) {
            body.action(new TokenCursor(action));
        }
    }

    private void item(TokenCursor at) {
        if (CONSTRAINTS.stream().anyMatch(at::peek)) {
            constraint(at);
        } else if (!at.peek("like")) {
            column(at);
        }
    }

    private void action(TokenCursor at) {
        if (at.skip("add")) {
            if (CONSTRAINTS.stream().anyMatch(at::peek)) {
                constraint(at);
            } else {
                at.any("column");
                at.ifExists();
                column(at);
            }
        } else if (at.skip("drop")) {
            boolean constraint = at.skip("constraint");
            if (!constraint && (at.peek("not") || at.peek("default"))) {
                return;
            }
            at.any("column");
            at.ifExists();
            at.plain()
                    .ifPresent(
                            name -> acts.add(Act.drop(mine(constraint ? Kind.CONSTRAINT : Kind.COLUMN, name, false))));
        } else if (at.skip("rename")) {
            rename(at);
        }
    }

    private void rename(TokenCursor at) {
        if (at.skip("to")) {
            at.plain().ifPresent(to -> acts.add(Act.rename(table, to)));
            return;
        }
        Kind kind = at.skip("constraint") ? Kind.CONSTRAINT : Kind.COLUMN;
        at.any("column");
        Optional<String> from = at.plain();
        at.skip("to");
        from.ifPresent(name -> at.plain().ifPresent(to -> acts.add(Act.rename(mine(kind, name, false), to))));
    }

    private void column(TokenCursor at) {
        at.plain().ifPresent(name -> {
            acts.add(Act.create(mine(Kind.COLUMN, name, false)));
            boolean named = at.contains("constraint");
            imply(at, "primary", table.name() + "_pkey");
            imply(at, "unique", table.name() + "_" + name + "_key");
            imply(at, "references", table.name() + "_" + name + "_fkey");
            imply(at, "check", table.name() + "_" + name + "_check");
            if (at.contains("serial") || at.contains("bigserial") || at.contains("smallserial")) {
                acts.add(Act.create(
                        new Ref(Kind.SEQUENCE, table.schema(), null, table.name() + "_" + name + "_seq", true)));
            }
            if (named) {
                at.until("constraint");
                at.skip("constraint");
                at.plain().ifPresent(own -> acts.add(Act.create(mine(Kind.CONSTRAINT, own, false))));
            }
        });
    }

    private void imply(TokenCursor at, String word, String name) {
        if (at.contains(word)) {
            acts.add(Act.create(mine(Kind.CONSTRAINT, name, true)));
        }
    }

    private void constraint(TokenCursor at) {
        if (at.skip("constraint")) {
            at.plain().ifPresent(name -> acts.add(Act.create(mine(Kind.CONSTRAINT, name, false))));
            return;
        }
        String ending = at.peek("primary")
                ? "pkey"
                : at.peek("unique") ? "key" : at.peek("foreign") ? "fkey" : at.peek("check") ? "check" : "excl";
        boolean plain = ending.equals("pkey") || ending.equals("check");
        at.until("(");
        String columns = String.join("_", at.namesInParentheses());
        acts.add(Act.create(mine(Kind.CONSTRAINT, table.name() + (plain ? "_" : "_" + columns + "_") + ending, true)));
    }

    private Ref mine(Kind kind, String name, boolean implied) {
        return new Ref(kind, table.schema(), table.name(), name, implied);
    }
}
