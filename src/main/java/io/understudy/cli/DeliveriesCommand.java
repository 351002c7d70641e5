package io.understudy.cli;

import picocli.CommandLine;

@CommandLine.Command(
        name = "deliveries",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Deliveries: what waits, what was given up, and what to do about it.",
        subcommands = {
            ListDeliveriesCommand.class,
            ShowDeliveryCommand.class,
            RetryCommand.class,
            DiscardCommand.class,
            ReplayCommand.class,
            PauseCommand.class,
            ResumeCommand.class,
            CommandLine.HelpCommand.class
        })
final class DeliveriesCommand implements Runnable {

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Say what to do.");
    }
}
