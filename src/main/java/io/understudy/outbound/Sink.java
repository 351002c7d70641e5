package io.understudy.outbound;

import java.util.concurrent.CompletionStage;

/** A seam: how deliveries reach one destination. */
public interface Sink extends AutoCloseable {

    /**
     * One attempt. Never throws, and the answer never fails: what went wrong is an outcome. It comes within the
     * destination's timeout, on any thread.
     */
    CompletionStage<Outcome> send(Delivery delivery);

    /**
     * Whether what is sent earlier arrives earlier, so that the deliveries of one key need not wait for each other's
     * answer.
     */
    boolean keepsOrder();

    @Override
    void close();
}
