package io.understudy.apply;

import io.understudy.postgres.Sql;
import io.understudy.postgres.TableId;
import java.util.List;
import java.util.Optional;

/** The source sends what the target has no place for. Nothing was written; it is sent again until there is a place. */
public final class SchemaDriftException extends RuntimeException {

    SchemaDriftException(TableId table, String column, Optional<String> type) {
        super("The source's " + table + " has a column " + column + " that the target's has not. Nothing was written. "
                + "Run the same migration at the target, with its default if it has one: alter table " + table.sql()
                + " add column " + Sql.name(column) + " "
                + type.orElse("<type as at the source>") + ". Then the mirror goes on by itself.");
    }

    SchemaDriftException(TableId table, List<String> key) {
        super("The source's log no longer carries "
                + (key.isEmpty()
                        ? "whole old rows of " + table
                        : "the key of " + table + " (" + String.join(", ", key) + ")")
                + ": its primary key or replica identity has changed. Nothing was written. Give staging the same key and copy"
                + " again with: ./understudy run --snapshot");
    }
}
