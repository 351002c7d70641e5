package io.understudy.mirror;

import io.understudy.apply.Sight;
import io.understudy.apply.TableOrder;
import io.understudy.ledger.TableEntry;
import io.understudy.ledger.TableState;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.Sql;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import io.understudy.preflight.Finding;
import io.understudy.preflight.Preflight;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Compares what was seen of both sides with the ledger and says what has to happen to bring them together: which tables
 * join, leave, wait or go on. Decides only.
 */
final class TableAlignment {

    private final Preflight seen;
    private final Set<TableId> published;
    private final Predicate<TableId> mayGoOn;
    private final Map<TableId, TableEntry> known = new LinkedHashMap<>();
    private final Map<TableId, Table> selected = new LinkedHashMap<>();
    private final Map<TableId, MirroredTable> mirrored = new HashMap<>();
    private final Map<TableId, Finding> against;
    private final List<TableOrder> orders = new ArrayList<>();

    private TableAlignment(
            List<TableEntry> ledger, Preflight seen, Set<TableId> published, Predicate<TableId> mayGoOn) {
        this.seen = seen;
        this.published = published;
        this.mayGoOn = mayGoOn;
        this.against = seen.against();
        ledger.forEach(entry -> known.put(entry.table(), entry));
        seen.selection().selected().forEach(table -> selected.put(table.id(), table));
        seen.tables().forEach(table -> mirrored.put(table.id(), table));
    }

    /** @param mayGoOn whether a paused table that nothing stands against is tried again now */
    static List<TableOrder> of(
            List<TableEntry> ledger, Preflight seen, Set<TableId> published, Predicate<TableId> mayGoOn) {
        return new TableAlignment(ledger, seen, published, mayGoOn).orders();
    }

    private List<TableOrder> orders() {
        for (TableEntry entry : known.values()) {
            Table table = selected.get(entry.table());
            if (table != null) {
                align(entry, table);
            } else {
                renamed(entry).ifPresentOrElse(to -> alignRenamed(entry, to), () -> {
                    orders.add(new TableOrder.Forget(entry.table()));
                });
            }
        }
        for (Table table : selected.values()) {
            if (!known.containsKey(table.id()) && !isRenamed(table)) {
                join(table);
            }
        }
        return orders;
    }

    private void align(TableEntry entry, Table table) {
        boolean another = entry.relation() != 0 && entry.relation() != table.relation();
        boolean copied = entry.copiedAt().isPresent() && !(entry.state() instanceof TableState.Failed);
        Finding finding = against.get(table.id());
        if (copied && (another || !published.contains(table.id()))) {
            // Its changes were not sent for a while, or it is not the table it was.
            orders.add(new TableOrder.Enter(anew(entry, table)));
        } else if (finding != null) {
            pause(entry, finding.what(), finding.remedy());
        } else if (!(entry.state() instanceof TableState.Paused) || mayGoOn.test(table.id())) {
            orders.add(new TableOrder.Follow(new Sight(mirrored.get(table.id()), seen.asOf())));
        }
    }

    private static TableEntry anew(TableEntry entry, Table table) {
        return TableEntry.waiting(table.id(), entry.layer(), table.relation(), table.rows(), table.bytes());
    }

    private void pause(TableEntry entry, String cause, String todo) {
        TableState paused = new TableState.Paused(cause, todo);
        if (!(entry.state() instanceof TableState.Failed) && !entry.state().equals(paused)) {
            orders.add(new TableOrder.Pause(entry.table(), cause, todo));
        }
    }

    private void join(Table table) {
        TableEntry entry = TableEntry.waiting(table.id(), 0, table.relation(), table.rows(), table.bytes());
        Finding finding = against.get(table.id());
        orders.add(new TableOrder.Enter(
                finding == null ? entry : entry.in(new TableState.Paused(finding.what(), finding.remedy()))));
    }

    private Optional<Table> renamed(TableEntry entry) {
        return entry.relation() == 0
                ? Optional.empty()
                : selected.values().stream()
                        .filter(table -> table.relation() == entry.relation())
                        .findFirst();
    }

    private boolean isRenamed(Table table) {
        return known.values().stream()
                .anyMatch(entry -> entry.relation() == table.relation() && !selected.containsKey(entry.table()));
    }

    /** The same rows by another name: they stay, and the target's table has to be called so too. */
    private void alignRenamed(TableEntry entry, Table to) {
        if (mirrored.containsKey(to.id())) {
            orders.add(new TableOrder.Rename(entry.table(), to.id()));
            orders.add(new TableOrder.Follow(new Sight(mirrored.get(to.id()), seen.asOf())));
        } else {
            pause(
                    entry,
                    "The source's table " + entry.table() + " is called " + to.id() + " now.",
                    "At the target run: " + rename(entry.table(), to.id()) + ". Then the table goes on by itself.");
        }
    }

    private static String rename(TableId from, TableId to) {
        TableId between = new TableId(from.schema(), to.name());
        List<String> statements = new ArrayList<>();
        if (!from.name().equals(to.name())) {
            statements.add("alter table " + from.sql() + " rename to " + Sql.name(to.name()));
        }
        if (!from.schema().equals(to.schema())) {
            statements.add("alter table " + between.sql() + " set schema " + Sql.name(to.schema()));
        }
        return String.join("; ", statements);
    }
}
