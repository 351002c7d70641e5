package io.understudy.cli;

import io.understudy.outbound.DeliveryCount;
import io.understudy.outbound.SyncConfigs;
import io.understudy.postgres.TableId;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.eclipse.microprofile.config.Config;
import picocli.CommandLine;

@CommandLine.Command(
        name = "remove",
        mixinStandardHelpOptions = true,
        description = {
            "Has nothing of a table delivered to a destination any more, and forgets what was.",
            "Refused while deliveries wait."
        })
final class RemoveQueueCommand implements Callable<Integer> {

    private final Vertx vertx;
    private final Config config;

    @CommandLine.Option(
            names = "--table",
            required = true,
            paramLabel = "TABLE",
            description = "schema.table; without a schema, public.")
    private String table;

    @CommandLine.Option(
            names = "--destination",
            required = true,
            paramLabel = "NAME",
            description = "As queue list has it.")
    private String destination;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    RemoveQueueCommand(Vertx vertx, Config config) {
        this.vertx = vertx;
        this.config = config;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (QueueAtTarget queue = QueueAtTarget.open(vertx, config, spec.commandLine())) {
            TableId named = queue.selection(destination, table).table().orElseThrow();
            SyncConfigs.Removed removed = queue.configs()
                    .remove(
                            named,
                            destination,
                            QueueAtTarget.by(),
                            new ChunkProgress(spec.commandLine().getErr()));
            if (!removed.existed()) {
                throw queue.wrong("Nothing of " + named + " is delivered to " + destination
                        + ". What is, is listed by: ./understudy queue list");
            }
            if (removed.unfinished() > 0) {
                DeliveryCount count = new DeliveryCount(removed.unfinished());
                throw queue.wrong(count + " of " + named + " to " + destination + count.verb(" is", " are")
                        + " not finished. Have no more made (./understudy queue configure … --disable) and wait"
                        + " until none is, or give them up: ./understudy deliveries discard --all --table " + named
                        + " --destination " + destination);
            }
            out.println("Nothing of " + named + " is delivered to " + destination + " any more.");
            out.flush();
            return ExitCode.FINE;
        }
    }
}
