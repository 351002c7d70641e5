package io.understudy.postgres;

/** Another process has taken over this mirror. Nothing of the refused transaction was written. */
public final class FencedException extends RuntimeException {
    /** SQLSTATE of the division by zero with which {@code Checkpoint} stops a transaction. */
    public static final String SQL_STATE = "22012";

    public FencedException(String mirror) {
        super("Another process has taken over the mirror \"" + mirror
                + "\" while this one was writing. Nothing was written.");
    }
}
