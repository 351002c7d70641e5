package io.understudy.cli;

import io.understudy.outbound.Deliveries.Selection;
import io.understudy.outbound.DeliveryBatches.Discarded;
import io.understudy.outbound.DeliveryCount;
import io.understudy.outbound.QueueNames;
import io.vertx.core.Vertx;
import java.io.Console;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.eclipse.microprofile.config.Config;
import picocli.CommandLine;

@CommandLine.Command(
        name = "discard",
        mixinStandardHelpOptions = true,
        description = {
            "Gives up deliveries that are not finished. They stay in the queue,",
            "and deliveries retry takes it back."
        })
final class DiscardCommand implements Callable<Integer> {

    private final Vertx vertx;
    private final Config config;

    @CommandLine.Mixin
    private DeliveryChoice choice;

    @CommandLine.Option(names = "--yes", description = "With --all: do not ask.")
    private boolean yes;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    DiscardCommand(Vertx vertx, Config config) {
        this.vertx = vertx;
        this.config = config;
    }

    @Override
    public Integer call() {
        choice.requireOne(spec.commandLine());
        if (!choice.all) {
            long id = QueueAtTarget.understood(spec.commandLine(), () -> QueueNames.id(choice.id));
            try (QueueAtTarget queue = QueueAtTarget.open(vertx, config, spec.commandLine())) {
                return DeliveryChoice.tell(queue.deliveries().discard(id, QueueAtTarget.by()), spec.commandLine());
            }
        }
        try (QueueAtTarget queue = QueueAtTarget.open(vertx, config, spec.commandLine())) {
            Selection selection = queue.selection(choice.destination, choice.table);
            return yes || confirmed(selection) ? discardAll(queue, selection) : ExitCode.WRONG;
        }
    }

    private int discardAll(QueueAtTarget queue, Selection selection) {
        PrintWriter out = spec.commandLine().getOut();
        Discarded discarded = queue.batches()
                .discardAll(selection, new ChunkProgress(spec.commandLine().getErr()));
        out.println(
                discarded.deliveries() == 0
                        ? "Nothing to do: no such deliveries wait."
                        : new DeliveryCount(discarded.deliveries()).are() + " discarded.");
        if (discarded.running() > 0) {
            out.println(
                    new DeliveryCount(discarded.running()).areLeftAlone()
                            + ". Wait for the end of the attempt, or pause the destination first: ./understudy deliveries pause DESTINATION");
        }
        out.flush();
        return discarded.running() > 0 ? ExitCode.FOUND : ExitCode.FINE;
    }

    private boolean confirmed(Selection selection) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("Every delivery"
                + selection.table().map(table -> " of " + table).orElse("")
                + selection.destination().map(name -> " to " + name).orElse("")
                + " that has not arrived is given up.");
        out.flush();
        Console console = System.console();
        String answer = console == null ? null : console.readLine("Type \"discard\" to go on: ");
        if (!"discard".equals(answer)) {
            out.println(
                    console == null
                            ? "Not discarded: there is nobody to ask. In a script say --yes."
                            : "Not discarded. Nothing was changed.");
            out.flush();
            return false;
        }
        return true;
    }
}
