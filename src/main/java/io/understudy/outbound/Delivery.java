package io.understudy.outbound;

import io.understudy.postgres.TableId;
import java.time.Instant;
import java.util.Optional;

/**
 * One change on its way to one destination, as a worker has claimed it.
 *
 * @param recordId the key of the record, as text; of several columns a JSON array of texts
 * @param payload the data of the event, a JSON object; holds only what had left production before
 * @param idempotencyKey the same at every attempt
 * @param orderingKey deliveries with the same one arrive in the order of their ids
 * @param attempt which one this is; the first is 1
 * @param committedAt of the change's transaction, by production's clock
 */
public record Delivery(
        long id,
        String mirror,
        String destination,
        TableId table,
        String recordId,
        Operation operation,
        String payload,
        String idempotencyKey,
        String orderingKey,
        int attempt,
        int maxAttempts,
        Instant committedAt,
        Optional<String> workflow,
        Optional<String> objectType) {}
