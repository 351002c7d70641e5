package io.understudy.cli;

import picocli.CommandLine;

@CommandLine.Command(
        name = "masks",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Personal data: what to mask, by what it is masked, and what is not masked.",
        subcommands = {
            MasksSuggestCommand.class,
            MasksScanCommand.class,
            PreviewCommand.class,
            ApproveCommand.class,
            ListMasksCommand.class,
            CommandLine.HelpCommand.class
        })
final class MasksCommand implements Runnable {

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Say what to do.");
    }
}
