package io.understudy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.understudy.outbound.Deliveries.Listing;
import io.understudy.outbound.Deliveries.Selection;
import io.understudy.outbound.DeliveryStatus;
import io.understudy.outbound.QueueNames;
import io.understudy.outbound.QueuedDelivery;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.eclipse.microprofile.config.Config;
import picocli.CommandLine;

@CommandLine.Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "Shows deliveries, the newest first.")
final class ListDeliveriesCommand implements Callable<Integer> {

    private final Vertx vertx;
    private final Config config;
    private final ObjectMapper json;

    @CommandLine.Option(
            names = "--status",
            paramLabel = "STATUS",
            description = "pending, running, retrying, completed or discarded.")
    private String status;

    @CommandLine.Option(names = "--destination", paramLabel = "NAME", description = "Only to this one.")
    private String destination;

    @CommandLine.Option(
            names = "--table",
            paramLabel = "TABLE",
            description = "Only of this one: schema.table; without a schema, public.")
    private String table;

    @CommandLine.Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "20",
            description = "How many at most, 1 to 10000; ${DEFAULT-VALUE} if not given.")
    private String limit;

    @CommandLine.Option(names = "--oldest", description = "The oldest first.")
    private boolean oldest;

    @CommandLine.Option(names = "--json", description = "Print it as JSON.")
    private boolean asJson;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    ListDeliveriesCommand(Vertx vertx, Config config, ObjectMapper json) {
        this.vertx = vertx;
        this.config = config;
        this.json = json;
    }

    @Override
    public Integer call() throws JsonProcessingException {
        PrintWriter out = spec.commandLine().getOut();
        int most = QueueAtTarget.understood(spec.commandLine(), () -> QueueNames.limit(limit));
        Optional<DeliveryStatus> wanted = Optional.ofNullable(status)
                .map(word -> QueueAtTarget.understood(spec.commandLine(), () -> QueueNames.status(word)));
        try (QueueAtTarget queue = QueueAtTarget.open(vertx, config, spec.commandLine())) {
            Selection selection = queue.selection(destination, table);
            List<QueuedDelivery> deliveries = queue.deliveries().list(new Listing(wanted, selection, most, oldest));
            long packed = queue.deliveries().packed(wanted, selection);
            if (asJson) {
                out.println(json.writerWithDefaultPrettyPrinter().writeValueAsString(deliveries));
            } else if (deliveries.isEmpty()) {
                out.println("No such deliveries.");
            } else {
                print(deliveries, out);
                if (deliveries.size() == most) {
                    out.println("There may be more: --limit");
                }
            }
            if (!asJson && packed > 0) {
                out.println("Not in the queue yet: " + Quantity.count(packed) + ". A running service puts them there.");
            }
            out.flush();
            return ExitCode.FINE;
        }
    }

    private static void print(List<QueuedDelivery> deliveries, PrintWriter out) {
        int destinations = width("destination", deliveries, QueuedDelivery::destination);
        int tables = width("table", deliveries, QueuedDelivery::table);
        String format = "%10s  %-9s  %-" + destinations + "s  %-" + tables + "s  %-6s  %8s  %-24s  %s%n";
        out.printf(format, "id", "status", "destination", "table", "change", "attempts", "made", "record");
        for (QueuedDelivery delivery : deliveries) {
            out.printf(
                    format,
                    delivery.id(),
                    delivery.status(),
                    delivery.destination(),
                    delivery.table(),
                    delivery.operation(),
                    delivery.attempt() + "/" + delivery.maxAttempts(),
                    delivery.createdAt(),
                    delivery.recordId());
            if (delivery.lastError() != null && !delivery.status().equals(DeliveryStatus.COMPLETED.word())) {
                out.println("            " + delivery.lastError()
                        + (delivery.status().equals(DeliveryStatus.RETRYING.word())
                                ? "; next attempt at " + delivery.nextAttemptAt()
                                : ""));
            }
        }
    }

    private static int width(String heading, List<QueuedDelivery> deliveries, Function<QueuedDelivery, String> field) {
        return Math.max(
                heading.length(),
                deliveries.stream()
                        .mapToInt(delivery -> field.apply(delivery).length())
                        .max()
                        .orElse(0));
    }
}
