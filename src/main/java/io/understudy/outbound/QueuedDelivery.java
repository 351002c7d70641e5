package io.understudy.outbound;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A row of {@code understudy.sync_queue} as people see it; its shape in JSON. Times are ISO 8601 in UTC. What is not
 * known or has not happened is null.
 *
 * @param recordId the key of the record as the target has it; of several columns a JSON array of texts
 * @param attempt how many there were
 * @param commitLsn end of the change's transaction at the source
 * @param requeuedAt when somebody had it delivered again
 * @param payload the data of the event; left out of lists
 */
@RegisterForReflection
public record QueuedDelivery(
        long id,
        String table,
        String destination,
        String recordId,
        String operation,
        String status,
        int attempt,
        int maxAttempts,
        String nextAttemptAt,
        String lastError,
        String idempotencyKey,
        String orderingKey,
        String commitLsn,
        int ordinal,
        String createdAt,
        String startedAt,
        String finishedAt,
        String requeuedAt,

        @Schema(type = SchemaType.OBJECT) @JsonRawValue @JsonInclude(JsonInclude.Include.NON_NULL)
        String payload) {}
