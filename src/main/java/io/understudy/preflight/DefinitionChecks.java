package io.understudy.preflight;

import static io.understudy.preflight.Finding.blocking;
import static io.understudy.preflight.Finding.warning;

import io.understudy.postgres.Catalog;
import io.understudy.postgres.Column;
import io.understudy.postgres.Definitions;
import io.understudy.postgres.Definitions.Addition;
import io.understudy.postgres.Definitions.ColumnId;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.Partitioning;
import io.understudy.postgres.Partitioning.Partition;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.Sql;
import io.understudy.postgres.TableId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the source has and the target lacks inside tables that both have: columns, labels of enumerations, partitions.
 * Each with the statements that add it.
 */
final class DefinitionChecks {

    private static final String GOES_ON = ". Then the table goes on by itself.";

    private final PostgresClient source;
    private final Catalog sourceCatalog;
    private final Catalog targetCatalog;
    private final Map<TableId, Partitioning> sourcePartitions;
    private final Map<TableId, Partitioning> targetPartitions;
    private final List<MirroredTable> tables;
    private final List<Finding> findings = new ArrayList<>();

    DefinitionChecks(
            PostgresClient source,
            Catalog sourceCatalog,
            Catalog targetCatalog,
            Map<TableId, Partitioning> sourcePartitions,
            Map<TableId, Partitioning> targetPartitions,
            List<MirroredTable> tables) {
        this.source = source;
        this.sourceCatalog = sourceCatalog;
        this.targetCatalog = targetCatalog;
        this.sourcePartitions = sourcePartitions;
        this.targetPartitions = targetPartitions;
        this.tables = tables;
    }

    List<Finding> findings() {
        checkColumns();
        checkEnumerations();
        tables.forEach(table -> checkPartitions(table.id()));
        return findings;
    }

    private void checkColumns() {
        Map<ColumnId, Column> missing = new LinkedHashMap<>();
        for (MirroredTable table : tables) {
            for (Column column : table.source().columns()) {
                if (table.target().column(column.name()).isEmpty()) {
                    missing.put(new ColumnId(table.id(), column.name()), column);
                }
            }
        }
        Definitions.ofColumns(source, missing.keySet())
                .forEach((id, addition) -> findings.add(missing(id, missing.get(id), addition)));
    }

    private static Finding missing(ColumnId id, Column column, Addition addition) {
        String what = "column " + id.table() + "." + id.name() + " does not exist at the target.";
        String statements = String.join("; ", addition.statements());
        Finding finding = column.generated()
                ? warning("The generated " + what, "If staging should have it, run there: " + statements + ".")
                : blocking(
                        "The " + what,
                        "At the target run: " + statements
                                + (addition.rowsKnown()
                                        ? GOES_ON
                                        : ". Then the table is copied again by itself: rows that were there got values that are not"
                                                + " in the log."));
        return finding.about(id.table()).mendedBy(addition.statements());
    }

    private void checkEnumerations() {
        Map<String, List<TableId>> users = new LinkedHashMap<>();
        for (MirroredTable table : tables) {
            for (Column column : table.source().columns()) {
                column.enumeration()
                        .filter(name -> table.target()
                                .column(column.name())
                                .flatMap(Column::enumeration)
                                .filter(name::equals)
                                .isPresent())
                        .ifPresent(name -> users.computeIfAbsent(name, type -> new ArrayList<>())
                                .add(table.id()));
            }
        }
        users.forEach(this::checkEnumeration);
    }

    private void checkEnumeration(String type, List<TableId> users) {
        List<String> theirs = sourceCatalog.enumerations().get(type);
        List<String> ours = targetCatalog.enumerations().get(type);
        List<String> statements = new ArrayList<>();
        String before = null;
        for (String label : theirs) {
            if (!ours.contains(label)) {
                statements.add("alter type " + type + " add value " + Sql.literal(label)
                        + (before == null ? " before " + Sql.literal(ours.get(0)) : " after " + Sql.literal(before)));
            }
            before = label;
        }
        if (!statements.isEmpty()) {
            findings.add(blocking(
                            "The type " + type + " lacks labels at the target that the source has.",
                            "At the target run: " + String.join("; ", statements) + GOES_ON)
                    .about(users.stream().distinct().toList())
                    .mendedBy(statements));
        }
    }

    /** Where the target is cut in another way, rows find their place in its own partitions. */
    private void checkPartitions(TableId table) {
        Partitioning theirs = sourcePartitions.get(table);
        Partitioning ours = targetPartitions.get(table);
        if (theirs == null || ours == null || !theirs.key().equals(ours.key())) {
            return;
        }
        for (Partition partition : theirs.partitions()) {
            boolean parentIsThere = partition.parentPath().isEmpty() || ours.has(partition.parentPath());
            if (!ours.has(partition.path()) && parentIsThere && !ours.hasDefault(partition.parentPath())) {
                findings.add(missing(table, theirs, ours, partition));
            }
        }
    }

    private static Finding missing(TableId table, Partitioning theirs, Partitioning ours, Partition partition) {
        TableId parent =
                ours.partition(partition.parentPath()).map(Partition::id).orElse(table);
        List<String> statements = new ArrayList<>();
        add(theirs, partition, parent, statements);
        return blocking(
                        "The partition " + partition.id() + " of " + table + " does not exist at the target.",
                        "At the target run: " + String.join("; ", statements) + GOES_ON)
                .about(table)
                .mendedBy(statements);
    }

    /** With all that is below it, which the target cannot have either. */
    private static void add(Partitioning theirs, Partition partition, TableId parent, List<String> statements) {
        statements.add(
                "create table " + partition.id().sql() + " partition of " + parent.sql() + " " + partition.bound()
                        + Optional.of(partition)
                                .flatMap(Partition::key)
                                .map(key -> " partition by " + key)
                                .orElse(""));
        theirs.partitions().stream()
                .filter(below -> below.parentPath().equals(partition.path()))
                .forEach(below -> add(theirs, below, partition.id(), statements));
    }
}
