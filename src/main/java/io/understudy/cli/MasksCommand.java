package io.understudy.cli;

import picocli.CommandLine;

@CommandLine.Command(
        name = "masks",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Finds personal data: what to mask, and what is not masked.",
        subcommands = {MasksSuggestCommand.class, MasksScanCommand.class, CommandLine.HelpCommand.class})
final class MasksCommand implements Runnable {

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Say what to do.");
    }
}
