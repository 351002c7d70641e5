package io.understudy.cli;

import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.eclipse.microprofile.config.Config;
import picocli.CommandLine;

@CommandLine.Command(
        name = "pause",
        mixinStandardHelpOptions = true,
        description =
                "Has nothing delivered to a destination for the time being. What is for it waits; attempts under way end.")
final class PauseCommand implements Callable<Integer> {

    private final Vertx vertx;
    private final Config config;

    @CommandLine.Parameters(paramLabel = "DESTINATION", description = "As in the settings.")
    private String destination;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    PauseCommand(Vertx vertx, Config config) {
        this.vertx = vertx;
        this.config = config;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (QueueAtTarget queue = QueueAtTarget.open(vertx, config, spec.commandLine())) {
            queue.understood(() -> queue.names().destination(destination));
            boolean changed = queue.deliveries().pause(destination, QueueAtTarget.by());
            out.println(destination
                    + (changed
                            ? " is paused. Go on with: ./understudy deliveries resume " + destination
                            : " was paused before."));
            out.flush();
            return ExitCode.FINE;
        }
    }
}
