package io.understudy.mirror;

import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.Session;
import io.understudy.postgres.TargetDatabase;
import java.util.Optional;

/**
 * One process at a time runs a mirror: whoever holds this lock at the target. It goes with its connection. A process
 * whose connection was cut without its knowing is stopped by the checkpoint's epoch.
 */
final class MirrorLock implements AutoCloseable {

    private final Session session;

    private MirrorLock(Session session) {
        this.session = session;
    }

    static Optional<MirrorLock> tryTake(TargetDatabase target, String mirror) {
        Session session = target.client().session();
        try {
            boolean taken = session.query(
                            "select pg_try_advisory_lock(hashtextextended('understudy.mirror.' || $1, 0)) as taken",
                            mirror)
                    .iterator()
                    .next()
                    .getBoolean("taken");
            if (taken) {
                return Optional.of(new MirrorLock(session));
            }
        } catch (PostgresFailure failure) {
            session.close();
            throw failure;
        }
        session.close();
        return Optional.empty();
    }

    @Override
    public void close() {
        try {
            session.query("select pg_advisory_unlock_all()");
        } catch (PostgresFailure gone) {
            // Then the lock is gone as well.
        } finally {
            session.close();
        }
    }
}
