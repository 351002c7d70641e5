package io.understudy.stream;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import io.understudy.masking.PolicyInForce;
import io.understudy.postgres.DatabaseUrl;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.SessionSettings;
import io.understudy.postgres.SourceDatabase;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jboss.logging.Logger;

/**
 * Captures with Debezium's embedded engine, from the slot's confirmed position on.
 *
 * <p>Debezium keeps no position of its own: it starts with an empty offset store every time and so takes what the slot
 * sends. The code that resumes from stored offsets is never entered; it has lost transactions that were open at a
 * restart (debezium/dbz#51, #76). For the same reason it never retries by itself: an engine that fails is thrown away
 * with everything in it.
 *
 * <p>The slot moves only to the ends of transactions that were acknowledged. Acknowledgements reach it with the
 * engine's next delivery, and a heartbeat makes sure that there is one.
 */
public final class DebeziumCapture implements ChangeCapture {

    private static final Logger LOG = Logger.getLogger(DebeziumCapture.class);

    /** On its way through socket and decoder a change may take a moment longer than the sender's own note of it. */
    private static final Duration TRAVEL = Duration.ofMillis(300);

    private static final Duration CLOSE_CHECK = Duration.ofSeconds(1);

    /** How long the end of a blocked engine is waited for before its threads are abandoned. */
    private static final long CLOSE_SECONDS = 10;

    private record Reading(Instant at, Lsn sent) {}

    private record PendingCommit(Lsn lsn, RecordChangeEvent<SourceRecord> end) {}

    private final ChangeTransport transport;
    private final RecordDecoder decoder;
    private final Deque<PendingCommit> pending = new ArrayDeque<>();
    private final AtomicReference<Lsn> acknowledged = new AtomicReference<>(Lsn.ZERO);
    private final DebeziumEngine<RecordChangeEvent<SourceRecord>> engine;
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(task -> new Thread(task, "understudy-capture"));
    private final SourceDatabase database;
    /** How far the source's sender was, and when it was asked. */
    private volatile Reading sender = new Reading(Instant.MAX, Lsn.ZERO);

    private volatile Lsn drained = Lsn.ZERO;
    private volatile boolean closing;

    /**
     * @param masks what leaves is masked by these before it is published
     * @param filters rows that they leave out do not leave at all
     */
    public DebeziumCapture(
            SourceDatabase source, ChangeTransport transport, PolicyInForce masks, FiltersInForce filters) {
        this.decoder = new RecordDecoder(new Door(masks, new FilteredRows(filters, source.client()::session)));
        this.database = source;
        this.transport = transport;
        this.engine = DebeziumEngine.create(ChangeEventFormat.of(Connect.class))
                .using(properties(source.url(), source.slotName(), source.publicationName()))
                .using(getClass().getClassLoader())
                .using(this::ended)
                .notifying(this::deliver)
                .build();
    }

    private static Properties properties(DatabaseUrl source, String slot, String publication) {
        Properties properties = new Properties();
        properties.setProperty("name", slot);
        properties.setProperty("topic.prefix", slot);
        properties.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
        properties.setProperty("database.hostname", source.host());
        properties.setProperty("database.port", Integer.toString(source.port()));
        properties.setProperty("database.dbname", source.database());
        properties.setProperty("database.user", source.user());
        source.password().ifPresent(password -> properties.setProperty("database.password", password));
        properties.setProperty("database.sslmode", source.sslMode().text());
        source.sslRootCert().ifPresent(file -> properties.setProperty("database.sslrootcert", file));
        properties.setProperty("driver.options", new SessionSettings(slot, true).options());
        properties.setProperty("plugin.name", "pgoutput");
        properties.setProperty("slot.name", slot);
        properties.setProperty("publication.name", publication);
        properties.setProperty("publication.autocreate.mode", "disabled");

        properties.setProperty("snapshot.mode", "no_data");
        properties.setProperty("offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore");
        properties.setProperty("offset.flush.interval.ms", "0");
        properties.setProperty("errors.max.retries", "0");

        properties.setProperty("provide.transaction.metadata", "true");
        properties.setProperty("tombstones.on.delete", "false");
        // The default leaves out truncates, and columns of types it does not know.
        properties.setProperty("skipped.operations", "none");
        properties.setProperty("include.unknown.datatypes", "true");
        properties.setProperty("converters", "text");
        properties.setProperty("text.type", TextConverter.class.getName());
        // The default asks the catalog again for every update that leaves a TOASTed value alone.
        properties.setProperty("schema.refresh.mode", "columns_diff_exclude_unchanged_toast");

        // The pause of the reader when there is nothing to read, and so the latency of an idle mirror.
        properties.setProperty("poll.interval.ms", "10");
        properties.setProperty("max.batch.size", "8192");
        properties.setProperty("max.queue.size", "32768");
        // Without it, 32,768 rows of a megabyte would be held.
        properties.setProperty("max.queue.size.in.bytes", Long.toString(64L << 20));
        properties.setProperty("record.processing.threads", "1");
        properties.setProperty("heartbeat.interval.ms", "1000");
        properties.setProperty("internal.task.management.timeout.ms", "60000");
        return properties;
    }

    @Override
    public void start() {
        thread.execute(engine);
    }

    @Override
    public void acknowledge(Lsn commit) {
        acknowledged.accumulateAndGet(commit, Lsn::orLater);
    }

    @Override
    public Lsn drained() {
        return drained;
    }

    /** Runs on the engine's thread. Blocking here is what holds the source back when the target is slow. */
    private void deliver(
            List<RecordChangeEvent<SourceRecord>> events,
            DebeziumEngine.RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
            throws InterruptedException {
        for (RecordChangeEvent<SourceRecord> event : events) {
            Optional<TransactionPart> part = decoder.decode(event.record());
            if (part.isPresent()) {
                part.get().commit().ifPresent(commit -> pending.add(new PendingCommit(commit.lsn(), event)));
                while (!transport.publish(part.get(), CLOSE_CHECK)) {
                    if (closing) {
                        return;
                    }
                }
            }
        }
        noteWhetherDrained(events.get(events.size() - 1).record());
        confirm(committer);
    }

    /**
     * A heartbeat is made when there is nothing to read, and travels behind everything that was read before it. So what
     * the sender had sent some time before a heartbeat was made has been published when that heartbeat arrives.
     */
    private void noteWhetherDrained(SourceRecord last) {
        if (last.value() instanceof Struct value && RecordDecoder.isHeartbeat(value) && !decoder.isInTransaction()) {
            Instant made = Instant.ofEpochMilli(value.getInt64("ts_ms"));
            if (sender.at() != Instant.MAX && made.isAfter(sender.at().plus(TRAVEL))) {
                drained = drained.orLater(sender.sent());
            }
            Instant now = Instant.now();
            database.slot().flatMap(SourceDatabase.Slot::sent).ifPresent(sent -> sender = new Reading(now, sent));
        }
    }

    private void confirm(DebeziumEngine.RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
            throws InterruptedException {
        Lsn durable = acknowledged.get();
        PendingCommit last = null;
        while (!pending.isEmpty() && !pending.peek().lsn().isAfter(durable)) {
            last = pending.poll();
        }
        if (last != null) {
            committer.markProcessed(last.end());
            committer.markBatchFinished();
        }
    }

    private void ended(boolean success, String message, Throwable error) {
        if (closing) {
            return;
        }
        String reason = error == null ? message : rootMessage(error);
        transport.fail(new CaptureFailure("Reading the source's changes ended: " + reason, error));
    }

    private static String rootMessage(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }

    /** Called after the transport was closed, so that an engine waiting for room in it is free to end. */
    @Override
    public void close() {
        closing = true;
        try {
            engine.close();
        } catch (IOException | IllegalStateException e) {
            // An engine that already failed says so again when it is closed; its first word was passed on.
            LOG.debugf("the capture engine was closed after it had ended: %s", e.getMessage());
        }
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warnf("the capture engine did not end within %d s and was abandoned", CLOSE_SECONDS);
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
