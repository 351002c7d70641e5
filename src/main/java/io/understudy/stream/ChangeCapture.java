package io.understudy.stream;

import io.understudy.postgres.Lsn;

/**
 * Reads the source's log from the slot's confirmed position and publishes every committed transaction, in commit order.
 */
public interface ChangeCapture extends AutoCloseable {

    /** Starts in the background. A capture that cannot go on fails its transport. */
    void start();

    /** Everything up to here is durable at the target: the source may forget it. */
    void acknowledge(Lsn commit);

    /**
     * Every transaction that the source committed up to here has been published. Moves also when nothing is: much of a
     * log does not concern the mirrored tables.
     */
    Lsn drained();

    /** Stops reading. What was published and not acknowledged will be sent again to the next capture. */
    @Override
    void close();
}
