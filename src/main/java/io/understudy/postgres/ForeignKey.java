package io.understudy.postgres;

import java.util.List;

/** A foreign key: {@code columns} of {@code table} refer to {@code referencedColumns} of {@code referenced}, in this order. */
public record ForeignKey(
        String name,
        TableId table,
        List<String> columns,
        TableId referenced,
        List<String> referencedColumns,
        boolean validated) {}
