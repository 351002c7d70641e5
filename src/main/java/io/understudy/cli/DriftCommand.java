package io.understudy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.understudy.drift.Difference;
import io.understudy.drift.Drift;
import io.understudy.drift.DriftReport;
import io.understudy.mirror.Settings;
import io.understudy.mirror.SettingsReader;
import io.understudy.postgres.Catalog;
import io.understudy.postgres.Publications;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TableSelection;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.Config;
import picocli.CommandLine;

@CommandLine.Command(
        name = "drift",
        mixinStandardHelpOptions = true,
        description = {
            "Compares both sides' schemas and migration histories.",
            "Says of each difference whether a migration was recorded and never ran (phantom),",
            "ran and was not recorded (unrecorded), one side is ahead, or somebody changed it",
            "by hand. Changes nothing.",
            "Exit code 0 when there is no difference, 1 when there is, 3 when a part could not",
            "be checked."
        })
final class DriftCommand implements Callable<Integer> {

    /** The shape of {@code drift --json}. */
    @RegisterForReflection
    record DriftJson(
            String source,
            String target,
            List<DifferenceJson> differences,
            List<UncheckedJson> unchecked,
            List<String> histories,
            List<String> leftOut) {}

    /** {@code table} is null for what belongs to none, {@code source} and {@code target} where it is not there. */
    @RegisterForReflection
    record DifferenceJson(
            String type,
            String kind,
            String name,
            String table,
            String source,
            String target,
            String why,
            boolean mirrored,
            boolean mayPause,
            String remedy,
            int contained) {}

    @RegisterForReflection
    record UncheckedJson(String side, String part, String reason) {}

    private final Vertx vertx;
    private final Config config;
    private final ObjectMapper json;

    @CommandLine.Option(
            names = "--schema",
            paramLabel = "NAME",
            description = "Only this schema, also one of the hosting provider; can be given several times.")
    private List<String> schemas = new ArrayList<>();

    @CommandLine.Option(
            names = "--migrations",
            paramLabel = "DIR",
            description = "Also compares the .sql files of this folder: what they make, and which are recorded.")
    private Path migrations;

    @CommandLine.ArgGroup
    private Form form = new Form();

    private static final class Form {
        @CommandLine.Option(names = "--json", description = "Print it as JSON.")
        private boolean asJson;

        @CommandLine.Option(
                names = "--plan",
                description = "Print SQL for psql that makes at the target what it lacks. Removes nothing.")
        private boolean asPlan;
    }

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    DriftCommand(Vertx vertx, Config config, ObjectMapper json) {
        this.vertx = vertx;
        this.config = config;
        this.json = json;
    }

    @Override
    public Integer call() throws JsonProcessingException {
        if (migrations != null && !Files.isDirectory(migrations)) {
            throw new CommandLine.ParameterException(spec.commandLine(), migrations + " is not a folder.");
        }
        Settings settings = SettingsReader.read(config);
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        DriftReport report;
        try (Databases databases = Databases.open(vertx, settings)) {
            report = Drift.compare(
                    databases.source().client(),
                    databases.target().client(),
                    new Drift.Request(
                            mirrored(databases, settings),
                            settings.tables().portion().excludedColumns(),
                            Publications.names(settings.name()),
                            schemas,
                            Optional.ofNullable(migrations)));
        } catch (IOException e) {
            err.println("The folder of migrations cannot be read: " + e.getMessage());
            return ExitCode.NOT_COMPLETED;
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage());
        }
        if (form.asJson) {
            out.println(json.writerWithDefaultPrettyPrinter().writeValueAsString(json(settings, report)));
        } else if (form.asPlan) {
            printPlan(settings, report, out);
        } else {
            DriftText.print(settings.source().place(), settings.target().place(), report, out);
        }
        out.flush();
        return exitCode(report, err);
    }

    private static Set<TableId> mirrored(Databases databases, Settings settings) {
        return TableSelection.of(
                        Catalog.read(databases.source().client()),
                        settings.tables().include(),
                        settings.tables().exclude())
                .selected()
                .stream()
                .map(Table::id)
                .collect(Collectors.toSet());
    }

    private static void printPlan(Settings settings, DriftReport report, PrintWriter out) {
        out.println("-- Brings " + settings.target().place() + " to the schema of "
                + settings.source().place() + ": " + report.plan().size() + " steps.");
        out.println("-- Read it, then run it with psql at the target. Every step is a transaction of its own and proves"
                + " itself;");
        out.println("-- what is there already is left alone, so that it can be run again. Nothing is removed.");
        out.println();
        out.print(report.plan().text());
    }

    /** Not everything is the same when a part was not looked at. */
    private static int exitCode(DriftReport report, PrintWriter err) {
        for (DriftReport.Unchecked unchecked : report.unchecked()) {
            err.println("Not checked: " + unchecked.part() + " at the "
                    + unchecked.side().word() + ": " + unchecked.reason());
        }
        err.flush();
        if (!report.unchecked().isEmpty()) {
            return ExitCode.NOT_COMPLETED;
        }
        return report.differences().isEmpty() ? ExitCode.FINE : ExitCode.FOUND;
    }

    private static DriftJson json(Settings settings, DriftReport report) {
        return new DriftJson(
                settings.source().place(),
                settings.target().place(),
                report.differences().stream().map(DriftCommand::json).toList(),
                report.unchecked().stream()
                        .map(part -> new UncheckedJson(part.side().word(), part.part(), part.reason()))
                        .toList(),
                report.histories(),
                report.leftOut());
    }

    private static DifferenceJson json(Difference difference) {
        return new DifferenceJson(
                difference.type().word(),
                difference.kind().word(),
                difference.name(),
                difference.table().map(TableId::toString).orElse(null),
                difference.source().orElse(null),
                difference.target().orElse(null),
                difference.why(),
                difference.mirrored(),
                difference.mayPause(),
                difference.remedy(),
                difference.contained());
    }
}
