package io.understudy.stream;

import io.understudy.masking.PolicyInForce;
import io.understudy.postgres.ChangeStream;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.SourceDatabase;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;

/**
 * Captures by reading the slot's messages itself. Every value arrives as the source wrote it, the commit's position
 * comes with the commit, and a change costs a few microseconds (docs/decisions/0001).
 *
 * <p>While the transport is full nothing is read, and the source's sender waits in turn; the status that keeps its
 * connection alive is sent all the same, between attempts.
 */
public final class PgOutputCapture implements ChangeCapture {

    private static final Logger LOG = Logger.getLogger(PgOutputCapture.class);

    /** The pause when there is nothing to read: what an idle mirror's latency is made of. */
    private static final long PAUSE_MILLIS = 5;

    /** Statuses are sent while reading; behind a full transport they have to be sent at least this often. */
    private static final Duration STATUS = Duration.ofSeconds(5);

    private static final long CLOSE_MILLIS = 5_000;

    private final SourceDatabase source;
    private final ChangeTransport transport;
    private final PgOutputDecoder decoder;
    private final AtomicReference<Lsn> acknowledged = new AtomicReference<>(Lsn.ZERO);
    private final Thread thread = new Thread(this::read, "understudy-capture");
    private volatile Lsn drained = Lsn.ZERO;
    private volatile boolean closing;

    /**
     * @param masks what leaves is masked by these before it is published
     * @param filters rows that they leave out do not leave at all
     */
    public PgOutputCapture(
            SourceDatabase source, ChangeTransport transport, PolicyInForce masks, FiltersInForce filters) {
        this.decoder = new PgOutputDecoder(new Door(masks, new FilteredRows(filters, source.client()::session)));
        this.source = source;
        this.transport = transport;
    }

    @Override
    public void start() {
        thread.start();
    }

    @Override
    public void acknowledge(Lsn commit) {
        acknowledged.accumulateAndGet(commit, Lsn::orLater);
    }

    @Override
    public Lsn drained() {
        return drained;
    }

    private void read() {
        try (ChangeStream stream = source.openStream()) {
            Lsn confirmed = Lsn.ZERO;
            while (!closing) {
                Optional<ByteBuffer> message = stream.next();
                if (message.isPresent()) {
                    decode(message.get(), stream);
                } else {
                    if (!decoder.isInTransaction()) {
                        drained = stream.readUpTo();
                    }
                    Thread.sleep(PAUSE_MILLIS);
                }
                Lsn durable = acknowledged.get();
                if (durable.isAfter(confirmed)) {
                    stream.confirm(durable);
                    confirmed = durable;
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("the capture was interrupted");
        } catch (RuntimeException e) {
            if (!closing) {
                transport.fail(e);
            }
        } catch (Error e) {
            // Out of memory, most likely. A capture that ends without a word would look like a source at rest.
            transport.fail(new CaptureFailure("Reading the source's changes ended: " + e, e));
            throw e;
        }
    }

    private void decode(ByteBuffer message, ChangeStream stream) throws InterruptedException {
        Optional<TransactionPart> part = decoder.decode(message);
        if (part.isPresent()) {
            while (!closing && !transport.publish(part.get(), STATUS)) {
                stream.confirmNow(acknowledged.get());
            }
        }
    }

    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
