package io.understudy.preflight;

/**
 * One thing that is not as it should be.
 *
 * @param what a sentence that says where and what
 * @param remedy what to do, as a statement or setting that can be typed
 */
public record Finding(Severity severity, String what, String remedy) {

    public enum Severity {
        BLOCKING,
        WARNING
    }

    static Finding blocking(String what, String remedy) {
        return new Finding(Severity.BLOCKING, what, remedy);
    }

    static Finding warning(String what, String remedy) {
        return new Finding(Severity.WARNING, what, remedy);
    }

    public boolean isBlocking() {
        return severity == Severity.BLOCKING;
    }
}
