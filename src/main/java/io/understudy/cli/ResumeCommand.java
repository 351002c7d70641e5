package io.understudy.cli;

import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.eclipse.microprofile.config.Config;
import picocli.CommandLine;

@CommandLine.Command(
        name = "resume",
        mixinStandardHelpOptions = true,
        description = "Has a paused destination delivered to again.")
final class ResumeCommand implements Callable<Integer> {

    private final Vertx vertx;
    private final Config config;

    @CommandLine.Parameters(paramLabel = "DESTINATION", description = "As in the settings.")
    private String destination;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    ResumeCommand(Vertx vertx, Config config) {
        this.vertx = vertx;
        this.config = config;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (QueueAtTarget queue = QueueAtTarget.open(vertx, config, spec.commandLine())) {
            queue.understood(() -> queue.names().destination(destination));
            boolean changed = queue.deliveries().resume(destination, QueueAtTarget.by());
            out.println(destination + (changed ? " is delivered to again." : " was not paused."));
            out.flush();
            return ExitCode.FINE;
        }
    }
}
