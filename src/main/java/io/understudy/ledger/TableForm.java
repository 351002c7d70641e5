package io.understudy.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.understudy.postgres.Column;
import io.understudy.postgres.Partitioning;
import io.understudy.postgres.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * How the source had a table when it was copied or last found to fit, with what tells an altered table from one that
 * only looks the same: column numbers, the file on disk, the partitions.
 *
 * @param file another one after the rows were written anew, which no log tells
 * @param droppedNames of columns that were there once
 * @param partitions those that hold rows, each with the transactions by which it joined: one that left and came back is
 *     another
 */
@RegisterForReflection
public record TableForm(long file, List<FormColumn> columns, List<String> droppedNames, List<String> partitions) {

    /** @param formerNames by which changes from before a renaming call it */
    @RegisterForReflection
    public record FormColumn(int number, String name, String type, List<String> formerNames) {}

    private static final ObjectMapper JSON = new ObjectMapper();

    /** @param before the form it had, from which it knows its former names */
    public static TableForm of(Table table, Optional<Partitioning> partitioning, Optional<TableForm> before) {
        List<FormColumn> columns = new ArrayList<>();
        for (Column column : table.columns()) {
            List<String> formerNames = new ArrayList<>();
            before.flatMap(form -> form.column(column.number())).ifPresent(known -> {
                formerNames.addAll(known.formerNames());
                if (!known.name().equals(column.name())) {
                    formerNames.add(known.name());
                }
            });
            columns.add(new FormColumn(column.number(), column.name(), column.type(), formerNames));
        }
        Set<String> dropped = new TreeSet<>();
        before.ifPresent(form -> {
            dropped.addAll(form.droppedNames());
            form.columns().stream()
                    .filter(known -> table.columns().stream().noneMatch(column -> column.number() == known.number()))
                    .forEach(known -> {
                        dropped.add(known.name());
                        dropped.addAll(known.formerNames());
                    });
        });
        List<String> partitions = partitioning.stream()
                .flatMap(cut -> cut.partitions().stream())
                .filter(partition -> partition.key().isEmpty())
                .map(Partitioning.Partition::membership)
                .sorted()
                .toList();
        return new TableForm(table.file(), columns, List.copyOf(dropped), partitions);
    }

    private Optional<FormColumn> column(int number) {
        return columns.stream().filter(column -> column.number() == number).findFirst();
    }

    /** Former name to present name, except where another column has the name now. */
    public Map<String, String> formerNames() {
        Map<String, String> names = new LinkedHashMap<>();
        for (FormColumn column : columns) {
            column.formerNames().forEach(former -> names.put(former, column.name()));
        }
        columns.forEach(column -> names.remove(column.name()));
        return names;
    }

    /** Names that moved from one column to another: a change that waits does not say which one it means. */
    public List<String> ambiguousSince(TableForm before) {
        return renamedSince(before).keySet().stream()
                .filter(former ->
                        columns.stream().anyMatch(column -> column.name().equals(former)))
                .toList();
    }

    /** Columns that are another one than the one of the same name before: what they held is gone. */
    public List<String> replacedSince(TableForm before) {
        return columns.stream()
                .filter(column -> before.columns().stream()
                        .anyMatch(known -> known.name().equals(column.name()) && known.number() != column.number()))
                .map(FormColumn::name)
                .toList();
    }

    /** Former name to present name, of this alteration only. */
    public Map<String, String> renamedSince(TableForm before) {
        Map<String, String> renamed = new LinkedHashMap<>();
        for (FormColumn column : columns) {
            before.column(column.number())
                    .filter(known -> !known.name().equals(column.name()))
                    .ifPresent(known -> renamed.put(known.name(), column.name()));
        }
        return renamed;
    }

    public List<String> retypedSince(TableForm before) {
        return columns.stream()
                .filter(column -> before.column(column.number())
                        .filter(known -> !known.type().equals(column.type()))
                        .isPresent())
                .map(FormColumn::name)
                .toList();
    }

    public List<String> addedSince(TableForm before) {
        return columns.stream()
                .filter(column -> before.column(column.number()).isEmpty())
                .map(FormColumn::name)
                .toList();
    }

    public List<String> droppedSince(TableForm before) {
        return before.columns().stream()
                .filter(known -> column(known.number()).isEmpty())
                .map(FormColumn::name)
                .toList();
    }

    /** Of each column the present name first. */
    public Map<Integer, List<String>> namesByNumber() {
        Map<Integer, List<String>> names = new LinkedHashMap<>();
        for (FormColumn column : columns) {
            List<String> all = new ArrayList<>(List.of(column.name()));
            all.addAll(column.formerNames());
            names.put(column.number(), all);
        }
        return names;
    }

    /** By which a change from any time may call a column of this table. */
    public List<String> everyName() {
        List<String> names = new ArrayList<>(droppedNames);
        for (FormColumn column : columns) {
            names.add(column.name());
            names.addAll(column.formerNames());
        }
        return names;
    }

    public List<String> partitionsSince(TableForm before) {
        return partitions.stream()
                .filter(partition -> !before.partitions().contains(partition))
                .collect(Collectors.toList());
    }

    public boolean lostPartitionsSince(TableForm before) {
        return !partitions.containsAll(before.partitions());
    }

    public String text() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    static TableForm parse(String text) {
        try {
            return JSON.readValue(text, TableForm.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "The ledger at the target (understudy.mirrored_table) was written by another version of Understudy.",
                    e);
        }
    }
}
