package io.understudy.cli;

import io.understudy.outbound.DeliveryCount;
import io.understudy.outbound.QueueNames;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.eclipse.microprofile.config.Config;
import picocli.CommandLine;

@CommandLine.Command(
        name = "retry",
        mixinStandardHelpOptions = true,
        description = {
            "Has what was discarded delivered again, from its first attempt on.",
            "One that waits for its next attempt has it now."
        })
final class RetryCommand implements Callable<Integer> {

    private final Vertx vertx;
    private final Config config;

    @CommandLine.Mixin
    private DeliveryChoice choice;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    RetryCommand(Vertx vertx, Config config) {
        this.vertx = vertx;
        this.config = config;
    }

    @Override
    public Integer call() {
        choice.requireOne(spec.commandLine());
        PrintWriter out = spec.commandLine().getOut();
        if (!choice.all) {
            long id = QueueAtTarget.understood(spec.commandLine(), () -> QueueNames.id(choice.id));
            try (QueueAtTarget queue = QueueAtTarget.open(vertx, config, spec.commandLine())) {
                return DeliveryChoice.tell(queue.deliveries().retry(id, QueueAtTarget.by()), spec.commandLine());
            }
        }
        try (QueueAtTarget queue = QueueAtTarget.open(vertx, config, spec.commandLine())) {
            long retried = queue.batches()
                    .retryAll(
                            queue.selection(choice.destination, choice.table),
                            new ChunkProgress(spec.commandLine().getErr()));
            out.println(
                    retried == 0
                            ? "Nothing to do: no such deliveries are discarded."
                            : new DeliveryCount(retried).are() + " retried.");
            out.flush();
            return ExitCode.FINE;
        }
    }
}
