package io.understudy.stream;

import io.understudy.postgres.Lsn;
import java.time.Instant;

/** Reads the source's log from the slot's confirmed position and publishes every committed transaction, in commit order. */
public interface ChangeCapture extends AutoCloseable {

    /** Starts in the background. A capture that cannot go on fails its transport. */
    void start();

    /** Everything up to here is durable at the target: the source may forget it. */
    void acknowledge(Lsn commit);

    /**
     * When the source was last found to have nothing more to send: every transaction that it had sent by then was published.
     * {@link Instant#MIN} before the first time.
     */
    Instant drainedAt();

    /** Stops reading. What was published and not acknowledged will be sent again to the next capture. */
    @Override
    void close();
}
