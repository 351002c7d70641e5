package io.understudy.orphans;

import io.understudy.ledger.TableEntry;
import io.understudy.ledger.TableState;
import io.understudy.postgres.Column;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.Sql;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Whether what somebody wants done can be done, found out before anything is written. Each problem is a sentence. */
public final class OrphanChecks {

    private final PostgresClient target;
    private final List<OrphanKey> keys;
    private final List<TableEntry> ledger;

    /**
     * @param keys all that there are
     * @param ledger what the mirror has noted
     */
    public OrphanChecks(PostgresClient target, List<OrphanKey> keys, List<TableEntry> ledger) {
        this.target = target;
        this.keys = keys;
        this.ledger = ledger;
    }

    public List<String> problems(List<OrphanFix> fixes) {
        return fixes.stream()
                .flatMap(fix -> problems(fix).stream().map(problem -> "--fix " + fix + " " + problem + "."))
                .toList();
    }

    private List<String> problems(OrphanFix fix) {
        if (!fix.key().isAtTarget()) {
            return List.of("cannot be: a table or a column of this foreign key is not at the target. "
                    + "./understudy plan shows what differs");
        }
        if (fix.policy() == OrphanPolicy.REPORT) {
            return List.of();
        }
        List<String> problems = new ArrayList<>();
        unfindable(fix).ifPresent(problems::add);
        loud(fix).ifPresent(problems::add);
        Stream.of(fix.key().table(), fix.key().referenced())
                .distinct()
                .flatMap(table -> unsettled(table).stream())
                .forEach(problems::add);
        if (fix.policy() == OrphanPolicy.NULL) {
            notEmptied(fix).ifPresent(problems::add);
        }
        if (fix.policy() == OrphanPolicy.ASSIGN) {
            notAssigned(fix).ifPresent(problems::add);
            if (!isThere(fix)) {
                problems.add("names a row of " + fix.key().referenced()
                        + " that is not at the target, or a value that is none of its columns' types");
            }
        }
        if (fix.policy().alters()) {
            referredTo(fix).ifPresent(problems::add);
        }
        return problems;
    }

    /** Rows are copied and audited by their key, and found by it. */
    private static Optional<String> unfindable(OrphanFix fix) {
        Table table = fix.table();
        List<String> key = fix.key().rowKey();
        boolean unique = table.uniqueKeys().contains(Set.copyOf(key));
        boolean given = key.stream()
                .allMatch(name -> table.column(name).map(Column::notNull).orElse(false));
        return !key.isEmpty() && unique && given
                ? Optional.empty()
                : Optional.of("needs a key by which a row is found again, and " + table.id()
                        + " has none at the target. Add a primary key there, or mend the rows by hand");
    }

    /** Triggers and rules that fire in silent sessions too. */
    private static Optional<String> loud(OrphanFix fix) {
        List<String> firing = Stream.concat(fix.table().firingTriggers().stream(), fix.table().firingRules().stream())
                .toList();
        return firing.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "would fire " + String.join(", ", firing) + " of "
                                + fix.table().id()
                                + ", which is enabled for silent sessions too. Alter the table: enable trigger, without always or replica");
    }

    /** Rows that wait may be the parents, or have none themselves. */
    private Optional<String> unsettled(TableId table) {
        return ledger.stream()
                .filter(entry -> entry.table().equals(table) && !(entry.state() instanceof TableState.Streaming))
                .findFirst()
                .map(entry -> "has to wait: " + table + " is " + entry.state().word()
                        + ", and rows of it are still to come. ./understudy status says what it waits for");
    }

    private static Optional<String> notEmptied(OrphanFix fix) {
        List<String> columns = fix.constraint().columns();
        boolean enough = fix.constraint().matchFull()
                ? fix.changed().equals(columns)
                : !fix.changed().isEmpty();
        return enough
                ? Optional.empty()
                : Optional.of("needs a column that may be null and is not part of the row's key, and "
                        + String.join(", ", columns) + " is not");
    }

    private static Optional<String> notAssigned(OrphanFix fix) {
        List<String> columns = fix.constraint().columns();
        Table table = fix.table();
        List<String> against = columns.stream()
                .filter(name -> fix.key().rowKey().contains(name)
                        || table.column(name).map(Column::generated).orElse(true))
                .toList();
        if (!against.isEmpty()) {
            return Optional.of("would change " + String.join(", ", against)
                    + ", which is generated or part of the key by which rows are found");
        }
        return table.uniqueKeys().stream().anyMatch(columns::containsAll)
                ? Optional.of("would give several rows the same " + String.join(", ", columns)
                        + ", which a unique index forbids")
                : Optional.empty();
    }

    private boolean isThere(OrphanFix fix) {
        String equal = IntStream.range(0, fix.assigned().size())
                .mapToObj(i ->
                        "p." + Sql.name(fix.constraint().referencedColumns().get(i)) + " "
                                + fix.constraint().equals().get(i) + " "
                                + OrphanSql.assigned(fix, i, "$" + (i + 1) + "::text"))
                .collect(Collectors.joining(" and "));
        try {
            return target.query(
                                    "select from " + fix.constraint().parentSql() + " as p where " + equal + " limit 1",
                                    fix.assigned().toArray())
                            .size()
                    > 0;
        } catch (PostgresFailure failure) {
            if (failure.kind() != PostgresFailure.Kind.CONSTRAINT) {
                throw failure.ofRows();
            }
            return false;
        }
    }

    /** What others refer to must not change under them. */
    private Optional<String> referredTo(OrphanFix fix) {
        return keys.stream()
                .filter(other -> other.target().declared().isPresent()
                        && other.referenced().equals(fix.key().table())
                        && other.constraint().referencedColumns().stream().anyMatch(fix.changed()::contains))
                .findFirst()
                .map(other -> "would change values to which " + other.path() + " refers");
    }
}
