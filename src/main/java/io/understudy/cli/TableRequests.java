package io.understudy.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.understudy.ledger.TableEntry;
import io.understudy.ledger.TableLedger;
import io.understudy.ledger.TableState;
import io.understudy.mirror.ControlTable;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TableSelection;
import io.understudy.postgres.TargetDatabase;
import io.understudy.status.StatusReport;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;

/** What a command asks of the running service for some tables, and the wait until it is done, which is told as it goes. */
final class TableRequests {

    private static final long LOOK_MILLIS = 500;
    private static final int LOOKS_PER_WORD = 4;
    /** A table that waited before goes on within this, if what was asked is what it waited for. */
    private static final int LOOKS_OF_PATIENCE = 60;

    private final TableLedger ledger;
    private final ControlTable control;
    private final BooleanSupplier running;
    private final PrintWriter out;

    /** @param running whether the service is there to do it */
    TableRequests(TableLedger ledger, ControlTable control, BooleanSupplier running, PrintWriter out) {
        this.ledger = ledger;
        this.control = control;
        this.running = running;
        this.out = out;
    }

    /** Whether the service was heard of in the last seconds. */
    static BooleanSupplier running(TargetDatabase target, ObjectMapper json, String mirror) {
        return () -> StatusReport.read(target.client(), json, mirror)
                .filter(StatusReport::running)
                .isPresent();
    }

    /** It is asked, and that is kept. */
    static int later(PrintWriter out) {
        out.println("The mirror does not run; it does this when it is started: ./understudy run");
        out.flush();
        return ExitCode.FINE;
    }

    /**
     * @param patterns none for all
     * @throws CommandLine.ParameterException when a pattern matches no mirrored table
     */
    static Map<TableId, TableEntry> chosen(List<TableEntry> all, Collection<String> patterns, CommandLine commandLine) {
        Map<TableId, TableEntry> chosen = new LinkedHashMap<>();
        List<String> unmatched = new ArrayList<>();
        if (patterns.isEmpty()) {
            all.forEach(entry -> chosen.put(entry.table(), entry));
        }
        for (String pattern : patterns) {
            List<TableEntry> matching = all.stream()
                    .filter(entry -> TableSelection.matches(pattern, entry.table()))
                    .toList();
            if (matching.isEmpty()) {
                unmatched.add(pattern);
            }
            matching.forEach(entry -> chosen.put(entry.table(), entry));
        }
        if (!unmatched.isEmpty()) {
            throw new CommandLine.ParameterException(
                    commandLine,
                    "No mirrored table is called " + String.join(", ", unmatched)
                            + ". They are listed by: ./understudy status");
        }
        return chosen;
    }

    /** Ends well when every table streams from its new copy. */
    int awaitCopied(Map<TableId, TableEntry> before) throws InterruptedException {
        return await(before, false);
    }

    /** Ends well when every table streams, and no value in it is of a former rule. */
    int awaitRefreshed(Map<TableId, TableEntry> before) throws InterruptedException {
        return await(before, true);
    }

    private int await(Map<TableId, TableEntry> before, boolean columns) throws InterruptedException {
        Map<TableId, TableEntry> open = new LinkedHashMap<>(before);
        int exitCode = ExitCode.FINE;
        for (int looks = 1; !open.isEmpty(); looks++) {
            Thread.sleep(LOOK_MILLIS);
            // Before the ledger: what closes a request stands there first.
            List<TableId> asked = columns ? control.openRefreshes() : List.of();
            for (TableEntry now : ledger.load()) {
                TableEntry then = open.get(now.table());
                if (then == null) {
                    continue;
                }
                boolean copied = !now.copiedAt().equals(then.copiedAt());
                boolean done =
                        columns ? !asked.contains(now.table()) && now.stale().isEmpty() : copied;
                boolean stuck = now.state().reason().isPresent()
                        && (now.since().isAfter(then.since()) || looks > LOOKS_OF_PATIENCE);
                if (done && now.state() instanceof TableState.Streaming) {
                    out.println(now.table() + ": "
                            + (copied
                                    ? "copied again, " + Quantity.count(now.rowsCopied()) + " rows; streaming"
                                    : "refreshed; streaming"));
                    open.remove(now.table());
                } else if (stuck) {
                    out.println(now.table() + ": " + now.state().word() + ": "
                            + now.state().reason().get());
                    now.state().remedy().ifPresent(remedy -> out.println("  " + remedy));
                    open.remove(now.table());
                    exitCode = ExitCode.FOUND;
                } else if (looks % LOOKS_PER_WORD == 0) {
                    boolean begun = !columns || !(now.state() instanceof TableState.Streaming);
                    out.println(now.table() + ": " + progress(now) + (begun ? "" : ", not refreshed yet"));
                }
            }
            out.flush();
            if (!open.isEmpty() && looks % LOOKS_PER_WORD == 0 && !running.getAsBoolean()) {
                later(out);
                return ExitCode.NOT_COMPLETED;
            }
        }
        return exitCode;
    }

    private static String progress(TableEntry now) {
        boolean copies = now.state() instanceof TableState.Waiting || now.state() instanceof TableState.Copying;
        return now.state().word()
                + (copies
                        ? ", " + Quantity.count(now.rowsCopied()) + " rows"
                                + (now.rowsEstimated() > 0 ? " of about " + Quantity.count(now.rowsEstimated()) : "")
                        : now.asideChanges() == 0 ? "" : ", " + Quantity.count(now.asideChanges()) + " changes wait");
    }
}
