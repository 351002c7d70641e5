package io.understudy.cli;

import io.quarkus.arc.Unremovable;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import jakarta.inject.Singleton;
import java.net.BindException;
import java.util.Set;
import picocli.CommandLine;

/** Starts the process. Only the commands that run a mirror serve health over HTTP; {@code plan} must not need a free port. */
@QuarkusMain
public final class Main {

    private static final Set<String> SERVING = Set.of("run", "demo");

    private Main() {}

    public static void main(String... arguments) {
        boolean serves = arguments.length > 0 && SERVING.contains(arguments[0]);
        if (!serves || asksForHelp(arguments)) {
            System.setProperty("quarkus.http.host-enabled", "false");
        } else if (arguments[0].equals("demo")) {
            System.setProperty("quarkus.http.port", "0");
            // The demo tells the story itself.
            System.setProperty("quarkus.log.category.\"io.understudy\".level", "WARN");
        }
        Quarkus.run(Application.class, Main::exit, arguments);
    }

    /** A start that failed has been logged; it must not end with the code of a command that found something. */
    private static void exit(int code, Throwable startFailure) {
        if (startFailure == null) {
            System.exit(code);
        }
        boolean portTaken = false;
        for (Throwable cause = startFailure; cause != null; cause = cause.getCause()) {
            portTaken |= cause instanceof BindException;
        }
        if (portTaken) {
            System.err.println("Health cannot be served: its port is taken. Set another one: UNDERSTUDY_HTTP_PORT=8081"
                    + " (understudy.http.port).");
        }
        System.exit(portTaken ? ExitCode.WRONG : ExitCode.NOT_COMPLETED);
    }

    private static boolean asksForHelp(String... arguments) {
        Set<String> given = Set.of(arguments.length == 0 ? new String[] {"--help"} : arguments.clone());
        return given.contains("--help") || given.contains("-h");
    }

    @Singleton
    @Unremovable
    static class Application implements QuarkusApplication {

        private final CommandLine.IFactory factory;

        Application(CommandLine.IFactory factory) {
            this.factory = factory;
        }

        @Override
        public int run(String... arguments) {
            return new CommandLine(UnderstudyCommand.class, factory)
                    .setExecutionExceptionHandler(new FailureReport())
                    .setCaseInsensitiveEnumValuesAllowed(true)
                    .execute(arguments);
        }
    }
}
