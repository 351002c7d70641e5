package io.understudy.snapshot;

import io.understudy.ledger.TableEntry;
import io.understudy.ledger.TableLedger;
import io.understudy.ledger.TableState;
import io.understudy.postgres.CopyOrder;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.TableId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** A copy while it runs: what each table was estimated to hold, what was copied of it, which tables failed. */
public final class SnapshotProgress {

    private static final class Line {
        private final LongAdder rows = new LongAdder();
        private final LongAdder bytes = new LongAdder();
        private final AtomicInteger chunksLeft = new AtomicInteger();
        private volatile TableEntry entry;

        Line(TableEntry entry) {
            this.entry = entry;
        }

        synchronized void enter(TableState next) {
            if (!(entry.state() instanceof TableState.Failed)) {
                entry = entry.in(next);
            }
        }

        TableEntry now() {
            return entry.withCopied(rows.sum(), bytes.sum());
        }
    }

    private final TableLedger ledger;
    private final Map<TableId, Line> lines = new LinkedHashMap<>();

    public SnapshotProgress(TableLedger ledger, Collection<TableEntry> entries) {
        this.ledger = ledger;
        entries.forEach(entry -> lines.put(entry.table(), new Line(entry)));
    }

    /** Tables that are new to the mirror, in the order in which they are copied. */
    public static List<TableEntry> waiting(Collection<MirroredTable> tables, CopyOrder order) {
        Map<TableId, MirroredTable> byId = new LinkedHashMap<>();
        tables.forEach(table -> byId.put(table.id(), table));
        List<TableEntry> entries = new ArrayList<>();
        for (int layer = 0; layer < order.layers().size(); layer++) {
            for (TableId id : order.layers().get(layer)) {
                MirroredTable table = byId.get(id);
                if (table != null) {
                    entries.add(TableEntry.waiting(table.source(), layer));
                }
            }
        }
        return entries;
    }

    void expect(Chunk chunk) {
        line(chunk.table().id()).chunksLeft.incrementAndGet();
    }

    void started(Chunk chunk) {
        line(chunk.table().id()).enter(new TableState.Copying());
    }

    void copied(Chunk chunk, long rows, long bytes) {
        Line line = line(chunk.table().id());
        line.rows.add(rows);
        line.bytes.add(bytes);
    }

    /** @return whether this was the last chunk of its table */
    boolean finished(Chunk chunk) {
        return line(chunk.table().id()).chunksLeft.decrementAndGet() == 0;
    }

    void finishedTable(TableId table) {
        line(table).enter(new TableState.CatchingUp());
    }

    /** The others are copied all the same. */
    void failed(TableId table, String cause, String todo) {
        line(table).enter(new TableState.Failed(cause, todo));
    }

    boolean hasFailed(TableId table) {
        return line(table).entry.state() instanceof TableState.Failed;
    }

    private Line line(TableId table) {
        return lines.get(table);
    }

    public List<TableEntry> entries() {
        return lines.values().stream().map(Line::now).toList();
    }

    /** For the log: {@code tables=3 of 12 rows=1200000 bytes=104857600 of about 209715200}. */
    String summary() {
        List<TableEntry> entries = entries();
        return "tables="
                + entries.stream()
                        .filter(entry -> entry.state() instanceof TableState.CatchingUp)
                        .count()
                + " of " + entries.size()
                + " rows=" + entries.stream().mapToLong(TableEntry::rowsCopied).sum()
                + " bytes="
                + entries.stream().mapToLong(TableEntry::bytesCopied).sum()
                + " of about "
                + entries.stream().mapToLong(TableEntry::bytesEstimated).sum();
    }

    /**
     * Writes what is counted to the ledger. A table that is copied stays "copying" there until whoever ordered the copy
     * has made it part of the stream: a crash in between means to copy again.
     */
    void save() {
        ledger.saveProgress(entries().stream()
                .map(entry -> entry.state() instanceof TableState.Waiting ? entry : entry.in(new TableState.Copying()))
                .toList());
    }
}
