package io.understudy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.understudy.ledger.ApprovedRules;
import io.understudy.ledger.TableEntry;
import io.understudy.ledger.TableLedger;
import io.understudy.mirror.Settings;
import io.understudy.mirror.SettingsReader;
import io.understudy.orphans.OrphanChecks;
import io.understudy.orphans.OrphanFix;
import io.understudy.orphans.OrphanFixes;
import io.understudy.orphans.OrphanKey;
import io.understudy.orphans.OrphanKeys;
import io.understudy.orphans.OrphanOutcome;
import io.understudy.orphans.OrphanPlan;
import io.understudy.orphans.OrphanRepair;
import io.understudy.orphans.OrphanReport;
import io.understudy.orphans.OrphanUnknownException;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import io.understudy.preflight.Preflight;
import io.vertx.core.Vertx;
import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.Config;
import picocli.CommandLine;

@CommandLine.Command(
        name = "orphans",
        mixinStandardHelpOptions = true,
        description = {
            "Counts rows without a parent, for every foreign key at source and target. Changes nothing.",
            "With --fix it shows what would be done about them at the target; with --apply as well, it does it:",
            "with a copy in understudy.quarantine and a line in understudy.audit for every row."
        })
final class OrphansCommand implements Callable<Integer> {

    private final Vertx vertx;
    private final Config config;
    private final ObjectMapper json;

    @CommandLine.Parameters(
            arity = "0..*",
            paramLabel = "TABLE",
            description = "Only foreign keys of these: schema.table, * for any letters; without a schema, public.")
    private List<String> patterns = List.of();

    @CommandLine.Option(
            names = "--fix",
            paramLabel = "CONSTRAINT=POLICY",
            description = {
                "schema.table.constraint, or its name alone if there is one of it, and what becomes of its rows:",
                "report, null, assign=KEY, quarantine or delete. Can be given again."
            })
    private List<String> wanted = List.of();

    @CommandLine.Option(names = "--apply", description = "Do what --fix says, and validate the constraint.")
    private boolean apply;

    @CommandLine.Option(names = "--yes", description = "With --apply: do not ask.")
    private boolean yes;

    @CommandLine.Option(
            names = "--timeout",
            paramLabel = "DURATION",
            converter = DemoCommand.DurationOption.class,
            defaultValue = "60s",
            description = "For one count: 30s, 10m or 1h (default: ${DEFAULT-VALUE}).")
    private Duration timeout;

    @CommandLine.Option(names = "--json", description = "Print it as JSON.")
    private boolean asJson;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    OrphansCommand(Vertx vertx, Config config, ObjectMapper json) {
        this.vertx = vertx;
        this.config = config;
        this.json = json;
    }

    @Override
    public Integer call() throws JsonProcessingException {
        requireSense();
        Settings settings = SettingsReader.read(config);
        try (Databases databases = Databases.open(vertx, settings)) {
            Preflight seen = Preflight.of(databases.source(), databases.target(), settings.intent());
            List<OrphanKey> keys = OrphanKeys.read(databases.source(), databases.target(), seen);
            List<TableEntry> ledger = ApprovedRules.areKept(databases.target().client())
                    ? new TableLedger(databases.target().client(), settings.name()).load()
                    : List.of();
            List<OrphanFix> fixes = fixes(databases, keys, ledger);
            List<OrphanKey> chosen = wanted.isEmpty()
                    ? chosen(seen, keys)
                    : fixes.stream().map(OrphanFix::key).toList();
            OrphanReport report = OrphanReport.read(
                    chosen,
                    databases.source(),
                    databases.target(),
                    OrphanReport.unmasked(seen, ledger),
                    timeout,
                    new LookedAt(spec.commandLine().getErr()));
            if (fixes.isEmpty()) {
                show(settings, report, Optional.empty(), Optional.empty());
                return report.isUnknown() ? ExitCode.NOT_COMPLETED : report.isFound() ? ExitCode.FOUND : ExitCode.FINE;
            }
            if (apply) {
                seen.requireNothingBlockingTheWhole();
                databases.target().migrate();
            }
            return fix(databases, settings, report, keys, fixes);
        } catch (OrphanUnknownException unknown) {
            spec.commandLine().getErr().println(unknown.getMessage() + " Give it more: --timeout 10m");
            return ExitCode.NOT_COMPLETED;
        }
    }

    private void requireSense() {
        if (apply && wanted.isEmpty()) {
            throw wrong("--apply does what --fix says, and there is none: --fix CONSTRAINT=POLICY");
        }
        if (!wanted.isEmpty() && !patterns.isEmpty()) {
            throw wrong("--fix names its constraints; leave out " + String.join(", ", patterns) + ".");
        }
        if (apply && asJson && !yes) {
            throw wrong("--json asks nobody: with --apply, say --yes as well.");
        }
        if (timeout.toSeconds() < 1) {
            throw wrong("--timeout is less than a second.");
        }
    }

    private CommandLine.ParameterException wrong(String message) {
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }

    private List<OrphanFix> fixes(Databases databases, List<OrphanKey> keys, List<TableEntry> ledger) {
        OrphanFixes parsed = OrphanFixes.parse(wanted, keys);
        List<String> problems = new ArrayList<>(parsed.problems());
        problems.addAll(new OrphanChecks(databases.target().client(), keys, ledger).problems(parsed.fixes()));
        if (!problems.isEmpty()) {
            throw wrong(
                    problems.size() == 1
                            ? problems.get(0)
                            : "Nothing was changed, and " + problems.size() + " things are wrong:\n  - "
                                    + String.join("\n  - ", problems));
        }
        return parsed.fixes();
    }

    private List<OrphanKey> chosen(Preflight seen, List<OrphanKey> keys) {
        List<Table> tables = new ArrayList<>(seen.selection().selected());
        keys.forEach(key -> key.target().table().ifPresent(tables::add));
        Set<TableId> chosen =
                LookedAt.chosen(tables, patterns, spec).stream().map(Table::id).collect(Collectors.toSet());
        return keys.stream().filter(key -> chosen.contains(key.table())).toList();
    }

    private int fix(
            Databases databases, Settings settings, OrphanReport report, List<OrphanKey> keys, List<OrphanFix> fixes)
            throws JsonProcessingException {
        try (OrphanRepair repair = new OrphanRepair(databases.target(), settings.name(), keys, fixes, timeout)) {
            OrphanPlan plan = repair.plan();
            if (!apply) {
                show(settings, report, Optional.of(plan), Optional.empty());
                return report.isUnknown()
                        ? ExitCode.NOT_COMPLETED
                        : report.isFound() || plan.rows() > 0 ? ExitCode.FOUND : ExitCode.FINE;
            }
            if (!asJson) {
                show(settings, report, Optional.of(plan), Optional.empty());
                if (plan.hasWork() && !yes && !confirmed()) {
                    return ExitCode.WRONG;
                }
            }
            OrphanOutcome outcome = applied(repair);
            if (asJson) {
                show(settings, report, Optional.of(plan), Optional.of(outcome));
            } else {
                new OrphansText(spec.commandLine().getOut()).outcome(outcome);
            }
            return outcome.isUnknown() || report.isUnknown()
                    ? ExitCode.NOT_COMPLETED
                    : outcome.isDone() ? ExitCode.FINE : ExitCode.FOUND;
        }
    }

    private OrphanOutcome applied(OrphanRepair repair) {
        PrintWriter err = spec.commandLine().getErr();
        try {
            return repair.apply(new ChunkProgress(err, "rows"));
        } catch (PostgresFailure failure) {
            err.println(
                    "What was changed until then stays so, with its copies in understudy.quarantine; the same command"
                            + " goes on from there.");
            throw failure;
        }
    }

    private boolean confirmed() {
        PrintWriter out = spec.commandLine().getOut();
        Console console = System.console();
        String answer = console == null ? null : console.readLine("Type \"apply\" to go on: ");
        if (!"apply".equals(answer)) {
            out.println(
                    console == null
                            ? "Not applied: there is nobody to ask. In a script say --yes."
                            : "Not applied. Nothing was changed.");
            out.flush();
            return false;
        }
        return true;
    }

    private void show(
            Settings settings, OrphanReport report, Optional<OrphanPlan> plan, Optional<OrphanOutcome> outcome)
            throws JsonProcessingException {
        PrintWriter out = spec.commandLine().getOut();
        if (asJson) {
            out.println(json.writerWithDefaultPrettyPrinter()
                    .writeValueAsString(OrphansJson.of(settings, report, plan, outcome)));
            out.flush();
            return;
        }
        OrphansText text = new OrphansText(out);
        text.report(settings, report);
        plan.ifPresent(shown -> text.plan(shown, apply));
    }
}
