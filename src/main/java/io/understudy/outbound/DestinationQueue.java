package io.understudy.outbound;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * What waits for one destination; its shape in JSON.
 *
 * @param known the settings have it
 * @param pending before its first attempt
 * @param retrying waits for its next attempt
 * @param discarded given up, and kept
 * @param oldestAgeSeconds how long the oldest that is not finished has waited; null when there is none
 * @param failed how many of those that are not finished have failed before
 * @param lastError what the first of these failed with; null when there is none
 */
@RegisterForReflection
public record DestinationQueue(
        String destination,
        boolean known,
        boolean paused,
        long pending,
        long running,
        long retrying,
        long discarded,
        Double oldestAgeSeconds,
        long failed,
        String lastError) {

    /** How many are not finished. */
    @JsonProperty
    public long depth() {
        return pending + running + retrying;
    }
}
