package io.understudy.outbound;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Where a delivery stands; {@code status} of {@code understudy.sync_queue}.
 *
 * <pre>
 *   pending -> running -> completed
 *                ^  |
 *                |  +---> retrying -> running …   or discarded, after the last attempt or a refusal
 *   completed, discarded -> retrying              by somebody: retry, replay
 *   pending, retrying -> discarded                by somebody
 * </pre>
 */
public enum DeliveryStatus {
    PENDING,
    RUNNING,
    RETRYING,
    COMPLETED,
    DISCARDED;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public boolean isFinished() {
        return this == COMPLETED || this == DISCARDED;
    }

    /** @throws IllegalArgumentException when there is none of that name */
    public static DeliveryStatus of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    public static List<String> words() {
        return Stream.of(values()).map(DeliveryStatus::word).toList();
    }
}
