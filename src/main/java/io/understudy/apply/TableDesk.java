package io.understudy.apply;

import io.understudy.apply.Step.Statement;
import io.understudy.ledger.TableEntry;
import io.understudy.ledger.TableLedger;
import io.understudy.ledger.TableState;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.TableId;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.jboss.logging.Logger;

/**
 * Moves tables from state to state between two batches: takes the orders of whoever looks after the tables, writes what
 * waits for those that go on, and lets those stream that have caught up. Everything but {@link #order} belongs to the
 * applying thread.
 *
 * <p>A crash at any point leaves the ledger, what is set aside and the rows as of one target transaction, and the next
 * start goes on from there: a table that was copying is copied again, one that was catching up goes on with the oldest
 * that still waits.
 */
final class TableDesk {

    private static final Logger LOG = Logger.getLogger(TableDesk.class);

    /** Several batches: a table that catches up must be faster than the stream that adds to what waits for it. */
    private static final int BATCHES = 4;

    private record Ordered(List<TableOrder> orders, CompletableFuture<Void> done) {}

    private final TableBook book;
    private final RowWriter writer;
    private final String mirror;
    private final long waitingBytes;
    private final BlockingQueue<Ordered> inbox;
    private final Map<TableId, TableOrder.WriteUpTo> refreshing = new HashMap<>();

    TableDesk(TableBook book, RowWriter writer, String mirror, long batchBytes, Inbox inbox) {
        this.book = book;
        this.writer = writer;
        this.mirror = mirror;
        this.waitingBytes = batchBytes * BATCHES;
        this.inbox = inbox.orders;
    }

    /** Where orders wait while a batch is written. Belongs to the worker, which outlives its session. */
    static final class Inbox {
        private final BlockingQueue<Ordered> orders = new LinkedBlockingQueue<>();

        CompletableFuture<Void> put(List<TableOrder> ordered) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            orders.add(new Ordered(ordered, done));
            return done;
        }

        void close(Throwable cause) {
            for (Ordered left = orders.poll(); left != null; left = orders.poll()) {
                left.done().completeExceptionally(cause);
            }
        }
    }

    /** One round. No target transaction is open. @return whether more waits to be written */
    boolean attend(Lsn applied) {
        obeyAll();
        writer.guard().leaveForce();
        boolean more = false;
        for (TableEntry entry : book.in(TableState.CatchingUp.class)) {
            if (entry.asideChanges() > 0) {
                writer.writeWaiting(entry, waitingBytes, Optional.empty());
                more = true;
            } else if (!entry.copiedAt().orElseThrow().isAfter(applied)) {
                book.change(entry.in(new TableState.Streaming()));
                LOG.debugf("table=%s state=streaming", entry.table());
            }
        }
        for (TableOrder.WriteUpTo order : List.copyOf(refreshing.values())) {
            more |= writeUpTo(order, applied);
        }
        writer.saveStatesAlone();
        if (writer.guard().hasToEnter()) {
            writer.enterForce();
        }
        return more;
    }

    /** Not before everything up to the point was received: until then some of it may still come. */
    private boolean writeUpTo(TableOrder.WriteUpTo order, Lsn applied) {
        Optional<TableEntry> entry = refreshing(order.table(), order.ordered());
        if (entry.isPresent() && order.point().isAfter(applied)) {
            return false;
        }
        if (entry.isPresent() && writer.writeWaiting(entry.get(), waitingBytes, Optional.of(order.point()))) {
            return true;
        }
        refreshing.remove(order.table());
        order.written().complete(refreshing(order.table(), order.ordered()).isPresent());
        return false;
    }

    private Optional<TableEntry> refreshing(TableId table, Instant ordered) {
        return book.entry(table)
                .filter(entry -> entry.state() instanceof TableState.Refreshing
                        && entry.since().equals(ordered));
    }

    /** Whether a table waits for the position to pass the consistent point of its copy or refresh. */
    boolean waitsFor(Lsn position) {
        boolean refreshes =
                refreshing.values().stream().anyMatch(order -> order.point().isAfter(position));
        return refreshes
                || book.in(TableState.CatchingUp.class).stream()
                        .anyMatch(entry -> entry.copiedAt().orElseThrow().isAfter(position));
    }

    private void obeyAll() {
        for (Ordered ordered = inbox.poll(); ordered != null; ordered = inbox.poll()) {
            try {
                obey(ordered.orders());
                ordered.done().complete(null);
            } catch (RuntimeException e) {
                ordered.done().completeExceptionally(e);
                throw e;
            }
        }
    }

    private void obey(List<TableOrder> orders) {
        List<Statement> statements = new ArrayList<>();
        List<TableId> forgotten = new ArrayList<>();
        List<TableId> dropped = new ArrayList<>();
        for (TableOrder order : orders) {
            Optional<TableEntry> entry = book.entry(order.table());
            if (order instanceof TableOrder.Follow follow) {
                book.saw(follow.sight());
                entry.ifPresent(known -> followed(known, follow.sight()));
            } else if (order instanceof TableOrder.Pause pause) {
                // What has failed has lost changes: nothing but a copy may bring it back.
                entry.filter(known -> !(known.state() instanceof TableState.Failed))
                        .ifPresent(known -> book.change(known.in(new TableState.Paused(pause.cause(), pause.todo()))));
            } else if (order instanceof TableOrder.Fail fail) {
                entry.filter(known -> isBeingCopied(known, fail.ordered())).ifPresent(known -> {
                    book.change(known.withAside(0, 0).in(new TableState.Failed(fail.cause(), fail.todo())));
                    dropped.add(fail.table());
                });
            } else if (order instanceof TableOrder.Enter enter) {
                TableEntry next = enter.entry()
                        .withAside(
                                entry.map(TableEntry::asideChanges).orElse(0L),
                                entry.map(TableEntry::asideBytes).orElse(0L));
                book.change(next);
            } else if (order instanceof TableOrder.Copied copied) {
                entry.filter(known -> isBeingCopied(known, copied.ordered())).ifPresent(known -> {
                    book.saw(copied.sight());
                    book.change(known.withCopied(copied.rows(), copied.bytes())
                            .copiedAt(copied.consistentPoint())
                            .formed(copied.sight().form())
                            .masked(copied.sight().masks())
                            .filtered(copied.sight().table().filter())
                            .in(new TableState.CatchingUp()));
                    statements.add(writer.setAside().dropUpTo(copied.table(), copied.consistentPoint()));
                });
            } else if (order instanceof TableOrder.Note note) {
                entry.filter(known -> known.masks().equals(note.before()))
                        .ifPresent(known -> book.change(known.masked(note.masks())));
            } else if (order instanceof TableOrder.Refresh) {
                entry.filter(known -> known.state() instanceof TableState.Streaming
                                || known.state() instanceof TableState.CatchingUp)
                        .ifPresent(known -> book.change(known.in(new TableState.Refreshing())));
            } else if (order instanceof TableOrder.CannotRefresh cannot) {
                refreshing(cannot.table(), cannot.ordered())
                        .ifPresent(known ->
                                book.change(known.in(new TableState.Refreshing(cannot.cause(), cannot.todo()))));
            } else if (order instanceof TableOrder.WriteUpTo upTo) {
                refreshing.put(upTo.table(), upTo);
            } else if (order instanceof TableOrder.Refreshed refreshed) {
                refreshing(refreshed.table(), refreshed.ordered())
                        .ifPresent(known -> book.change(known.masked(refreshed(known, refreshed.masks()))
                                .in(new TableState.CatchingUp())));
            } else if (order instanceof TableOrder.Forget) {
                forgotten.add(order.table());
                statements.add(writer.guard().forget(order.table()));
            } else if (order instanceof TableOrder.Rename rename) {
                entry.ifPresent(known -> {
                    forgotten.add(known.table());
                    statements.add(writer.setAside().rename(known.table(), rename.to()));
                    statements.add(writer.guard().rename(known.table(), rename.to()));
                    statements.addAll(writer.renameDeliveries(known.table(), rename.to()));
                    book.change(known.named(rename.to()));
                });
            }
        }
        dropped.addAll(forgotten);
        if (!dropped.isEmpty()) {
            statements.add(writer.setAside().drop(dropped));
        }
        if (!forgotten.isEmpty()) {
            statements.add(new Statement(
                    null, TableLedger.FORGET, Tuple.from(TableLedger.naming(mirror, forgotten)), Statement.ANY));
        }
        if (statements.isEmpty()) {
            writer.saveStatesAlone();
        } else {
            writer.arrange(statements);
        }
        forgotten.forEach(book::forget);
        // The copy holds some of what was set aside; until it is counted again, the ledger says more than there is.
        for (TableOrder order : orders) {
            if (order instanceof TableOrder.Copied copied) {
                book.entry(copied.table()).ifPresent(this::countAgain);
            }
        }
    }

    private static Map<String, String> refreshed(TableEntry entry, Map<String, String> masks) {
        Map<String, String> all = new TreeMap<>(entry.masks());
        all.putAll(masks);
        return all;
    }

    private void countAgain(TableEntry entry) {
        SetAside.Total total = writer.waitingFor(entry.table());
        book.change(entry.withAside(total.changes(), total.bytes()));
    }

    /** A table that did something else since its copy began has not been set aside all the time. */
    private static boolean isBeingCopied(TableEntry entry, Instant ordered) {
        boolean copying = entry.state() instanceof TableState.Copying || entry.state() instanceof TableState.Waiting;
        return copying && entry.since().equals(ordered);
    }

    private void followed(TableEntry entry, Sight sight) {
        TableState next = entry.state() instanceof TableState.Paused ? resumed(entry) : entry.state();
        boolean known = entry.form().filter(sight.form()::equals).isPresent();
        if (!known || !next.equals(entry.state())) {
            book.change(entry.formed(sight.form()).in(next));
        }
    }

    /** One that was never copied begins with that. */
    private static TableState resumed(TableEntry entry) {
        return entry.copiedAt().isPresent() ? new TableState.CatchingUp() : new TableState.Waiting();
    }
}
