package io.understudy.outbound;

import io.understudy.outbound.DeliveryResult.Again;
import io.understudy.outbound.DeliveryResult.Completed;
import io.understudy.outbound.DeliveryResult.Discarded;
import io.understudy.postgres.Session;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.UUID;

/** Writes down in {@code understudy.sync_queue} what became of claimed deliveries; of others' nothing. */
final class ResultWriter {

    private static final String COMPLETE = """
            update understudy.sync_queue
               set status = 'completed', finished_at = now(), last_error = null, worker = null
             where id = any ($1) and worker = $2 and status = 'running'
            """;

    private static final String PUT_BACK = """
            update understudy.sync_queue q
               set status = x.status,
                   finished_at = case when x.status = 'discarded' then now() end,
                   next_attempt_at = now() + make_interval(secs => x.wait),
                   last_error = coalesce(x.error, q.last_error),
                   attempt = q.attempt - x.unused,
                   worker = null
              from unnest($1::bigint[], $2::text[], $3::float8[], $4::text[], $5::int[])
                   as x(id, status, wait, error, unused)
             where q.id = x.id and q.worker = $6 and q.status = 'running'
            """;

    private final Session session;
    private final String destination;

    ResultWriter(Session session, String destination) {
        this.session = session;
        this.destination = destination;
    }

    void write(UUID worker, List<DeliveryResult> results) {
        Long[] completed = results.stream()
                .filter(Completed.class::isInstance)
                .map(result -> result.delivery().id())
                .toArray(Long[]::new);
        List<DeliveryResult> others = results.stream()
                .filter(result -> !(result instanceof Completed))
                .toList();
        if (completed.length > 0) {
            ask(COMPLETE, Tuple.of(completed, worker));
        }
        if (!others.isEmpty()) {
            putBack(worker, others);
        }
    }

    private void putBack(UUID worker, List<DeliveryResult> results) {
        List<Again> again = results.stream()
                .map(result -> result instanceof Again retry ? retry : null)
                .toList();
        Long[] ids = results.stream().map(result -> result.delivery().id()).toArray(Long[]::new);
        String[] statuses = new String[ids.length];
        Double[] waits = new Double[ids.length];
        String[] errors = new String[ids.length];
        Integer[] unused = new Integer[ids.length];
        for (int i = 0; i < ids.length; i++) {
            Again retry = again.get(i);
            statuses[i] = retry == null ? "discarded" : "retrying";
            waits[i] = retry == null ? 0.0 : retry.rest().toMillis() / 1000.0;
            errors[i] = retry == null ? ((Discarded) results.get(i)).error() : retry.error();
            unused[i] = retry != null && retry.error() == null ? 1 : 0;
        }
        ask(PUT_BACK, Tuple.of(ids, statuses, waits, errors, unused, worker));
    }

    private void ask(String sql, Tuple arguments) {
        session.await(
                session.send(sql, arguments, DeliveryQueue.LIMIT),
                DeliveryQueue.LIMIT,
                DeliveryQueue.doing(destination));
    }
}
