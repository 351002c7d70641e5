package io.understudy.cli;

import io.understudy.masking.Nearest;
import io.understudy.outbound.Operation;
import io.understudy.outbound.SyncConfig;
import io.understudy.postgres.Column;
import io.understudy.postgres.ConditionText;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.Sql;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TableSelection;
import io.understudy.postgres.TargetDatabase;
import io.understudy.preflight.Finding;
import io.understudy.preflight.Preflight;
import io.understudy.preflight.RefusedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Whether what somebody asks of {@code queue configure} can be done; everything that stands against it at once. */
final class SyncConfigChecks {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String TABLES = "Correct --table; the tables are listed by: ./understudy plan";

    /** As it was typed, with names read. */
    record Asked(
            TableId table,
            String destination,
            Optional<String> workflow,
            Optional<String> objectType,
            boolean enabled,
            List<String> on,
            Optional<List<String>> columns,
            Optional<String> condition,
            String orderBy) {}

    private final Preflight seen;
    private final TargetDatabase target;
    private final Set<String> destinations;
    private final List<Finding> problems = new ArrayList<>();

    /** @param destinations those of the settings */
    SyncConfigChecks(Preflight seen, TargetDatabase target, Set<String> destinations) {
        this.seen = seen;
        this.target = target;
        this.destinations = destinations;
    }

    /** @throws RefusedException with everything that is wrong */
    SyncConfig require(Asked asked) {
        TableId id = asked.table();
        if (asked.enabled()) {
            checkDestination(asked.destination());
        }
        Set<Operation> on = operations(asked.on());
        Optional<MirroredTable> table = Optional.ofNullable(seen.mirrored().get(id));
        if (table.isEmpty()) {
            problems.add(notMirrored(id));
        } else {
            checkTable(table.get());
            asked.columns()
                    .ifPresent(columns -> columns.forEach(column -> checkColumn(table.get(), "--columns", column)));
            if (!asked.orderBy().equals(SyncConfig.RECORD) && !asked.orderBy().equals(SyncConfig.TABLE)) {
                checkColumn(table.get(), "--order-by", asked.orderBy());
            }
            asked.condition().ifPresent(condition -> checkCondition(table.get(), condition));
        }
        if (!problems.isEmpty()) {
            throw new RefusedException(problems);
        }
        return new SyncConfig(
                id,
                asked.destination(),
                asked.workflow(),
                asked.objectType(),
                asked.enabled(),
                on,
                asked.columns(),
                asked.condition(),
                asked.orderBy(),
                Optional.empty());
    }

    /** What a receiver should know of the values. */
    Optional<String> note(SyncConfig config) {
        MirroredTable table = seen.mirrored().get(config.table());
        List<String> masked = table.columns().stream()
                .filter(table.masked()::contains)
                .filter(column -> config.columns()
                        .map(columns -> columns.contains(column))
                        .orElse(true))
                .toList();
        return masked.isEmpty()
                ? Optional.empty()
                : Optional.of("Values of " + String.join(", ", masked) + " are masked, as they are at staging.");
    }

    private void against(String what, String remedy) {
        problems.add(Finding.blocking(what, remedy));
    }

    /** Whether its address may be delivered to was found out when the settings were read. */
    private void checkDestination(String name) {
        if (!destinations.contains(name)) {
            against(
                    "No destination is called " + name + ".",
                    destinations.isEmpty()
                            ? "The settings have none. Set understudy.outbound.destinations." + name + ".url"
                                    + " and .secret, here and for the service."
                            : "The nearest is " + Nearest.to(name, destinations)
                                    + ". Destinations are set by understudy.outbound.destinations.NAME.url.");
        }
    }

    private Set<Operation> operations(List<String> words) {
        Set<Operation> operations = EnumSet.noneOf(Operation.class);
        List<String> known = Stream.of(Operation.values()).map(Operation::word).toList();
        for (String word : words) {
            String asked = word.strip().toLowerCase(Locale.ROOT);
            if (known.contains(asked)) {
                operations.add(Operation.of(asked));
            } else {
                against("--on has \"" + word + "\".", "It takes " + String.join(", ", known) + ", comma-separated.");
            }
        }
        return operations;
    }

    private Finding notMirrored(TableId id) {
        Optional<String> excluded = seen.selection().excluded().stream()
                .filter(exclusion -> exclusion.table().equals(id))
                .map(TableSelection.Exclusion::reason)
                .findFirst();
        if (excluded.isPresent()) {
            return Finding.blocking(
                    "The table " + id + " is not mirrored: " + (excluded.get().startsWith("understudy.") ? "" : "it ")
                            + excluded.get() + ".",
                    TABLES);
        }
        if (seen.selection().selected().stream().anyMatch(table -> table.id().equals(id))) {
            return Finding.blocking(
                    "The table " + id + " is not at the target.", "Run the migrations there, or correct --table.");
        }
        Collection<String> names =
                seen.mirrored().keySet().stream().map(TableId::toString).toList();
        return Finding.blocking(
                "Production has no table " + id + ".",
                names.isEmpty() ? TABLES : "The nearest is " + Nearest.to(id.toString(), names) + ".");
    }

    private void checkTable(MirroredTable table) {
        if (table.isSchemaOnly()) {
            against(
                    "The table " + table.id() + " is schema-only: none of its rows arrive.",
                    "Take it out of understudy.tables.schema-only, or correct --table.");
        }
        if (table.key().isEmpty()) {
            against(
                    "The table " + table.id() + " has no key, so that its records cannot be named to a receiver.",
                    "Give it a primary key at production.");
        }
    }

    private void checkColumn(MirroredTable table, String option, String name) {
        if (table.columns().contains(name)) {
            return;
        }
        Optional<Column> there =
                table.source().column(name).or(() -> table.target().column(name));
        if (there.isPresent()) {
            against(option + " has " + name + ": " + notDelivered(table, name), "Leave it out.");
            return;
        }
        against(
                option + " has " + name + ", which is no column of " + table.id() + ".",
                table.columns().isEmpty()
                        ? "Leave it out."
                        : "The nearest is " + Nearest.to(name, table.columns()) + ".");
    }

    private static String notDelivered(MirroredTable table, String name) {
        if (table.withheld().contains(name)) {
            return "its values are excluded or withheld and do not leave production.";
        }
        boolean generated = Stream.of(table.source(), table.target())
                .flatMap(side -> side.column(name).stream())
                .anyMatch(Column::generated);
        return generated
                ? "it is generated, and each side computes it by itself."
                : "it is only at one of the two sides, so that nothing of it is mirrored.";
    }

    private void checkCondition(MirroredTable table, String condition) {
        ConditionText text = ConditionText.of(condition);
        Optional<String> problem = text.problem(table.target());
        if (problem.isPresent()) {
            against("--condition " + problem.get() + ".", "Write a condition on the columns of one row.");
            return;
        }
        List<String> others = table.target().columns().stream()
                .map(Column::name)
                .filter(name -> !table.columns().contains(name))
                .toList();
        for (String name : text.names(others)) {
            against("--condition uses " + name + ": " + notDelivered(table, name), "Use other columns.");
        }
        List<String> changing = text.changing(target.client());
        if (!changing.isEmpty()) {
            against(
                    "--condition uses " + String.join(", ", changing)
                            + ": it would mean something else later, without a change, so that it would depend on when a"
                            + " change arrives whether it is delivered.",
                    "Write a condition on the columns of one row that is the same at any time.");
            return;
        }
        refusedByTarget(table.target(), condition)
                .ifPresent(reason -> against(
                        reason + ".",
                        "Correct it: what would stand behind where, on columns of " + table.id()
                                + " by their bare names; functions, types and operators outside of pg_catalog with their"
                                + " schema."));
    }

    /** Postgres reads it as it will be asked, of a row without values. */
    private Optional<String> refusedByTarget(Table table, String condition) {
        // A comment in it ends with its line.
        String sql = "select from jsonb_populate_record(null::" + table.id().sql() + ", '{}') as "
                + Sql.name(table.id().name()) + " where (" + condition + "\n) is true";
        try {
            target.client()
                    .with(session -> session.transaction("begin read only", asking -> {
                        asking.query("set local statement_timeout = " + LIMIT.toMillis());
                        return asking.run(sql, LIMIT.plusSeconds(5), "Reading --condition at the target");
                    }));
            return Optional.empty();
        } catch (PostgresFailure failure) {
            if (failure.passes()) {
                throw failure;
            }
            return Optional.of(failure.getMessage());
        }
    }
}
