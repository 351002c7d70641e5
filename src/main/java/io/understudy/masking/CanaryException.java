package io.understudy.masking;

import io.understudy.postgres.TableId;

/** A value that must never be seen outside production was about to leave. It did not. */
public final class CanaryException extends RuntimeException {

    private final transient TableId table;

    public CanaryException(TableId table, int canary) {
        super("A row of " + table + " holds number " + canary + " of understudy.masking.canaries after it was masked. "
                + "It was kept back");
        this.table = table;
    }

    public TableId table() {
        return table;
    }

    public String remedy() {
        return "Give the column that holds it a rule in understudy.masking.rules and start again; ./understudy masks suggest "
                + table + " may know which.";
    }
}
