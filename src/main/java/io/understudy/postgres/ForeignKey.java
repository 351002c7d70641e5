package io.understudy.postgres;

import java.util.List;

/** A foreign key: {@code columns} of {@code table} refer to {@code referenced}. */
public record ForeignKey(String name, TableId table, List<String> columns, TableId referenced, boolean validated) {}
