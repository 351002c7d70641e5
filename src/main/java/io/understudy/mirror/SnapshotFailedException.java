package io.understudy.mirror;

/** The copy met something that copying again will not mend. */
final class SnapshotFailedException extends RuntimeException {
    SnapshotFailedException(Throwable cause) {
        super(
                cause.getMessage()
                        + "\nThe copy was ended at the first error, and its slot at the source dropped. The target's mirrored tables are not "
                        + "complete; the next run empties them and copies again.",
                cause);
    }
}
