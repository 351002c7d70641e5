package io.understudy.outbound;

/** What a thread that tries again and again failed with: told once, until something worked or it fails otherwise. */
final class RepeatedFailure {

    private String told;

    /** @return whether it has to be told */
    boolean isNew(String message) {
        boolean isNew = !message.equals(told);
        told = message;
        return isNew;
    }

    void over() {
        told = null;
    }
}
