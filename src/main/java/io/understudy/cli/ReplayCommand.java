package io.understudy.cli;

import io.understudy.outbound.Deliveries.Selection;
import io.understudy.outbound.DeliveryBatches.Replayed;
import io.understudy.outbound.DeliveryCount;
import io.understudy.outbound.QueueNames;
import io.understudy.postgres.Lsn;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.eclipse.microprofile.config.Config;
import picocli.CommandLine;

@CommandLine.Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = {
            "Has what was made of a table since a position delivered again, whatever became of it.",
            "Receivers see the same ids again. What was pruned cannot be replayed."
        })
final class ReplayCommand implements Callable<Integer> {

    private final Vertx vertx;
    private final Config config;

    @CommandLine.Option(
            names = "--table",
            required = true,
            paramLabel = "TABLE",
            description = "schema.table; without a schema, public.")
    private String table;

    @CommandLine.Option(
            names = "--since",
            required = true,
            paramLabel = "POSITION",
            description = "In production's log, such as 16/B374D848: this and everything later.")
    private String since;

    @CommandLine.Option(names = "--destination", paramLabel = "NAME", description = "Only to this one.")
    private String destination;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    ReplayCommand(Vertx vertx, Config config) {
        this.vertx = vertx;
        this.config = config;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Lsn position = QueueAtTarget.understood(spec.commandLine(), () -> QueueNames.position(since));
        try (QueueAtTarget queue = QueueAtTarget.open(vertx, config, spec.commandLine())) {
            Selection selection = queue.selection(destination, table);
            Replayed replayed = queue.batches()
                    .replay(
                            selection.table().orElseThrow(),
                            position,
                            selection.destination(),
                            new ChunkProgress(spec.commandLine().getErr()));
            DeliveryCount count = new DeliveryCount(replayed.deliveries());
            out.println(
                    count.number() == 0
                            ? "Nothing to replay: the queue has no finished deliveries of "
                                    + selection.table().get() + " since " + position + "."
                            : count + " of " + selection.table().get() + count.verb(" is", " are")
                                    + " delivered again.");
            replayed.limits(position).ifPresent(out::println);
            out.flush();
            return ExitCode.FINE;
        }
    }
}
