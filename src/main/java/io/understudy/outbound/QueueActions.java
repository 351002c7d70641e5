package io.understudy.outbound;

import io.understudy.postgres.Session;

/** What every change that somebody makes to the queue ends with, in its own transaction. */
final class QueueActions {

    private final String mirror;
    private final String by;

    /** @param by who does it */
    QueueActions(String mirror, String by) {
        this.mirror = mirror;
        this.by = by;
    }

    String by() {
        return by;
    }

    /** Keeps who did it, in {@code understudy.sync_action}, and wakes the workers when this commits. */
    void done(Session session, String action, long deliveries) {
        session.query(
                "insert into understudy.sync_action (mirror, done_by, action, deliveries) values ($1, $2, $3, $4)",
                mirror,
                by,
                action,
                deliveries);
        session.query("select pg_notify($1, $2)", Enqueuer.CHANNEL, mirror + Outbound.AGAIN);
    }
}
