package io.understudy.apply;

import io.understudy.postgres.Lsn;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.Session;
import io.understudy.stream.Change;
import io.understudy.stream.ChangeTransport;
import io.understudy.stream.TransactionPart;
import io.understudy.stream.TransactionPart.Commit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Receives transactions and brings them to the target in the source's commit order.
 *
 * <p>Whole transactions are grouped into one target transaction until there is nothing more to receive or the batch is full. A
 * transaction too large for a batch is written part by part into one target transaction of its own: nobody ever sees half of it.
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

    private final PostgresClient target;
    private final ChangeTransport transport;
    private final Checkpoint checkpoint;
    private final List<MirroredTable> tables;
    private final ApplySettings settings;
    private final Consumer<Lsn> acknowledge;

    private List<Change> batch = new ArrayList<>();
    private long batchWeight;
    private int batchTransactions;
    private Commit batchEnd;
    private long taken;
    /** Changes of a large transaction that were written and not committed; -1 when there is none. */
    private int openChanges = -1;

    private volatile Lsn applied;
    private volatile Instant lastAppliedAt;
    private volatile long changes;
    private volatile long transactions;
    private volatile long missingRows;
    private volatile long settled;
    private volatile boolean stopping;

    public ApplyWorker(
            PostgresClient target,
            ChangeTransport transport,
            Checkpoint checkpoint,
            Lsn applied,
            List<MirroredTable> tables,
            ApplySettings settings,
            Consumer<Lsn> acknowledge) {
        this.target = target;
        this.transport = transport;
        this.checkpoint = checkpoint;
        this.applied = applied;
        this.tables = tables;
        this.settings = settings;
        this.acknowledge = acknowledge;
    }

    /** Runs until it is stopped or cannot go on. Everything that was received whole has then been applied. */
    public void run() throws InterruptedException {
        try (Session session = target.session()) {
            RowWriter writer = new RowWriter(session, checkpoint, tables);
            try {
                while (!stopping) {
                    Optional<TransactionPart> part = transport.receive(batchEnd == null ? PATIENCE : Duration.ZERO);
                    if (part.isPresent()) {
                        taken++;
                        take(part.get(), writer);
                    } else {
                        writeBatch(writer);
                    }
                }
                writeBatch(writer);
            } finally {
                if (openChanges >= 0) {
                    writer.rollback();
                }
            }
        }
    }

    private void take(TransactionPart part, RowWriter writer) {
        if (openChanges >= 0 || part.commit().isEmpty()) {
            takeOfLarge(part, writer);
            return;
        }
        Commit commit = part.commit().get();
        if (!commit.lsn().isAfter(batchEnd == null ? applied : batchEnd.lsn())) {
            settleIfNothingIsOpen();
            LOG.debugf("a transaction that is already applied was sent again and dropped lsn=%s", commit.lsn());
            return;
        }
        batch.addAll(part.changes());
        batchWeight += part.weight();
        batchTransactions++;
        batchEnd = commit;
        if (batch.size() >= settings.batchChanges() || batchWeight >= settings.batchBytes()) {
            writeBatch(writer);
        }
    }

    private void writeBatch(RowWriter writer) {
        if (batchEnd == null) {
            return;
        }
        writer.write(batch, batchTransactions, batchEnd);
        committed(batchEnd, batchTransactions, batch.size(), writer);
        batch = new ArrayList<>();
        batchWeight = 0;
        batchTransactions = 0;
        batchEnd = null;
    }

    private void takeOfLarge(TransactionPart part, RowWriter writer) {
        if (openChanges < 0) {
            writeBatch(writer);
            writer.begin();
            openChanges = 0;
        }
        writer.writePart(part.changes());
        openChanges += part.changes().size();
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
                settleIfNothingIsOpen();
            }
        }
    }

    private void settleIfNothingIsOpen() {
        if (batchEnd == null && openChanges < 0) {
            settled = taken;
        }
    }

    private void committed(Commit commit, int transactionCount, int changeCount, RowWriter writer) {
        applied = commit.lsn();
        lastAppliedAt = Instant.now();
        transactions += transactionCount;
        changes += changeCount;
        missingRows = writer.missingRows();
        settled = taken;
        acknowledge.accept(commit.lsn());
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

    /** Since this worker started. */
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
