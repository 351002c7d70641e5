package io.understudy.cli;

/** What the shell gets. A thing that could not be completed is never reported as fine. */
final class ExitCode {

    static final int FINE = 0;
    /** Differences, findings: the command did its work and has something to say. */
    static final int FOUND = 1;
    /** Wrong usage or configuration; nothing was changed. */
    static final int WRONG = 2;

    static final int NOT_COMPLETED = 3;

    private ExitCode() {}
}
