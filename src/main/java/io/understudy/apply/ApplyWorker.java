package io.understudy.apply;

import io.understudy.ledger.TableEntry;
import io.understudy.outbound.OutboundSettings;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.Session;
import io.understudy.rules.Rule;
import io.understudy.rules.Rules;
import io.understudy.stream.ChangeCapture;
import io.understudy.stream.ChangeTransport;
import io.understudy.stream.TransactionPart;
import io.understudy.stream.TransactionPart.Commit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;

/**
 * Receives transactions and brings them to the target in the source's commit order.
 *
 * <p>Whole transactions are grouped into one target transaction until there is nothing more to receive or the batch is
 * full. A transaction too large for a batch is written part by part into one target transaction of its own: nobody ever
 * sees half of it.
 *
 * <p>The crash windows:
 * <ul>
 *   <li>before the target's commit: the target rolls back rows and checkpoint together; the slot sends the same again.
 *   <li>after the target's commit, before the acknowledgement: the next start moves the slot to the checkpoint first; what the
 *       slot sends all the same is at or before the checkpoint and is dropped here.
 *   <li>the answer to the commit is lost: the next start reads the checkpoint and knows.
 * </ul>
 */
public final class ApplyWorker {

    private static final Logger LOG = Logger.getLogger(ApplyWorker.class);

    /** How long it waits for something to do before it looks whether it should stop. */
    private static final Duration PATIENCE = Duration.ofMillis(200);

    /** An idle checkpoint follows the source's log this often, or when it is this far behind. */
    private static final Duration FOLLOW_PERIOD = Duration.ofSeconds(10);

    private static final long FOLLOW_BYTES = 16 << 20;

    /** How soon a new row of sync_config comes into force. */
    private static final Duration LOAD_PERIOD = Duration.ofSeconds(1);

    /** Who wrote a full batch no longer ago has the next one waiting. */
    private static final Duration BUSY = Duration.ofSeconds(1);

    private final PostgresClient target;
    private final ChangeTransport transport;
    private final Checkpoint checkpoint;
    private final TableBook book;
    private final TableDesk.Inbox inbox = new TableDesk.Inbox();
    private final AtomicReference<List<Rule>> rules = new AtomicReference<>(List.of());
    private final ApplySettings settings;
    private final OutboundSettings outbound;
    private final ChangeCapture capture;

    private List<Whole> batch = new ArrayList<>();
    private int batchChanges;
    private long batchWeight;
    private long taken;
    private Instant followedAt = Instant.now();
    private Instant deliveriesLoadedAt = Instant.EPOCH;
    /** Changes of a large transaction that were written and not committed; -1 when there is none. */
    private int openChanges = -1;

    private volatile Lsn applied;
    private volatile Instant lastAppliedAt;
    private volatile long changes;
    private volatile long transactions;
    private volatile long missingRows;
    private volatile long settled;
    private volatile boolean stopping;
    /** Of the clock {@link System#nanoTime}: when a batch was last written because it was full. */
    private volatile long fullAt = System.nanoTime() - BUSY.toNanos();

    /**
     * @param entries the ledger
     * @param sights of the tables that exist on both sides
     */
    public ApplyWorker(
            PostgresClient target,
            ChangeTransport transport,
            Checkpoint checkpoint,
            Checkpoint.State start,
            Collection<TableEntry> entries,
            Collection<Sight> sights,
            ApplySettings settings,
            OutboundSettings outbound,
            ChangeCapture capture) {
        this.target = target;
        this.transport = transport;
        this.checkpoint = checkpoint;
        this.applied = start.applied();
        this.transactions = start.transactions();
        this.changes = start.changes();
        this.book = new TableBook(entries, sights, settings.asideBytes());
        this.settings = settings;
        this.outbound = outbound;
        this.capture = capture;
    }

    /** Runs until it is stopped or cannot go on. Everything that was received whole has then been applied. */
    public void run() throws InterruptedException {
        try (Session session = target.session()) {
            RowWriter writer = new RowWriter(session, checkpoint, checkpoint.mirror(), book, outbound);
            TableDesk desk = new TableDesk(book, writer, checkpoint.mirror(), settings.batchBytes(), inbox);
            try {
                writer.loadRules();
                loadDeliveries(writer);
                heed(writer);
                boolean moreWaits = desk.attend(applied);
                while (!stopping) {
                    boolean hurry = !batch.isEmpty() || moreWaits;
                    Optional<TransactionPart> part = transport.receive(hurry ? Duration.ZERO : PATIENCE);
                    if (part.isPresent()) {
                        take(part.get(), writer);
                        taken++;
                    } else {
                        writeBatch(writer);
                        settleIfNothingIsOpen();
                        followDrained(writer, desk);
                    }
                    settleIfNothingIsOpen();
                    if (batch.isEmpty() && openChanges < 0) {
                        loadDeliveries(writer);
                        heed(writer);
                        moreWaits = desk.attend(applied);
                    }
                }
                writeBatch(writer);
            } finally {
                if (openChanges >= 0) {
                    writer.rollback();
                }
            }
        } finally {
            stopping = true;
            inbox.close(new StreamEndedException());
        }
    }

    /** From another thread: between two batches, all in one transaction. Fails when the stream ends first. */
    public CompletableFuture<Void> order(List<TableOrder> orders) {
        CompletableFuture<Void> done = inbox.put(orders);
        if (stopping) {
            inbox.close(new StreamEndedException());
        }
        return done;
    }

    /** From any thread: what has to be looked after from the next batch on. */
    public void heed(Rules next) {
        rules.set(next.enforced());
    }

    /** Between two batches: which changes are to be delivered is decided from any terminal. */
    private void loadDeliveries(RowWriter writer) {
        Instant now = Instant.now();
        if (deliveriesLoadedAt.plus(LOAD_PERIOD).isBefore(now)) {
            writer.loadDeliveries(applied);
            deliveriesLoadedAt = now;
        }
    }

    private void heed(RowWriter writer) {
        List<Rule> next = rules.getAndSet(null);
        if (next != null) {
            writer.guard().heed(next);
        }
    }

    private void take(TransactionPart part, RowWriter writer) {
        if (openChanges >= 0 || part.commit().isEmpty()) {
            takeOfLarge(part, writer);
            return;
        }
        Commit commit = part.commit().get();
        Lsn last =
                batch.isEmpty() ? applied : batch.get(batch.size() - 1).commit().lsn();
        if (!commit.lsn().isAfter(last)) {
            LOG.debugf("a transaction that is already applied was sent again and dropped lsn=%s", commit.lsn());
            return;
        }
        batch.add(new Whole(part.changes(), commit));
        batchChanges += part.changes().size();
        batchWeight += part.weight();
        if (batchChanges >= settings.batchChanges() || batchWeight >= settings.batchBytes()) {
            writeBatch(writer);
            fullAt = System.nanoTime();
        }
    }

    private void writeBatch(RowWriter writer) {
        if (batch.isEmpty()) {
            return;
        }
        writer.write(batch);
        committed(batch.get(batch.size() - 1).commit(), batch.size(), batchChanges, writer);
        batch = new ArrayList<>();
        batchChanges = 0;
        batchWeight = 0;
    }

    /**
     * Moves the checkpoint, and after it the slot, over log that holds nothing for this mirror. Otherwise a source that
     * is busy elsewhere would keep all of it for a mirror that has nothing to do. What was drained is read first:
     * whatever was published by then is settled if everything is.
     */
    private void followDrained(RowWriter writer, TableDesk desk) {
        Lsn drained = capture.drained();
        boolean worthIt = drained.bytesSince(applied) >= FOLLOW_BYTES
                || drained.isAfter(applied)
                        && (followedAt.plus(FOLLOW_PERIOD).isBefore(Instant.now()) || desk.waitsFor(applied));
        if (worthIt && openChanges < 0 && isIdle()) {
            writer.movePosition(drained);
            applied = drained;
            followedAt = Instant.now();
            capture.acknowledge(drained);
        }
    }

    private void takeOfLarge(TransactionPart part, RowWriter writer) {
        if (openChanges < 0) {
            writeBatch(writer);
            writer.begin();
            openChanges = 0;
        }
        writer.writePart(part.changes(), openChanges);
        openChanges += part.changes().size();
        fullAt = System.nanoTime();
        if (part.commit().isPresent()) {
            Commit commit = part.commit().get();
            int written = openChanges;
            if (commit.lsn().isAfter(applied)) {
                writer.commit(commit, 1, written);
                openChanges = -1;
                committed(commit, 1, written, writer);
            } else {
                writer.rollback();
                openChanges = -1;
            }
        }
    }

    /** Only here, after a part was taken as a whole: a part of an open transaction is not settled by the one before it. */
    private void settleIfNothingIsOpen() {
        if (batch.isEmpty() && openChanges < 0) {
            settled = taken;
        }
    }

    private void committed(Commit commit, int transactionCount, int changeCount, RowWriter writer) {
        applied = commit.lsn();
        lastAppliedAt = Instant.now();
        transactions += transactionCount;
        changes += changeCount;
        missingRows = writer.missingRows();
        capture.acknowledge(commit.lsn());
    }

    /** From any thread: whether there is more to write than it can at the moment. */
    public boolean isBusy() {
        return !stopping && System.nanoTime() - fullAt < BUSY.toNanos();
    }

    /** From another thread: ends after the batch it is at. */
    public void stop() {
        stopping = true;
    }

    public Lsn applied() {
        return applied;
    }

    public Optional<Instant> lastAppliedAt() {
        return Optional.ofNullable(lastAppliedAt);
    }

    /** The tables as they are now. */
    public List<TableEntry> tables() {
        return book.published();
    }

    /** Since the snapshot. */
    public long changes() {
        return changes;
    }

    public long transactions() {
        return transactions;
    }

    public long missingRows() {
        return missingRows;
    }

    /** Whether everything that was captured is durable at the target. */
    public boolean isIdle() {
        return settled == transport.published();
    }
}
