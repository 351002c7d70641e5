package io.understudy.apply;

/** An order came too late: the stream has ended. What was to be done is found again by the next one. */
public final class StreamEndedException extends RuntimeException {
    StreamEndedException() {
        super("the stream has ended");
    }
}
