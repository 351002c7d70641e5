package io.understudy.cli;

import io.quarkus.arc.Unremovable;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.smallrye.config.ConfigValidationException;
import jakarta.inject.Singleton;
import java.net.BindException;
import java.util.Set;
import picocli.CommandLine;

/**
 * Starts the process. Only the commands that run a mirror serve health over HTTP; {@code plan} must not need a free
 * port.
 */
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

    /** The framework could not start; what it says of that is not meant for operators. */
    private static void exit(int code, Throwable startFailure) {
        if (startFailure == null) {
            System.exit(code);
        }
        Throwable cause = startFailure;
        while (cause.getCause() != null && !(cause instanceof BindException)) {
            cause = cause.getCause();
        }
        if (cause instanceof BindException) {
            System.err.println("Health cannot be served: its port is taken. Set another one: understudy.http.port"
                    + " (UNDERSTUDY_HTTP_PORT).");
            System.exit(ExitCode.WRONG);
        }
        if (cause instanceof IllegalArgumentException || cause instanceof ConfigValidationException) {
            System.err.println("The configuration cannot be used: understudy.http.port takes a port from 1 to 65535,"
                    + " understudy.http.host an address of this machine. " + firstLine(cause));
            System.exit(ExitCode.WRONG);
        }
        System.err.println("Understudy could not start: " + cause);
        System.exit(ExitCode.NOT_COMPLETED);
    }

    private static String firstLine(Throwable cause) {
        return cause instanceof ConfigValidationException invalid
                ? invalid.getProblem(0).getMessage()
                : cause.getMessage();
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
