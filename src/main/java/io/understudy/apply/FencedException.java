package io.understudy.apply;

/** Another process has taken over this mirror. Nothing of the refused transaction was written. */
public final class FencedException extends RuntimeException {
    public FencedException(String mirror) {
        super("Another process has taken over the mirror \"" + mirror
                + "\" while this one was writing. Nothing was written.");
    }
}
