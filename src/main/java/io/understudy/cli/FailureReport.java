package io.understudy.cli;

import io.understudy.mirror.InvalidSettingsException;
import io.understudy.postgres.PostgresFailure;
import io.understudy.preflight.RefusedException;
import java.io.PrintWriter;
import picocli.CommandLine;

/** Says what went wrong in words, on standard error, and which exit code it is worth. */
final class FailureReport implements CommandLine.IExecutionExceptionHandler {

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        PrintWriter err = command.getErr();
        if (failure instanceof InvalidSettingsException invalid) {
            err.println("The configuration cannot be used:");
            invalid.problems().forEach(problem -> err.println("  - " + problem));
            err.println(
                    "Settings are read from config/application.properties and from the environment (UNDERSTUDY_...).");
            return ExitCode.WRONG;
        }
        if (failure instanceof RefusedException refused) {
            FindingsText.refused(refused.findings(), err);
            return ExitCode.WRONG;
        }
        if (failure instanceof PostgresFailure postgres) {
            err.println(postgres.getMessage());
            return ExitCode.NOT_COMPLETED;
        }
        err.println("Unexpected: " + failure);
        failure.printStackTrace(err);
        return ExitCode.NOT_COMPLETED;
    }
}
