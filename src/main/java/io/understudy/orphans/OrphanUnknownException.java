package io.understudy.orphans;

/** Rows without a parent could not be counted, so nothing was planned and nothing written. */
public final class OrphanUnknownException extends RuntimeException {

    OrphanUnknownException(OrphanKey key, String why) {
        super("Rows of " + key.path() + " without a parent could not be counted at the target: " + why + ".");
    }
}
