package io.understudy.mirror;

import io.understudy.apply.Sight;
import io.understudy.apply.TableOrder;
import io.understudy.ledger.TableEntry;
import io.understudy.ledger.TableForm;
import io.understudy.ledger.TableState;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.Sql;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import io.understudy.preflight.Finding;
import io.understudy.preflight.Preflight;
import io.understudy.preflight.StaleColumns;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Compares what was seen of both sides with the ledger and says what has to happen to bring them together: which tables
 * join, leave, wait, go on or are copied again. Decides only.
 */
final class TableAlignment {

    /** An order, and why, for people; empty where it changes nothing that they see. */
    record Decision(TableOrder order, Optional<String> because) {}

    private final Preflight seen;
    private final PostgresClient source;
    private final Set<TableId> published;
    private final Set<TableId> followed;
    private final Predicate<TableId> mayGoOn;
    private final boolean starting;
    private final Map<TableId, TableEntry> known = new LinkedHashMap<>();
    private final Map<TableId, Table> selected = new LinkedHashMap<>();
    private final Map<TableId, MirroredTable> mirrored;
    private final Map<TableId, Finding> against;
    private final Map<TableId, Finding> againstCopy;
    private final List<Decision> decisions = new ArrayList<>();

    private TableAlignment(
            List<TableEntry> ledger,
            Preflight seen,
            PostgresClient source,
            Set<TableId> published,
            Set<TableId> followed,
            Predicate<TableId> mayGoOn,
            boolean starting) {
        this.starting = starting;
        this.seen = seen;
        this.followed = followed;
        this.source = source;
        this.published = published;
        this.mayGoOn = mayGoOn;
        this.mirrored = seen.mirrored();
        this.against = seen.against();
        this.againstCopy = seen.againstCopy();
        ledger.forEach(entry -> known.put(entry.table(), entry));
        seen.selection().selected().forEach(table -> selected.put(table.id(), table));
    }

    /**
     * @param followed tables that were just altered at the target as the source had altered them
     * @param mayGoOn whether a paused table that nothing stands against is tried again now
     */
    static List<Decision> of(
            List<TableEntry> ledger,
            Preflight seen,
            PostgresClient source,
            Set<TableId> published,
            Set<TableId> followed,
            Predicate<TableId> mayGoOn) {
        TableAlignment alignment = new TableAlignment(ledger, seen, source, published, followed, mayGoOn, false);
        alignment.decide();
        return alignment.decisions;
    }

    /** Before the first change is taken. */
    static List<Decision> atStart(
            List<TableEntry> ledger, Preflight seen, PostgresClient source, Set<TableId> published) {
        TableAlignment alignment = new TableAlignment(ledger, seen, source, published, Set.of(), table -> true, true);
        alignment.decide();
        return alignment.decisions;
    }

    private void decide() {
        for (TableEntry entry : known.values()) {
            Table table = selected.get(entry.table());
            Optional<Table> renamed = table == null ? renamed(entry) : Optional.empty();
            if (table != null) {
                align(entry, table);
            } else if (renamed.isPresent()) {
                alignRenamed(entry, renamed.get());
            } else {
                decide(
                        new TableOrder.Forget(entry.table()),
                        "is no longer mirrored: it was dropped at the source or excluded. What the target holds stays.");
            }
        }
        for (Table table : selected.values()) {
            if (!known.containsKey(table.id()) && !isRenamed(table)) {
                join(table);
            }
        }
    }

    private void decide(TableOrder order, String because) {
        decisions.add(new Decision(order, Optional.of(because)));
    }

    private void align(TableEntry entry, Table table) {
        if (entry.state() instanceof TableState.Failed) {
            return; // Only a new copy helps, and somebody has to ask for it.
        }
        if (entry.copiedAt().isEmpty()) {
            alignNeverCopied(entry, againstCopy.get(table.id()));
            return;
        }
        Finding finding = against.get(table.id());
        boolean another = entry.relation() != 0 && entry.relation() != table.relation();
        if (another || !published.contains(table.id())) {
            anew(entry, table, another ? "it was dropped and made again" : "its changes were not sent for a while");
            return;
        }
        if (finding == null && !entry.filter().equals(mirrored.get(table.id()).filter())) {
            anew(entry, table, "which of its rows are mirrored is another condition now");
            return;
        }
        TableForm form = TableForm.of(table, seen.partitioning(table.id()), entry.form());
        Alteration alteration =
                new Alteration(entry, form, mirrored.get(table.id()), seen, source, followed.contains(table.id()));
        Optional<StaleColumns> stale = note(entry, form);
        Optional<Finding> staleKey = stale.flatMap(TableAlignment::staleKey);
        Optional<Finding> wait =
                alteration.toWaitFor().or(() -> Optional.ofNullable(finding)).or(() -> staleKey);
        Optional<String> because = alteration.toCopyAgain().or(() -> stale.flatMap(TableAlignment::missing));
        if (entry.state() instanceof TableState.Refreshing) {
            // While its values are replaced nothing else may write its rows, so it does not go on by other ways than
            // these.
            if (staleKey.isPresent()) {
                pause(entry, staleKey.get().what(), staleKey.get().remedy());
            } else if (wait.isEmpty() && because.isPresent()) {
                anew(entry, table, because.get());
            }
        } else if (wait.isPresent()) {
            pause(entry, wait.get().what(), wait.get().remedy());
        } else if (because.isPresent()) {
            anew(entry, table, because.get());
        } else if (!(entry.state() instanceof TableState.Paused) || mayGoOn.test(table.id())) {
            follow(table, form, alteration.toTell());
        }
    }

    /** What the ledger has to say of the table's values before anything is written by rules that are new. */
    private Optional<StaleColumns> note(TableEntry entry, TableForm form) {
        MirroredTable table = mirrored.get(entry.table());
        if (table == null) {
            return Optional.empty();
        }
        StaleColumns stale =
                StaleColumns.noted(entry, form, table, seen.masking(), starting && entry.asideChanges() > 0);
        if (!stale.masks().equals(entry.masks())) {
            List<String> news = stale.names().stream()
                    .filter(column ->
                            !stale.masks().get(column).equals(entry.masks().get(column)))
                    .toList();
            Optional<String> told = news.isEmpty()
                    ? Optional.empty()
                    : Optional.of("rules changed: " + stale.changes(news)
                            + "; rows that are there still hold the former values until: ./understudy refresh "
                            + (stale.onlyByCopy().isPresent() ? "" : "--columns ") + entry.table());
            decisions.add(new Decision(new TableOrder.Note(entry.table(), entry.masks(), stale.masks()), told));
        }
        return Optional.of(stale);
    }

    private static Optional<Finding> staleKey(StaleColumns stale) {
        List<String> ofKey = stale.ofKey();
        return ofKey.isEmpty()
                ? Optional.empty()
                : Optional.of(Finding.blocking(
                        "Rows of " + stale.table().id() + " cannot be found any more by what production calls them: "
                                + "the rule of " + stale.changes(ofKey)
                                + " changed, and rows that are there still hold "
                                + "the former values.",
                        "Copy the table again: ./understudy refresh "
                                + stale.table().id()));
    }

    private static Optional<String> missing(StaleColumns stale) {
        List<String> missing = stale.missing();
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of("changes that wait came without values of " + String.join(", ", missing));
    }

    private void follow(Table table, TableForm form, Optional<String> told) {
        decisions.add(new Decision(new TableOrder.Follow(sight(table, form)), told));
    }

    private Sight sight(Table table, TableForm form) {
        return new Sight(
                mirrored.get(table.id()).formerly(form.formerNames()),
                form,
                seen.masking().signatures(table.id()),
                seen.asOf());
    }

    private void alignNeverCopied(TableEntry entry, Finding finding) {
        if (finding != null) {
            pause(entry, finding.what(), finding.remedy());
        } else if (entry.state() instanceof TableState.Paused) {
            decide(new TableOrder.Enter(entry.in(new TableState.Waiting())), "is going to be copied");
        }
    }

    private void anew(TableEntry entry, Table table, String because) {
        TableEntry next = TableEntry.waiting(table, entry.layer());
        boolean same = entry.relation() == table.relation();
        // Former names of its columns may have rules.
        decide(
                new TableOrder.Enter(same ? entry.form().map(next::formed).orElse(next) : next),
                "is copied again: " + because);
    }

    private void pause(TableEntry entry, String cause, String todo) {
        TableState paused = new TableState.Paused(cause, todo);
        // While values are replaced nothing else may write the table's rows: it is looked at when that is done.
        boolean refreshes = entry.state() instanceof TableState.Refreshing && mirrored.containsKey(entry.table());
        if (!refreshes && !entry.state().equals(paused)) {
            decide(new TableOrder.Pause(entry.table(), cause, todo), "waits: " + cause + " " + todo);
        }
    }

    private void join(Table table) {
        TableEntry entry = TableEntry.waiting(table, 0);
        Finding finding = againstCopy.get(table.id());
        if (finding == null) {
            decide(new TableOrder.Enter(entry), "joins the mirror and is going to be copied");
        } else {
            decide(
                    new TableOrder.Enter(entry.in(new TableState.Paused(finding.what(), finding.remedy()))),
                    "joins the mirror when it can: " + finding.what() + " " + finding.remedy());
        }
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
        boolean takenByAnother = known.containsKey(to.id());
        boolean bothAtTarget = seen.targetTables().contains(entry.table()) && mirrored.containsKey(to.id());
        if (takenByAnother || entry.state() instanceof TableState.Failed) {
            // Names changed places, or there is nothing to keep: what has the name now is copied as what it is.
            decide(new TableOrder.Forget(entry.table()), "is called " + to.id() + " now");
        } else if (mirrored.containsKey(to.id()) && against.containsKey(to.id())) {
            Finding finding = against.get(to.id());
            pause(entry, finding.what(), finding.remedy());
        } else if (bothAtTarget) {
            decide(new TableOrder.Forget(entry.table()), "is called " + to.id() + " now, and the target has both");
            join(to);
        } else if (mirrored.containsKey(to.id())) {
            decide(new TableOrder.Rename(entry.table(), to.id()), "is called " + to.id() + " now");
            TableForm form = TableForm.of(to, seen.partitioning(to.id()), entry.form());
            follow(to, form, Optional.empty());
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
