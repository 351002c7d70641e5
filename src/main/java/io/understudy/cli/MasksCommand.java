package io.understudy.cli;

import picocli.CommandLine;

@CommandLine.Command(
        name = "masks",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "What becomes of personal data on its way to the target.",
        subcommands = {ApproveCommand.class, PreviewCommand.class, ListMasksCommand.class})
final class MasksCommand implements Runnable {

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Say what to do.");
    }
}
