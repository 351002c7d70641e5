package io.understudy.drift;

import io.understudy.postgres.TableId;
import java.util.Optional;

/**
 * One thing that differs, as an operator is told it.
 *
 * @param name with its schema and table; of a history entry, tool, table and version
 * @param source how the source has it, in short; empty when it does not
 * @param mirrored it is a mirrored table's, or a type that one uses
 * @param mayPause it can keep rows from being written, so that its table waits
 * @param contained differences that go with this one: the columns of a missing table, for instance
 */
public record Difference(
        DriftClass type,
        Kind kind,
        String name,
        Optional<TableId> table,
        Optional<String> source,
        Optional<String> target,
        String why,
        boolean mirrored,
        boolean mayPause,
        String remedy,
        int contained) {}
