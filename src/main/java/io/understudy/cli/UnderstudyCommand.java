package io.understudy.cli;

import picocli.CommandLine;

@CommandLine.Command(
        name = "understudy",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Keeps a staging Postgres in step with production.",
        subcommands = {
            DemoCommand.class,
            PlanCommand.class,
            DriftCommand.class,
            AdoptCommand.class,
            RunCommand.class,
            StatusCommand.class,
            ResyncCommand.class,
            RefreshCommand.class,
            ReconcileCommand.class,
            MasksCommand.class,
            QueueCommand.class,
            DeliveriesCommand.class,
            OrphansCommand.class,
            CommandLine.HelpCommand.class
        },
        footer = {
            "",
            "Settings are read from config/application.properties and from the environment;",
            "UNDERSTUDY_SOURCE_URL and UNDERSTUDY_TARGET_URL are enough to begin.",
            "",
            "Exit codes: 0 fine, 1 found something, 2 wrong usage or configuration,",
            "3 could not be completed."
        })
final class UnderstudyCommand implements Runnable {

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Say what to do.");
    }
}
