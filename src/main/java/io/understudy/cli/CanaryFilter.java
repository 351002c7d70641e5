package io.understudy.cli;

import io.understudy.masking.Canaries;
import java.util.logging.Filter;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtFormatter;
import org.jboss.logmanager.formatters.PatternFormatter;

/**
 * Keeps log lines back that hold a canary, whoever wrote them. No line of ours holds a value of a row; this is for what
 * nobody thought of.
 */
final class CanaryFilter implements Filter {

    private static final org.jboss.logging.Logger LOG = org.jboss.logging.Logger.getLogger(CanaryFilter.class);

    /** Fills the parameters in, however the line was written. */
    private static final ExtFormatter MESSAGE = new PatternFormatter("%s");

    private final Canaries canaries;

    private CanaryFilter(Canaries canaries) {
        this.canaries = canaries;
    }

    /** From here on, for every handler that there is. */
    static void install(Canaries canaries) {
        if (!canaries.isNothing()) {
            for (Handler handler : Logger.getLogger("").getHandlers()) {
                handler.setFilter(new CanaryFilter(canaries));
            }
        }
    }

    @Override
    public boolean isLoggable(LogRecord line) {
        int canary = canary(line);
        if (canary > 0) {
            LOG.errorf(
                    "a line of %s was kept back: it holds number %d of understudy.masking.canaries",
                    line.getLoggerName(), canary);
        }
        return canary == 0;
    }

    private int canary(LogRecord line) {
        int canary = canaries.in(MESSAGE.formatMessage(line));
        for (Throwable thrown = line.getThrown(); thrown != null && canary == 0; thrown = thrown.getCause()) {
            canary = canaries.in(thrown.getMessage());
        }
        return canary;
    }
}
