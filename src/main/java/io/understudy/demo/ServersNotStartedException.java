package io.understudy.demo;

/** The demo has no servers to run on; says what the user can do about it. */
final class ServersNotStartedException extends RuntimeException {

    private final String remedy;

    ServersNotStartedException(String message, String remedy, Throwable cause) {
        super(message, cause);
        this.remedy = remedy;
    }

    String remedy() {
        return remedy;
    }
}
