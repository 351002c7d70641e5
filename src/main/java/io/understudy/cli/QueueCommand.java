package io.understudy.cli;

import picocli.CommandLine;

@CommandLine.Command(
        name = "queue",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Deliveries: what of which table goes to which destination.",
        subcommands = {
            ConfigureQueueCommand.class,
            ListQueueCommand.class,
            RemoveQueueCommand.class,
            CommandLine.HelpCommand.class
        })
final class QueueCommand implements Runnable {

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Say what to do.");
    }
}
