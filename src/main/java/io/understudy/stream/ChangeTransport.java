package io.understudy.stream;

import java.time.Duration;
import java.util.Optional;

/**
 * Carries transactions from a capture to the one that applies them, in order, once each, within a bound: a full
 * transport makes the capture wait, and the waiting reaches the source's slot.
 */
public interface ChangeTransport extends AutoCloseable {

    /**
     * Waits while the transport is full, but not longer than it is told to.
     *
     * @return whether the part was taken; false as well when the transport was closed
     */
    boolean publish(TransactionPart part, Duration patience) throws InterruptedException;

    /** Ends the stream with an error, which the receiver gets after all that was published before. */
    void fail(RuntimeException cause);

    /**
     * The next part, or nothing when none came within {@code patience}.
     *
     * @throws RuntimeException the error with which the capture ended
     */
    Optional<TransactionPart> receive(Duration patience) throws InterruptedException;

    /** How many parts were published so far. */
    long published();

    @Override
    void close();
}
