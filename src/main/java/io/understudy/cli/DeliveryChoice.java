package io.understudy.cli;

import io.understudy.outbound.Deliveries;
import picocli.CommandLine;

/** One delivery by its id, or all of a kind. */
final class DeliveryChoice {

    @CommandLine.Parameters(arity = "0..1", paramLabel = "ID", description = "As deliveries list has it.")
    String id;

    @CommandLine.Option(names = "--all", description = "All of them, instead of one.")
    boolean all;

    @CommandLine.Option(names = "--destination", paramLabel = "NAME", description = "With --all: only to this one.")
    String destination;

    @CommandLine.Option(
            names = "--table",
            paramLabel = "TABLE",
            description = "With --all: only of this one: schema.table; without a schema, public.")
    String table;

    void requireOne(CommandLine commandLine) {
        if (all == (id != null)) {
            throw new CommandLine.ParameterException(
                    commandLine,
                    "Give the id of a delivery, or --all. They are listed by: ./understudy deliveries list");
        }
        if (!all && (destination != null || table != null)) {
            throw new CommandLine.ParameterException(
                    commandLine, "--destination and --table go with --all; a delivery has one of each.");
        }
    }

    /** @return the exit code */
    static int tell(Deliveries.Answer answer, CommandLine commandLine) {
        return switch (answer.result()) {
            case DONE, UNCHANGED -> {
                commandLine.getOut().println(answer.text());
                commandLine.getOut().flush();
                yield ExitCode.FINE;
            }
            case REFUSED, UNKNOWN -> {
                commandLine.getErr().println(answer.text());
                commandLine.getErr().flush();
                yield ExitCode.WRONG;
            }
        };
    }
}
