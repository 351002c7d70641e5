package io.understudy.api;

import jakarta.ws.rs.core.Response;

/** What a request is answered with that cannot be done. */
final class ProblemException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient Response.Status status;

    /** @param detail sentences for whoever asked */
    ProblemException(Response.Status status, String detail) {
        super(detail);
        this.status = status;
    }

    Response response() {
        return Problem.response(status, getMessage());
    }
}
