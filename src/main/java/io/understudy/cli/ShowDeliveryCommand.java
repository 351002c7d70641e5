package io.understudy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.understudy.outbound.QueueNames;
import io.understudy.outbound.QueuedDelivery;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.eclipse.microprofile.config.Config;
import picocli.CommandLine;

@CommandLine.Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = "Shows one delivery with its payload, which holds what staging holds.")
final class ShowDeliveryCommand implements Callable<Integer> {

    private final Vertx vertx;
    private final Config config;
    private final ObjectMapper json;

    @CommandLine.Parameters(paramLabel = "ID", description = "As deliveries list has it.")
    private String id;

    @CommandLine.Option(names = "--json", description = "Print it as JSON.")
    private boolean asJson;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    ShowDeliveryCommand(Vertx vertx, Config config, ObjectMapper json) {
        this.vertx = vertx;
        this.config = config;
        this.json = json;
    }

    @Override
    public Integer call() throws JsonProcessingException {
        PrintWriter out = spec.commandLine().getOut();
        long number = QueueAtTarget.understood(spec.commandLine(), () -> QueueNames.id(id));
        try (QueueAtTarget queue = QueueAtTarget.open(vertx, config, spec.commandLine())) {
            QueuedDelivery delivery = queue.deliveries()
                    .find(number)
                    .orElseThrow(() -> queue.wrong("There is no delivery " + number
                            + "; it may have been pruned. They are listed by: ./understudy deliveries list"));
            if (asJson) {
                out.println(json.writerWithDefaultPrettyPrinter().writeValueAsString(delivery));
            } else {
                print(delivery, out);
            }
            out.flush();
            return ExitCode.FINE;
        }
    }

    private static void print(QueuedDelivery delivery, PrintWriter out) {
        out.println("Delivery " + delivery.id() + ": " + delivery.operation() + " of " + delivery.table() + " "
                + delivery.recordId() + " -> " + delivery.destination());
        line(out, "status", delivery.status());
        line(out, "attempts", delivery.attempt() + " of " + delivery.maxAttempts());
        line(
                out,
                "next attempt",
                delivery.finishedAt() == null && !delivery.status().equals("running")
                        ? delivery.nextAttemptAt()
                        : null);
        line(out, "last error", delivery.lastError());
        line(out, "key", delivery.idempotencyKey());
        line(out, "in order by", delivery.orderingKey());
        line(
                out,
                "position",
                (delivery.commitLsn() == null ? "not known yet" : delivery.commitLsn()) + ", change "
                        + delivery.ordinal());
        line(out, "made", delivery.createdAt());
        line(out, "requeued", delivery.requeuedAt());
        line(out, "begun", delivery.startedAt());
        line(out, "finished", delivery.finishedAt());
        out.println();
        out.println(delivery.payload());
    }

    private static void line(PrintWriter out, String name, String value) {
        if (value != null) {
            out.printf("  %-12s %s%n", name, value);
        }
    }
}
