package io.understudy.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.Blocking;
import io.understudy.outbound.Deliveries.Answer;
import io.understudy.outbound.Deliveries.Listing;
import io.understudy.outbound.Deliveries.Selection;
import io.understudy.outbound.DeliveryBatches.Discarded;
import io.understudy.outbound.DeliveryBatches.Replayed;
import io.understudy.outbound.DeliveryCount;
import io.understudy.outbound.DestinationQueue;
import io.understudy.outbound.QueueNames;
import io.understudy.outbound.QueuedDelivery;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.TableId;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeType;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.security.SecurityScheme;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What {@code ./understudy deliveries} does, over HTTP. */
@Path("/api/deliveries")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
@SecurityScheme(
        securitySchemeName = "token",
        type = SecuritySchemeType.HTTP,
        scheme = "bearer",
        description = "What understudy.http.token has")
@Tag(name = "Deliveries", description = "Changes on their way to other systems")
@APIResponse(responseCode = "200", description = "Done; the body says what became of it")
@APIResponse(responseCode = "400", description = "A parameter is not understood (application/problem+json)")
@APIResponse(responseCode = "503", description = "No mirror runs yet, or the target does not answer")
public final class DeliveriesResource {

    private static final String DESTINATION = "A destination of the settings";
    private static final String TABLE = "schema.table; without a schema, public";

    private final Queue queue;

    DeliveriesResource(Queue queue) {
        this.queue = queue;
    }

    /** @param deliveries how many were changed */
    @RegisterForReflection
    public record Done(long deliveries, String detail) {}

    @GET
    @Operation(summary = "Lists deliveries without their payloads, the newest first")
    public List<QueuedDelivery> list(
            @Parameter(description = "pending, running, retrying, completed or discarded") @QueryParam("status")
                    String status,
            @Parameter(description = DESTINATION) @QueryParam("destination") String destination,
            @Parameter(description = TABLE) @QueryParam("table") String table,
            @Parameter(description = "1 to 10000") @QueryParam("limit") @DefaultValue("20") String limit,
            @Parameter(description = "newest or oldest first") @QueryParam("order") @DefaultValue("newest")
                    String order) {
        return understood(() -> {
            if (!order.equals("newest") && !order.equals("oldest")) {
                throw new IllegalArgumentException("The order is \"" + order + "\"; it takes newest or oldest.");
            }
            return queue.deliveries()
                    .list(new Listing(
                            Optional.ofNullable(status).map(QueueNames::status),
                            selection(destination, table),
                            QueueNames.limit(limit),
                            order.equals("oldest")));
        });
    }

    @GET
    @Path("/{id}")
    @Operation(summary = "One delivery with its payload, which holds what staging holds")
    @APIResponse(responseCode = "404", description = "There is none, or it was pruned")
    public QueuedDelivery show(@PathParam("id") String id) {
        return queue.deliveries().find(id(id)).orElseThrow(() -> noSuch(id));
    }

    @GET
    @Path("/destinations")
    @Operation(summary = "How much waits for each destination")
    public List<DestinationQueue> destinations() {
        return queue.figures();
    }

    @POST
    @Path("/{id}/retry")
    @SecurityRequirement(name = "token")
    @Operation(summary = "Has one that was discarded delivered again, or one that waits for its next attempt at once")
    @APIResponse(responseCode = "404", description = "There is none, or it was pruned")
    @APIResponse(responseCode = "409", description = "It was completed: that is what replay is for")
    public Done retry(@PathParam("id") String id) {
        return done(queue.deliveries().retry(id(id), Queue.BY));
    }

    @POST
    @Path("/{id}/discard")
    @SecurityRequirement(name = "token")
    @Operation(summary = "Gives one up that is not finished")
    @APIResponse(responseCode = "404", description = "There is none, or it was pruned")
    @APIResponse(responseCode = "409", description = "It is under way, or has arrived")
    public Done discard(@PathParam("id") String id) {
        return done(queue.deliveries().discard(id(id), Queue.BY));
    }

    @POST
    @Path("/retry")
    @SecurityRequirement(name = "token")
    @Operation(summary = "Has everything that was discarded delivered again")
    public Done retryAll(
            @Parameter(description = DESTINATION) @QueryParam("destination") String destination,
            @Parameter(description = TABLE) @QueryParam("table") String table) {
        Selection selection = understood(() -> selection(destination, table));
        long retried = queue.batches().retryAll(selection, soFar -> {});
        return new Done(retried, new DeliveryCount(retried).are() + " retried.");
    }

    @POST
    @Path("/discard")
    @SecurityRequirement(name = "token")
    @Operation(summary = "Gives everything up that waits for a destination")
    public Done discardAll(
            @Parameter(description = DESTINATION, required = true) @QueryParam("destination") String destination,
            @Parameter(description = TABLE) @QueryParam("table") String table) {
        require("destination", destination);
        Selection selection = understood(() -> selection(destination, table));
        Discarded discarded = queue.batches().discardAll(selection, soFar -> {});
        return new Done(
                discarded.deliveries(),
                new DeliveryCount(discarded.deliveries()).are() + " discarded"
                        + (discarded.running() == 0
                                ? "."
                                : "; " + new DeliveryCount(discarded.running()).areLeftAlone() + "."));
    }

    @POST
    @Path("/replay")
    @SecurityRequirement(name = "token")
    @Operation(summary = "Has what was made of a table since a position delivered again, with the same ids")
    public Done replay(
            @Parameter(description = TABLE, required = true) @QueryParam("table") String table,
            @Parameter(description = "A position in production's log, such as 16/B374D848", required = true)
                    @QueryParam("since")
                    String since,
            @Parameter(description = DESTINATION) @QueryParam("destination") String destination) {
        require("table", table);
        require("since", since);
        Lsn position = understood(() -> QueueNames.position(since));
        Selection selection = understood(() -> selection(destination, table));
        TableId of = selection.table().orElseThrow();
        Replayed replayed = queue.batches().replay(of, position, selection.destination(), soFar -> {});
        DeliveryCount count = new DeliveryCount(replayed.deliveries());
        return new Done(
                count.number(),
                count + " of " + of + count.verb(" is", " are") + " delivered again."
                        + replayed.limits(position).map(limits -> " " + limits).orElse(""));
    }

    @POST
    @Path("/destinations/{name}/pause")
    @SecurityRequirement(name = "token")
    @Operation(summary = "Has nothing delivered to a destination for the time being")
    @APIResponse(responseCode = "404", description = "There is none of this name")
    public Done pause(@PathParam("name") String name) {
        boolean changed = queue.deliveries().pause(existing(name), Queue.BY);
        return new Done(0, name + (changed ? " is paused." : " was paused before."));
    }

    @POST
    @Path("/destinations/{name}/resume")
    @SecurityRequirement(name = "token")
    @Operation(summary = "Has a paused destination delivered to again")
    @APIResponse(responseCode = "404", description = "There is none of this name")
    public Done resume(@PathParam("name") String name) {
        boolean changed = queue.deliveries().resume(existing(name), Queue.BY);
        return new Done(0, name + (changed ? " is delivered to again." : " was not paused."));
    }

    private Selection selection(String destination, String table) {
        return queue.names().selection(destination, table);
    }

    private String existing(String name) {
        try {
            return queue.names().destination(name);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(Response.Status.NOT_FOUND, e.getMessage());
        }
    }

    private static void require(String parameter, String value) {
        if (value == null) {
            throw new ProblemException(
                    Response.Status.BAD_REQUEST, "The parameter " + parameter + " is missing; ?" + parameter + "=…");
        }
    }

    private static long id(String text) {
        return understood(() -> QueueNames.id(text));
    }

    private static <T> T understood(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (IllegalArgumentException e) {
            throw new ProblemException(Response.Status.BAD_REQUEST, e.getMessage());
        }
    }

    private static ProblemException noSuch(String id) {
        return new ProblemException(
                Response.Status.NOT_FOUND, "There is no delivery " + id + "; it may have been pruned.");
    }

    private static Done done(Answer answer) {
        return switch (answer.result()) {
            case DONE -> new Done(1, answer.text());
            case UNCHANGED -> new Done(0, answer.text());
            case REFUSED -> throw new ProblemException(Response.Status.CONFLICT, answer.text());
            case UNKNOWN -> throw new ProblemException(Response.Status.NOT_FOUND, answer.text());
        };
    }
}
