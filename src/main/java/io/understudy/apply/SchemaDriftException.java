package io.understudy.apply;

import io.understudy.postgres.Sql;
import io.understudy.postgres.TableId;
import java.util.Optional;

/** The source sends what the target has no place for. Nothing was written; it is sent again until there is a place. */
public final class SchemaDriftException extends RuntimeException {

    SchemaDriftException(TableId table, String column, Optional<String> type) {
        super("The source's " + table + " has a column " + column + " that the target's has not. Nothing was written. "
                + "At the target run: alter table " + table.sql() + " add column " + Sql.name(column) + " "
                + type.orElse("<type as at the source>") + ". Then the mirror goes on by itself.");
    }
}
