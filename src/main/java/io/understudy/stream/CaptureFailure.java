package io.understudy.stream;

/** Reading the source's log ended. Whatever was not acknowledged will be read again by the next capture. */
public final class CaptureFailure extends RuntimeException {
    public CaptureFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
