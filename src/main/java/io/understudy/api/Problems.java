package io.understudy.api;

import io.understudy.postgres.PostgresFailure;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Every error of the interface in one shape, and none with more than its sentence. */
final class Problems {

    private static final Logger LOG = Logger.getLogger(Problems.class);

    @ServerExceptionMapper
    public Response map(ProblemException problem) {
        return problem.response();
    }

    @ServerExceptionMapper
    public Response map(PostgresFailure failure) {
        return Problem.response(
                failure.passes() ? Response.Status.SERVICE_UNAVAILABLE : Response.Status.INTERNAL_SERVER_ERROR,
                failure.getMessage() + ".");
    }

    /** An address that is none, a method that it does not take. */
    @ServerExceptionMapper
    public Response map(WebApplicationException refusal) {
        Response.StatusType status = refusal.getResponse().getStatusInfo();
        return Problem.response(status, status.getReasonPhrase() + ". What there is: /q/openapi");
    }

    @ServerExceptionMapper
    public Response map(RuntimeException failure) {
        LOG.error("a request for deliveries failed", failure);
        return Problem.response(
                Response.Status.INTERNAL_SERVER_ERROR, "It failed for a reason that stands in the log of the service.");
    }
}
