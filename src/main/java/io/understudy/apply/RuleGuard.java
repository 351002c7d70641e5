package io.understudy.apply;

import io.understudy.apply.Step.Statement;
import io.understudy.ledger.TableState;
import io.understudy.postgres.Constraint;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.TableId;
import io.understudy.rules.Policy;
import io.understudy.rules.Quarantine;
import io.understudy.rules.Rule;
import io.understudy.rules.RuleSql;
import io.understudy.rules.Rules;
import io.understudy.rules.Sieve;
import io.understudy.stream.Change;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Keeps the foreign keys that production does not vouch for, by their policies. Foreign keys are silent for mirrored
 * rows, so it looks itself, in the transaction that writes the rows, and only at rows that the batch concerns:
 *
 * <pre>
 *   before the rows are written    what was taken of a row that changes is put back, so that the change finds it whole
 *   afterwards                     what was taken for want of a parent that is there now is put back,
 *                                  and then every row that changed, came back or lost its parent is looked at
 * </pre>
 *
 * <p>A rule comes into force when its table and the parent stream: every row is looked at once. When one of the two
 * waits or is copied again it is out of force, for what would be an orphan then need not be one.
 */
final class RuleGuard {

    private static final Logger LOG = Logger.getLogger(RuleGuard.class);

    private static final String LOAD = "select signature from understudy.rule_in_force where mirror = $1";
    private static final String SAVE = """
            with gone as (delete from understudy.rule_in_force where mirror = $1 and signature <> all($2::text[]))
            insert into understudy.rule_in_force (mirror, signature) select $1, unnest($2::text[]) on conflict do nothing
            """;
    private static final String COUNT = """
            select count(*) as rows from understudy.quarantine
             where mirror = $1 and schema_name = $2 and table_name = $3 and constraint_name = $4
               and action in ('quarantined', 'emptied')
            """;
    /** Entries by the constraint for which they were made, with the columns that were emptied. */
    private static final String ENTRIES = """
            select schema_name, table_name, constraint_name, action,
                   array(select jsonb_object_keys(v.row_values) order by 1) as columns
              from (select distinct on (schema_name, table_name, constraint_name, action)
                           schema_name, table_name, constraint_name, action, row_values
                      from understudy.quarantine where mirror = $1 and action in ('quarantined', 'emptied')
                     order by schema_name, table_name, constraint_name, action) as v
            """;

    /** Sends a statement in the open transaction and waits for what it answers. */
    interface Target {
        RowSet<Row> ask(Statement statement);
    }

    private final String mirror;
    private final TableBook book;
    private final Target target;
    private final Map<Rule, RuleSql> sql = new LinkedHashMap<>();
    private final Map<TableId, List<Rule>> ofChild = new HashMap<>();
    private final Map<TableId, List<Rule>> ofParent = new HashMap<>();
    private final Map<TableId, Sieve> sieves = new HashMap<>();
    private final Set<String> inForce = new TreeSet<>();
    /** Whether entries may be there that no rule wants any more. */
    private boolean leftovers;

    private boolean saved = true;
    private boolean heeded;

    RuleGuard(String mirror, TableBook book, Target target) {
        this.mirror = mirror;
        this.book = book;
        this.target = target;
    }

    static Statement load(String mirror) {
        return new Statement(null, LOAD, Tuple.of(mirror), Statement.ANY);
    }

    void loaded(RowSet<Row> rows) {
        rows.forEach(row -> inForce.add(row.getString("signature")));
    }

    /** From now on these. */
    void heed(List<Rule> rules) {
        Set<String> before = signatures();
        sql.clear();
        ofChild.clear();
        ofParent.clear();
        sieves.clear();
        sieves.putAll(Rules.sieves(mirror, rules));
        for (Rule rule : rules) {
            sql.put(rule, new RuleSql(mirror, rule));
            ofChild.computeIfAbsent(rule.child(), none -> new ArrayList<>()).add(rule);
            rule.parentId()
                    .ifPresent(parent -> ofParent.computeIfAbsent(parent, none -> new ArrayList<>())
                            .add(rule));
        }
        leftovers |= !heeded || !before.equals(signatures());
        heeded = true;
    }

    private Set<String> signatures() {
        Set<String> signatures = new HashSet<>();
        sql.keySet().forEach(rule -> signatures.add(rule.signature()));
        return signatures;
    }

    /** What was taken of a table that is copied again, or no longer mirrored. */
    Statement forget(TableId table) {
        return new Statement(
                null, Quarantine.FORGET_TABLE, Tuple.of(mirror, table.schema(), table.name()), Statement.ANY);
    }

    Statement rename(TableId from, TableId to) {
        return new Statement(
                null,
                Quarantine.RENAME_TABLE,
                Tuple.of(mirror, from.schema(), from.name(), to.schema(), to.name()),
                Statement.ANY);
    }

    // Into force and out of it.

    /** Between two batches, before tables change their states by themselves. */
    void leaveForce() {
        Set<String> possible = new HashSet<>();
        sql.keySet().stream().filter(this::isPossible).forEach(rule -> possible.add(rule.signature()));
        saved &= !inForce.retainAll(possible);
    }

    private boolean isPossible(Rule rule) {
        return isStreaming(rule.child()) && hasStreamingParent(rule);
    }

    private boolean hasStreamingParent(Rule rule) {
        return rule.parentId().map(this::isStreaming).orElse(true);
    }

    private boolean isStreaming(TableId table) {
        return book.entry(table)
                .filter(entry -> entry.state() instanceof TableState.Streaming)
                .isPresent();
    }

    private List<Rule> next() {
        return sql.keySet().stream()
                .filter(rule -> isPossible(rule) && !inForce.contains(rule.signature()))
                .toList();
    }

    boolean hasToEnter() {
        return !saved || leftovers || !next().isEmpty();
    }

    /** In a transaction of its own. @return what has to be done when it is committed */
    Runnable enterForce() {
        List<Rule> next = next();
        Set<TableId> back = new LinkedHashSet<>();
        putLeftoversBack(back);
        Deque<TableId> quarantined = new ArrayDeque<>();
        Set<TableId> sifted = new LinkedHashSet<>();
        for (Rule rule : next) {
            Sieve sieve = rule.constraint().isForeignKey() ? null : sieves.get(rule.child());
            if (sieve != null && sifted.add(rule.child())) {
                make(sieve);
                if (ask(rule.child(), sieve.putRowsBack(sieve.entriesOfRules()), Tuple.tuple())
                                .rowCount()
                        > 0) {
                    back.add(rule.child());
                }
                sift(sieve, quarantined);
            } else if (sieve == null
                    && rule.policy().moves()
                    && putBack(rule, sql.get(rule).entriesOfConstraint()) > 0) {
                back.add(rule.child());
            }
        }
        Map<Rule, Long> taken = new LinkedHashMap<>();
        for (Rule rule : next) {
            requireNone(rule);
            take(rule, RuleSql.ALL, Tuple.tuple(), quarantined);
        }
        for (TableId table : back) {
            for (Rule rule : ofChild.getOrDefault(table, List.of())) {
                if (isActive(rule)) {
                    take(rule, sql.get(rule).putBack(), Tuple.tuple(), quarantined);
                }
            }
        }
        Set<String> entered = new TreeSet<>(inForce);
        next.forEach(rule -> entered.add(rule.signature()));
        follow(quarantined, rule -> entered.contains(rule.signature()));
        back.forEach(this::forgetPutBack);
        for (Rule rule : next) {
            if (rule.policy().moves()) {
                taken.put(rule, entries(rule));
            }
        }
        ask(null, SAVE, Tuple.of(mirror, (Object) entered.toArray(String[]::new)));
        return () -> {
            inForce.addAll(entered);
            leftovers = false;
            saved = true;
            taken.forEach(RuleGuard::tell);
        };
    }

    private long entries(Rule rule) {
        TableId child = rule.child();
        Tuple arguments =
                Tuple.of(mirror, child.schema(), child.name(), rule.constraint().name());
        return ask(child, COUNT, arguments).iterator().next().getLong("rows");
    }

    /** What a copy lost to a rule, and why (field note A8). */
    private static void tell(Rule rule, long rows) {
        LOG.infof(
                "table=%s constraint=%s policy=%s rows=%d",
                rule.child(), rule.constraint().name(), rule.policy().word(), rows);
    }

    private void requireNone(Rule rule) {
        if (rule.policy() == Policy.STOP) {
            Statement count =
                    new Statement(rule.child(), sql.get(rule).count(RuleSql.ALL), Tuple.tuple(), Statement.ANY);
            long rows = target.ask(count).iterator().next().getLong("rows");
            if (rows > 0) {
                throw broken(rule, rows == 1 ? "1 row" : rows + " rows");
            }
        }
    }

    /** Whoever chose another policy, or dropped the constraint, gets back what was taken. */
    private void putLeftoversBack(Set<TableId> back) {
        for (Row row : ask(null, ENTRIES, Tuple.of(mirror))) {
            TableId id = new TableId(row.getString("schema_name"), row.getString("table_name"));
            String name = row.getString("constraint_name");
            Policy was = row.getString("action").equals("emptied") ? Policy.NULL : Policy.QUARANTINE;
            boolean wanted = ofChild.getOrDefault(id, List.of()).stream()
                    .anyMatch(rule -> rule.constraint().name().equals(name) && rule.policy() == was);
            MirroredTable table = book.tables().get(id);
            if (!wanted && table != null && isStreaming(id)) {
                Rule rule = new Rule(
                        new Constraint(
                                Constraint.Kind.FOREIGN_KEY,
                                name,
                                id,
                                List.of(row.getArrayOfStrings("columns")),
                                Optional.empty(),
                                true,
                                List.of(),
                                List.of(),
                                false,
                                Optional.empty(),
                                "",
                                false),
                        was,
                        table,
                        Optional.empty(),
                        false);
                RuleSql statements = new RuleSql(mirror, rule);
                String entries = statements.entriesOfConstraint();
                ask(
                        id,
                        was == Policy.NULL ? statements.putValuesBack(entries) : statements.putRowsBack(entries),
                        Tuple.tuple());
                back.add(id);
                LOG.infof("table=%s constraint=%s what was %s is put back", id, name, row.getString("action"));
            }
        }
    }

    // Batches.

    Touched touched(List<Change> changes) {
        return new Touched(changes, ofChild, ofParent);
    }

    boolean isIdle() {
        return sql.isEmpty();
    }

    /** @return tables of which something was put back */
    Set<TableId> before(Touched touched) {
        Set<TableId> back = new LinkedHashSet<>();
        touched.before.forEach((table, keys) -> {
            List<Rule> moving = ofChild.get(table).stream()
                    .filter(rule -> rule.policy().moves())
                    .toList();
            if (!moving.isEmpty()) {
                Tuple arguments = arrays(keys);
                RuleSql any = sql.get(moving.get(0));
                Sieve sieve = sieves.get(table);
                if (sieve != null) {
                    make(sieve);
                    ask(table, sieve.takeTouched(), arguments);
                }
                int rows = ask(table, redirected(table, any.putRowsBack(any.entriesTouched())), arguments)
                        .rowCount();
                for (Rule rule : moving) {
                    if (rule.policy() == Policy.NULL) {
                        String put = sql.get(rule).putValuesBack(any.entriesTouched());
                        rows += ask(table, redirected(table, put), arguments).rowCount();
                    }
                }
                if (rows > 0) {
                    back.add(table);
                }
            }
        });
        for (TableId table : touched.truncated) {
            target.ask(forget(table));
        }
        touched.unknown.forEach((rule, keys) -> {
            if (isActive(rule)) {
                for (Row row : ask(rule.child(), sql.get(rule).referencedValues(), arrays(keys))) {
                    String[] values = row.getArrayOfStrings("referenced");
                    if (List.of(values).stream().noneMatch(value -> value == null)) {
                        touched.departed
                                .computeIfAbsent(rule, none -> new LinkedHashSet<>())
                                .add(List.of(values));
                    }
                }
            }
        });
        return back;
    }

    /**
     * @param back what {@link #before} put back
     * @param lastOf a table that catches up with this batch: what stops it stops it now
     */
    void after(Touched touched, Set<TableId> back, Optional<TableId> lastOf) {
        Deque<TableId> quarantined = new ArrayDeque<>();
        sieves.forEach((table, sieve) -> {
            if (touched.before.containsKey(table)) {
                sift(sieve, quarantined);
            }
        });
        touched.arrived.forEach((rule, values) -> {
            if (isActive(rule) && rule.policy().moves()) {
                RuleSql statements = sql.get(rule);
                if (putBack(rule, statements.entriesReferring(), arrays(values)) > 0) {
                    back.add(rule.child());
                }
            }
        });
        putChildrenBack(back);
        for (Rule rule : sql.keySet()) {
            boolean stopsNow = rule.policy() == Policy.STOP
                    && lastOf.filter(rule.child()::equals).isPresent()
                    && hasStreamingParent(rule);
            if (isActive(rule) || stopsNow) {
                look(rule, touched, back, quarantined);
            }
        }
        follow(quarantined, this::isActive);
        back.forEach(this::forgetPutBack);
    }

    private void make(Sieve sieve) {
        TableId table = sieve.table().id();
        if (ask(table, sieve.find(), Tuple.tuple()).size() == 0) {
            sieve.make().forEach(statement -> ask(table, statement, Tuple.tuple()));
        }
    }

    private void sift(Sieve sieve, Deque<TableId> quarantined) {
        TableId table = sieve.table().id();
        ask(table, sieve.letThrough(), Tuple.tuple());
        if (ask(table, sieve.quarantine(), Tuple.tuple()).rowCount() > 0) {
            quarantined.add(table);
        }
    }

    private String redirected(TableId table, String statement) {
        Sieve sieve = sieves.get(table);
        return sieve == null ? statement : sieve.redirected(statement);
    }

    /** What a step of a batch does to a table that has a sieve, it does to the sieve; what empties one empties both. */
    List<Statement> sifted(Step step) {
        List<Statement> statements = step.statements();
        if (sieves.isEmpty()) {
            return statements;
        }
        List<Statement> sifted = new ArrayList<>();
        for (Statement statement : statements) {
            sifted.add(
                    step instanceof Step.Emptied
                            ? statement
                            : new Statement(
                                    statement.table(),
                                    redirected(statement.table(), statement.sql()),
                                    statement.arguments(),
                                    statement.expectedRows()));
        }
        if (step instanceof Step.Emptied emptied) {
            for (MirroredTable table : emptied.tables()) {
                Sieve sieve = sieves.get(table.id());
                if (sieve != null) {
                    make(sieve);
                    sifted.add(new Statement(table.id(), sieve.empty(), Tuple.tuple(), Statement.ANY));
                }
            }
        }
        return sifted;
    }

    private boolean isActive(Rule rule) {
        return inForce.contains(rule.signature()) && isPossible(rule);
    }

    private void look(Rule rule, Touched touched, Set<TableId> back, Deque<TableId> quarantined) {
        RuleSql statements = sql.get(rule);
        if (rule.parentId().filter(touched.truncated::contains).isPresent()) {
            take(rule, RuleSql.ALL, Tuple.tuple(), quarantined);
            return;
        }
        Set<List<String>> keys = touched.after.get(rule.child());
        if (keys != null) {
            take(rule, statements.touched(), arrays(keys), quarantined);
        }
        if (back.contains(rule.child())) {
            take(rule, statements.putBack(), Tuple.tuple(), quarantined);
        }
        Set<List<String>> departed = touched.departed.get(rule);
        if (departed != null) {
            take(rule, statements.referring(), arrays(departed), quarantined);
        }
    }

    /** Children of what came back from the quarantine come back as well. */
    private void putChildrenBack(Set<TableId> back) {
        Deque<TableId> parents = new ArrayDeque<>(back);
        while (!parents.isEmpty()) {
            for (Rule rule : ofParent.getOrDefault(parents.pop(), List.of())) {
                if (isActive(rule)
                        && rule.policy().moves()
                        && putBack(rule, sql.get(rule).entriesReferringToPutBack()) > 0) {
                    back.add(rule.child());
                    parents.add(rule.child());
                }
            }
        }
    }

    /** Children of what was quarantined have lost their parent. Comes to an end: each round takes rows. */
    private void follow(Deque<TableId> quarantined, Function<Rule, Boolean> active) {
        while (!quarantined.isEmpty()) {
            for (Rule rule : ofParent.getOrDefault(quarantined.pop(), List.of())) {
                if (active.apply(rule)) {
                    take(rule, sql.get(rule).referringToTaken(), Tuple.tuple(), quarantined);
                }
            }
        }
    }

    private long putBack(Rule rule, String entries) {
        return putBack(rule, entries, Tuple.tuple());
    }

    private long putBack(Rule rule, String entries, Tuple arguments) {
        RuleSql statements = sql.get(rule);
        String put = rule.policy() == Policy.NULL ? statements.putValuesBack(entries) : statements.putRowsBack(entries);
        return ask(rule.child(), put, arguments).rowCount();
    }

    private void take(Rule rule, String scope, Tuple arguments, Deque<TableId> quarantined) {
        if (!rule.constraint().isForeignKey()) {
            return;
        }
        if (rule.policy() == Policy.STOP) {
            if (ask(rule.child(), sql.get(rule).any(scope), arguments).size() > 0) {
                throw broken(rule, "A row that arrived");
            }
            return;
        }
        long rows = ask(rule.child(), sql.get(rule).take(scope), arguments).rowCount();
        if (rows > 0 && rule.policy() == Policy.QUARANTINE) {
            quarantined.add(rule.child());
        }
    }

    private static BrokenTableException broken(Rule rule, String rows) {
        return new BrokenTableException(
                rule.child(),
                rows + " of " + rule.child() + (rows.endsWith("rows") ? " refer to rows" : " refers to a row") + " of "
                        + rule.constraint().referenced().orElseThrow() + " that "
                        + (rows.endsWith("rows") ? "are" : "is") + " not at the target (constraint "
                        + rule.constraint().name() + ", " + rule.columns() + ").",
                Remedy.ofOrphans(rule));
    }

    private void forgetPutBack(TableId table) {
        MirroredTable mirrored = book.tables().get(table);
        if (mirrored != null) {
            ask(
                    table,
                    "delete from understudy.quarantine where mirror = $1 and schema_name = $2 and table_name = $3 and back",
                    Tuple.of(mirror, table.schema(), table.name()));
        }
    }

    private RowSet<Row> ask(TableId table, String statement, Tuple arguments) {
        return target.ask(new Statement(table, statement, arguments, Statement.ANY));
    }

    private static Tuple arrays(Collection<List<String>> rows) {
        int columns = rows.iterator().next().size();
        Tuple arguments = Tuple.tuple(new ArrayList<>(columns));
        for (int i = 0; i < columns; i++) {
            int column = i;
            arguments.addArrayOfString(rows.stream().map(row -> row.get(column)).toArray(String[]::new));
        }
        return arguments;
    }
}
