package io.understudy.snapshot;

/** Not one table could be copied, for reasons that copying again will not mend. */
public final class NothingCopiedException extends RuntimeException {
    NothingCopiedException(String message) {
        super(message);
    }
}
