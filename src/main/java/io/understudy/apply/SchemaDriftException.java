package io.understudy.apply;

import io.understudy.postgres.Sql;
import io.understudy.postgres.TableId;
import java.util.List;
import java.util.Optional;

/** The source sends what the target has no place for. Nothing of it was written. */
final class SchemaDriftException extends RuntimeException {

    private final transient TableId table;
    private final String remedy;

    private SchemaDriftException(TableId table, String what, String remedy) {
        super(what);
        this.table = table;
        this.remedy = remedy;
    }

    SchemaDriftException(TableId table, String column, Optional<String> type) {
        this(
                table,
                "The source's " + table + " has a column " + column + " that the target's has not.",
                "Run the same migration at the target, with its default if it has one: alter table " + table.sql()
                        + " add column " + Sql.name(column) + " " + type.orElse("<type as at the source>")
                        + ". Then the table goes on by itself.");
    }

    SchemaDriftException(TableId table, List<String> key) {
        this(
                table,
                "The source's log no longer carries "
                        + (key.isEmpty()
                                ? "whole old rows of " + table
                                : "the key of " + table + " (" + String.join(", ", key) + ")")
                        + ": its primary key or replica identity has changed.",
                "Give staging the same key, then copy the table again: ./understudy resync " + table);
    }

    TableId table() {
        return table;
    }

    String remedy() {
        return remedy;
    }
}
