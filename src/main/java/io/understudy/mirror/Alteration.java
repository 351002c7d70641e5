package io.understudy.mirror;

import io.understudy.ledger.TableEntry;
import io.understudy.ledger.TableForm;
import io.understudy.ledger.TableState;
import io.understudy.postgres.Column;
import io.understudy.postgres.Definitions;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.Partitioning;
import io.understudy.postgres.Partitioning.Partition;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.Sql;
import io.understudy.preflight.Finding;
import io.understudy.preflight.Preflight;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the source did to a table since it was last found to fit, where comparing both sides as they are now does not
 * tell: rows that were written anew, columns and partitions that came, went or changed places. None of it is in the log.
 */
final class Alteration {

    private static final String GOES_ON = ". Then the table goes on by itself.";

    private final TableEntry entry;
    private final TableForm before;
    private final TableForm now;
    /** Null when the target does not have the table. */
    private final MirroredTable table;

    private final Preflight seen;
    private final PostgresClient source;
    private final boolean followed;

    /** @param followed whether we have just brought the target's table after the source's */
    Alteration(
            TableEntry entry,
            TableForm now,
            MirroredTable table,
            Preflight seen,
            PostgresClient source,
            boolean followed) {
        this.source = source;
        this.followed = followed;
        this.entry = entry;
        this.before = entry.form().orElse(now);
        this.now = now;
        this.table = table;
        this.seen = seen;
    }

    /** What the target has to do first; more exact than what comparing finds, which takes a new name for a new column. */
    Optional<Finding> toWaitFor() {
        return table == null
                ? Optional.empty()
                : renamedColumn().or(this::retypedColumn).or(this::lostPartition);
    }

    private Optional<Finding> renamedColumn() {
        for (Map.Entry<String, String> renamed : now.renamedSince(before).entrySet()) {
            boolean present = table.source().column(renamed.getKey()).isPresent();
            if (!present && table.target().column(renamed.getKey()).isPresent()) {
                return Optional.of(Finding.blocking(
                        "The source's column " + table.id() + "." + renamed.getKey() + " is called "
                                + renamed.getValue() + " now.",
                        "At the target run: "
                                + (table.target().column(renamed.getValue()).isPresent()
                                        ? "alter table " + table.id().sql() + " drop column "
                                                + Sql.name(renamed.getValue()) + "; "
                                        : "")
                                + "alter table " + table.id().sql() + " rename column "
                                + Sql.name(renamed.getKey()) + " to " + Sql.name(renamed.getValue()) + GOES_ON));
            }
        }
        return Optional.empty();
    }

    private Optional<Finding> retypedColumn() {
        for (String name : now.retypedSince(before)) {
            String type = table.source().column(name).map(Column::type).orElseThrow();
            Optional<Column> ours = table.target().column(name);
            if (ours.isPresent() && !ours.get().type().equals(type)) {
                return Optional.of(Finding.blocking(
                        "The source's column " + table.id() + "." + name + " is " + type + " now, and "
                                + ours.get().type() + " at the target.",
                        "At the target run the same migration: alter table "
                                + table.id().sql() + " alter column " + Sql.name(name) + " type " + type + GOES_ON));
            }
        }
        return Optional.empty();
    }

    /** A partition that is gone at the source takes its rows along; the target's has to go as well. */
    private Optional<Finding> lostPartition() {
        if (!now.lostPartitionsSince(before) || !isCutAlike()) {
            return Optional.empty();
        }
        Partitioning theirs = seen.partitioning(table.id()).orElseThrow();
        for (Partition ours : seen.targetPartitioning(table.id()).orElseThrow().partitions()) {
            if (!theirs.has(ours.path()) && (ours.parentPath().isEmpty() || theirs.has(ours.parentPath()))) {
                return Optional.of(Finding.blocking(
                        "The source's " + table.id() + " no longer has the partition " + ours.bound() + ", " + ours.id()
                                + " at the target.",
                        "At the target run: alter table " + ours.parent().sql() + " detach partition "
                                + ours.id().sql() + ", or drop table "
                                + ours.id().sql() + GOES_ON));
            }
        }
        return Optional.empty();
    }

    private boolean isCutAlike() {
        Optional<String> source = seen.partitioning(table.id()).map(Partitioning::key);
        return source.isPresent()
                && source.equals(seen.targetPartitioning(table.id()).map(Partitioning::key));
    }

    /** Rows that the target cannot have, whatever it does. */
    Optional<String> toCopyAgain() {
        List<String> ambiguous = now.ambiguousSince(before);
        if (!ambiguous.isEmpty()) {
            return Optional.of("the source gave the name " + String.join(", ", ambiguous) + " to another column");
        }
        List<String> replaced = now.replacedSince(before);
        if (!replaced.isEmpty()) {
            return Optional.of("the source dropped and added " + String.join(", ", replaced));
        }
        // While it waited the target was given the type by the same migration, so by the same conversion.
        boolean convertedAlike = waited() || before.file() == now.file();
        List<String> retyped = now.retypedSince(before);
        if (!retyped.isEmpty() && !convertedAlike) {
            return Optional.of("the source converted the values of " + String.join(", ", retyped));
        }
        List<String> unknown = filledByTheSource(now.addedSince(before));
        if (!unknown.isEmpty()) {
            return Optional.of("the source filled the new " + String.join(", ", unknown) + " in rows that were there");
        }
        if (now.lostPartitionsSince(before) && !isCutAlike()) {
            return Optional.of("partitions left it at the source");
        }
        return holdEarlierRows(now.partitionsSince(before))
                ? Optional.of("partitions with rows joined it at the source")
                : Optional.empty();
    }

    /** While it waited, or was followed, the target was given the column by the same migration. Otherwise it had its own. */
    private List<String> filledByTheSource(List<String> added) {
        boolean migratedAlike = waited() || followed;
        List<Definitions.ColumnId> columns = added.stream()
                .filter(name -> table.target().column(name).isPresent())
                .map(name -> new Definitions.ColumnId(table.id(), name))
                .toList();
        return Definitions.ofColumns(source, columns).entrySet().stream()
                .filter(addition -> !addition.getValue().rowsKnown()
                        || !migratedAlike && isFilled(addition.getKey().name()))
                .map(addition -> addition.getKey().name())
                .toList();
    }

    private boolean waited() {
        return entry.state() instanceof TableState.Paused paused && paused.saidWhatToDo();
    }

    private boolean isFilled(String column) {
        return table.source().column(column).flatMap(Column::missing).isPresent();
    }

    private boolean holdEarlierRows(List<String> joined) {
        return seen.partitioning(table.id()).stream()
                .flatMap(cut -> cut.partitions().stream())
                .filter(partition -> joined.contains(partition.membership()))
                .anyMatch(partition -> Partitioning.holdsEarlierRows(source, partition));
    }

    /** What changed without harm, for the log. */
    Optional<String> toTell() {
        List<String> told = new ArrayList<>();
        List<String> dropped = now.droppedSince(before).stream()
                .filter(name -> table.target().column(name).isPresent())
                .toList();
        if (!dropped.isEmpty()) {
            told.add("the source dropped " + String.join(", ", dropped)
                    + "; at the target it keeps what it holds, until: alter table "
                    + table.id().sql() + " drop column "
                    + String.join(
                            ", drop column ", dropped.stream().map(Sql::name).toList()));
        }
        return told.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", told));
    }
}
