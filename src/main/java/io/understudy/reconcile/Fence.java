package io.understudy.reconcile;

import io.understudy.postgres.Lsn;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.SourceDatabase;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits until the target holds all that the source had committed when it was asked. */
public final class Fence {

    /** The mirror does not get there. */
    public static final class NotReachedException extends RuntimeException {
        private static final long serialVersionUID = 1;

        NotReachedException(String message) {
            super(message);
        }
    }

    private static final Duration LOOK = Duration.ofMillis(200);

    private final SourceDatabase source;
    private final Supplier<Lsn> reached;
    private final Duration limit;
    private final BooleanSupplier stopped;

    /**
     * @param reached everything that the source had committed up to there is at the target
     * @param limit how long the mirror may take to get there
     */
    public Fence(SourceDatabase source, Supplier<Lsn> reached, Duration limit, BooleanSupplier stopped) {
        this.source = source;
        this.reached = reached;
        this.limit = limit;
        this.stopped = stopped;
    }

    /** As the mirror's process says at the target, once a second, and in any case as far as the checkpoint is. */
    public static Lsn reached(PostgresClient target, String mirror) {
        for (Row row : target.query("""
                select greatest(c.applied_lsn, (s.status ->> 'reachedLsn')::pg_lsn)::text as reached
                  from understudy.checkpoint c left join understudy.service s on s.mirror = c.mirror
                 where c.mirror = $1 and c.phase = 'streaming'
                """, mirror)) {
            return Lsn.parse(row.getString("reached"));
        }
        throw new NotReachedException("the mirror has not copied anything yet");
    }

    Lsn position() {
        return source.logPosition();
    }

    void await() {
        await(position());
    }

    void await(Lsn position) {
        long end = System.nanoTime() + limit.toNanos();
        Lsn there = reached.get();
        while (position.isAfter(there)) {
            if (stopped.getAsBoolean()) {
                throw new NotReachedException("it was stopped");
            }
            if (System.nanoTime() - end > 0) {
                throw new NotReachedException("the mirror is at " + there + " and did not reach " + position
                        + ", where the source was " + limit.toSeconds() + " s ago");
            }
            pause(LOOK);
            there = reached.get();
        }
    }

    static void pause(Duration rest) {
        try {
            Thread.sleep(rest.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotReachedException("it was stopped");
        }
    }
}
