package io.understudy.outbound;

import java.time.Duration;
import java.util.Optional;

/** What became of an attempt. */
public sealed interface Outcome {

    /** The destination has it. */
    record Delivered() implements Outcome {}

    /**
     * It may go well another time.
     *
     * @param reason a sentence without values of rows
     * @param notBefore how long the destination asks to be left alone
     */
    record Retry(String reason, Optional<Duration> notBefore) implements Outcome {
        public Retry(String reason) {
            this(reason, Optional.empty());
        }
    }

    /**
     * It will never go well as it is.
     *
     * @param reason a sentence without values of rows
     */
    record Refused(String reason) implements Outcome {}
}
