package io.understudy.apply;

import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.TableId;
import io.understudy.rules.Choice;
import io.understudy.rules.Policy;
import io.understudy.rules.Rule;

/** What somebody can do about a table that the target refused to write. */
final class Remedy {

    private static final String GOES_ON = " The table goes on by itself.";

    private Remedy() {}

    static String ofOrphans(Rule rule) {
        return "Have " + rule.constraint().referenced().orElseThrow()
                + " mirrored too, mend the rows at the source, or set " + rule.setting(Policy.KEEP)
                + " (or null, or quarantine) and start again." + GOES_ON;
    }

    static String of(TableId table, PostgresFailure failure) {
        if (failure.isLocked()) {
            return "Somebody holds a lock on it at the target: select pid, state, query from pg_stat_activity where pid = "
                    + "any(select pid from pg_locks where relation = '" + table.sql() + "'::regclass)." + GOES_ON;
        }
        return switch (failure.sqlState()) {
            case "23505", "23P01" ->
                "A row of staging's own is in the way: remove it there, or copy the table again: ./understudy resync "
                        + table + "." + GOES_ON;
            case "23502", "23514", "23503" ->
                "Production holds a row that this rule of the target forbids: drop the rule there, or mend the row at the source "
                        + "and copy the table again: ./understudy resync " + table + Choice.insteadOf(table, failure)
                        + "."
                        + GOES_ON;
            default ->
                switch (failure.kind()) {
                    case CONSTRAINT, SCHEMA ->
                        "Run the source's migrations at the target: ./understudy plan shows what differs." + GOES_ON;
                    case PRIVILEGE ->
                        "At the target run: grant select, insert, update, delete, truncate on " + table.sql() + " to "
                                + "the role of understudy.target.url." + GOES_ON;
                    default -> "Mend it at the target." + GOES_ON;
                };
        };
    }
}
