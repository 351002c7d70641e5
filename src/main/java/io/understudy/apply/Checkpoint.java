package io.understudy.apply;

import io.understudy.postgres.FencedException;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.Session;
import io.understudy.postgres.Sql;
import io.understudy.postgres.TargetDatabase;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How far the target is, in the table {@code understudy.checkpoint}. It moves in the transaction that writes the rows;
 * there is no moment at which one is durable and the other is not.
 *
 * <p>Each start takes a new epoch. A process that was replaced without knowing it (paused, cut off) still has the old
 * one, and its next commit fails.
 */
public final class Checkpoint {

    public enum Phase {
        COPYING,
        STREAMING
    }

    public record State(
            Phase phase,
            Lsn consistentPoint,
            Lsn applied,
            Optional<Instant> appliedCommitAt,
            long transactions,
            long changes) {

        /** After a copy: everything up to the consistent point is there, and nothing was streamed yet. */
        public static State copied(Lsn consistentPoint) {
            return new State(Phase.STREAMING, consistentPoint, consistentPoint, Optional.empty(), 0, 0);
        }
    }

    /**
     * Fails the transaction when it moved nothing: the division runs only then. The commit is sent in the same breath,
     * so that looking at the row count afterwards would be too late.
     */
    static final String MOVE = """
            with moved as (
                update understudy.checkpoint
                   set applied_lsn = $1::text::pg_lsn, applied_commit_at = coalesce($2, applied_commit_at), transactions = transactions + $3,
                       changes = changes + $4, moved_at = now()
                 where mirror = $5 and epoch = $6 and phase = 'streaming' and applied_lsn < $1::text::pg_lsn
                returning 1)
            select 1 / count(*) from moved
            """;

    private final PostgresClient target;
    private final String mirror;
    private long epoch;

    public Checkpoint(PostgresClient target, String mirror) {
        this.target = target;
        this.mirror = mirror;
    }

    String mirror() {
        return mirror;
    }

    /** Whether the first copy of this mirror is complete, so that it only goes on. */
    public static boolean hasCopied(TargetDatabase target, String mirror) {
        return target.hasOurSchema()
                && new Checkpoint(target.client(), mirror)
                        .load()
                        .filter(last -> last.phase() == Phase.STREAMING)
                        .isPresent();
    }

    public Optional<State> load() {
        for (Row row : target.query("""
                select phase, consistent_point::text as consistent_point, applied_lsn::text as applied_lsn, applied_commit_at,
                       transactions, changes
                  from understudy.checkpoint where mirror = $1
                """, mirror)) {
            return Optional.of(new State(
                    Phase.valueOf(row.getString("phase").toUpperCase()),
                    Lsn.parse(row.getString("consistent_point")),
                    Lsn.parse(row.getString("applied_lsn")),
                    Optional.ofNullable(row.getOffsetDateTime("applied_commit_at"))
                            .map(time -> time.toInstant()),
                    row.getLong("transactions"),
                    row.getLong("changes")));
        }
        return Optional.empty();
    }

    /** From here on the target's rows are being replaced; a crash from here on means: copy again. */
    public void beginCopy() {
        // Positions of before mean nothing after a copy: what is delivered begins anew when it streams.
        epoch = target.query("""
                        with deliveries as (update understudy.sync_config set since_lsn = null, seen = false where mirror = $1)
                        insert into understudy.checkpoint as c (mirror, phase, consistent_point, applied_lsn, epoch)
                        values ($1, 'copying', '0/0', '0/0', 1)
                        on conflict (mirror) do update
                           set phase = 'copying', consistent_point = '0/0', applied_lsn = '0/0', applied_commit_at = null,
                               transactions = 0, changes = 0, epoch = c.epoch + 1, moved_at = now()
                        returning epoch
                        """, mirror).iterator().next().getLong("epoch");
    }

    /**
     * A statement that fails when this process has been replaced, and otherwise keeps a successor waiting until the
     * transaction it runs in has ended.
     */
    public String fence() {
        return "select 1 / count(*) from (select from understudy.checkpoint where mirror = " + Sql.literal(mirror)
                + " and epoch = " + epoch + " for share) as held";
    }

    /** The same, and two that hold it wait for each other, as those do that move the position. */
    String exclusiveFence() {
        return fence().replace("for share", "for no key update");
    }

    /**
     * The copy is complete and durable: what comes next is after this position.
     *
     * @param with what becomes durable in the same transaction, or not at all when this process was replaced
     */
    public void finishCopy(Lsn consistentPoint, Consumer<Session> with) {
        target.transaction(session -> {
            int moved = session.query("""
                            update understudy.checkpoint
                               set phase = 'streaming', consistent_point = $1::text::pg_lsn, applied_lsn = $1::text::pg_lsn,
                                   moved_at = now()
                             where mirror = $2 and epoch = $3 and phase = 'copying'
                            """, consistentPoint.toString(), mirror, epoch)
                    .rowCount();
            if (moved != 1) {
                throw new FencedException(mirror);
            }
            with.accept(session);
            return null;
        });
    }

    /** Whoever wrote before can write no more. What it wrote last is read afterwards, with {@link #load}. */
    public void takeOver() {
        for (Row row : target.query(
                "update understudy.checkpoint set epoch = epoch + 1 where mirror = $1 returning epoch", mirror)) {
            epoch = row.getLong("epoch");
        }
    }

    Tuple move(Lsn applied, Instant committedAt, int transactions, int changes) {
        return Tuple.of(
                applied.toString(),
                committedAt.atOffset(ZoneOffset.UTC),
                (long) transactions,
                (long) changes,
                mirror,
                epoch);
    }

    Tuple follow(Lsn reached) {
        return Tuple.of(reached.toString(), null, 0L, 0L, mirror, epoch);
    }

    FencedException fenced() {
        return new FencedException(mirror);
    }
}
