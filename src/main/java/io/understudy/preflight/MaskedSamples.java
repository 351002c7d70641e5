package io.understudy.preflight;

import static io.understudy.preflight.Finding.blocking;
import static io.understudy.preflight.Finding.warning;

import io.understudy.masking.CanaryException;
import io.understudy.masking.MaskingPolicy;
import io.understudy.postgres.Column;
import io.understudy.postgres.Constraint;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.Sql;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TargetDatabase;
import io.understudy.rules.Policy;
import io.understudy.rules.Rules;
import io.vertx.sqlclient.Row;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Masks a few rows of each table and lets the target say whether it would take them: its types, its domains and its checks
 * know nothing of what a mask makes of a value. Only what concerns masked columns is asked, and nothing is written.
 */
final class MaskedSamples {

    private static final int ROWS = 200;
    /** For all tables together: somebody waits for the plan. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Connection source;
    private final PostgresClient target;
    private final MaskingPolicy policy;
    private final Rules rules;
    private final List<Finding> findings = new ArrayList<>();

    private MaskedSamples(Connection source, TargetDatabase target, MaskingPolicy policy, Rules rules) {
        this.source = source;
        this.target = target.client();
        this.policy = policy;
        this.rules = rules;
    }

    static List<Finding> findings(
            SourceDatabase source,
            TargetDatabase target,
            List<MirroredTable> tables,
            MaskingPolicy policy,
            Rules rules) {
        List<MirroredTable> masked = tables.stream()
                .filter(table -> !policy.masked(table.id()).isEmpty())
                .toList();
        if (masked.isEmpty()) {
            return List.of();
        }
        Map<TableId, List<Constraint>> checks = Constraint.read(target.client()).stream()
                .filter(constraint -> constraint.kind() == Constraint.Kind.CHECK)
                .collect(Collectors.groupingBy(Constraint::table));
        Instant end = Instant.now().plus(LIMIT);
        try (Connection session = source.openCopySession()) {
            MaskedSamples samples = new MaskedSamples(session, target, policy, rules);
            List<TableId> untried = new ArrayList<>();
            for (MirroredTable table : masked) {
                if (Instant.now().isBefore(end)) {
                    samples.ask(table, checks.getOrDefault(table.id(), List.of()));
                } else {
                    untried.add(table.id());
                }
            }
            if (!untried.isEmpty()) {
                samples.findings.add(warning(
                        "Whether the target takes masked values was not tried within " + LIMIT.toSeconds() + " s of "
                                + Listed.tables(untried) + ".",
                        "Nothing; a row that it does not take stops its table."));
            }
            return samples.findings;
        } catch (SQLException e) {
            throw PostgresFailure.of(e, "Reading a few rows at the source");
        }
    }

    private void ask(MirroredTable table, List<Constraint> checks) {
        MaskedRows rows;
        try {
            rows = MaskedRows.read(source, table.source(), table.filterSql("where"), policy, ROWS);
        } catch (CanaryException e) {
            findings.add(blocking(e.getMessage() + ".", e.remedy()).about(table.id()));
            return;
        } catch (PostgresFailure e) {
            if (e.kind() == PostgresFailure.Kind.CONNECTION) {
                throw e;
            }
            findings.add(warning(
                            "Whether the target takes the masked values of " + table.id() + " could not be tried: "
                                    + e.getMessage() + ".",
                            "Nothing; a row that it does not take stops its table.")
                    .about(table.id()));
            return;
        }
        Set<String> masked = policy.masked(table.id());
        Set<String> unfit = new HashSet<>();
        for (String column : masked) {
            if (isWritten(table, column) && !fits(table, column, rows)) {
                unfit.add(column);
            }
        }
        for (Constraint check : checks) {
            boolean concerned = check.columns().stream().anyMatch(masked::contains)
                    && check.columns().stream().allMatch(column -> isWritten(table, column) && !unfit.contains(column));
            if (concerned) {
                keeps(table, check, rows);
            }
        }
    }

    /** Others are computed or filled by the target: what they will be is not known here. */
    private static boolean isWritten(MirroredTable table, String column) {
        return table.columns().contains(column);
    }

    private boolean fits(MirroredTable table, String column, MaskedRows rows) {
        Column ours = table.target().column(column).orElseThrow();
        try {
            target.query("select count(" + ours.read("x.c0") + ") from unnest($1::text[]) as x(c0)", (Object)
                    values(rows, column));
            return true;
        } catch (PostgresFailure e) {
            if (e.kind() == PostgresFailure.Kind.CONNECTION) {
                throw e;
            }
            tell(
                    table,
                    "the column " + column + ", " + ours.type() + " at the target"
                            + e.brokenRule()
                                    .map(name -> ", whose domain has the constraint " + name)
                                    .orElse(""),
                    List.of(column),
                    false);
            return false;
        }
    }

    private void keeps(MirroredTable table, Constraint check, MaskedRows rows) {
        List<String> columns = check.columns();
        String arrays = numbered(columns, "$%d::text[]", 1);
        String read = columns.stream()
                .map(column -> table.target().column(column).orElseThrow().read("x.c" + columns.indexOf(column))
                        + " as " + Sql.name(column))
                .collect(Collectors.joining(", "));
        Object[] values =
                columns.stream().map(column -> (Object) values(rows, column)).toArray();
        try {
            Row row = target.query(
                            "select count(*) as broken from (select " + read + " from unnest(" + arrays + ") as x("
                                    + numbered(columns, "c%d", 0) + ")) as t where ("
                                    + check.expression().orElseThrow() + ") is false",
                            values)
                    .iterator()
                    .next();
            if (row.getLong("broken") > 0) {
                tell(table, "the check " + check.name(), columns, isChosen(check));
            }
        } catch (PostgresFailure e) {
            if (e.kind() == PostgresFailure.Kind.CONNECTION) {
                throw e;
            }
            tell(table, "the check " + check.name() + ", which cannot even be computed of them", columns, false);
        }
    }

    /** Whether somebody has decided what becomes of rows that break it. */
    private boolean isChosen(Constraint check) {
        return rules.all().stream()
                .anyMatch(rule -> rule.constraint().path().equals(check.path()) && rule.policy() != Policy.STOP);
    }

    private void tell(MirroredTable table, String what, List<String> columns, boolean chosen) {
        Map<String, String> words = policy.rules(table.id());
        String masks = columns.stream()
                .filter(words::containsKey)
                .map(column -> column + "=" + words.get(column))
                .collect(Collectors.joining(", "));
        String sentence = "Masked values of " + table.id() + " do not fit " + what + ": " + masks
                + " makes values that it " + "refuses, in a sample of " + ROWS + " rows at most.";
        findings.add((chosen
                        ? warning(sentence, "Nothing, if what becomes of such rows is meant; or choose another rule.")
                        : blocking(
                                sentence,
                                "Choose another rule in understudy.masking.rules, or change the constraint at the target. "
                                        + "What a rule makes: ./understudy masks preview " + table.id()))
                .about(table.id()));
    }

    private static String numbered(List<String> columns, String format, int from) {
        List<String> items = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            items.add(format.formatted(i + from));
        }
        return String.join(", ", items);
    }

    private static String[] values(MaskedRows rows, String column) {
        int place = rows.columns().indexOf(column);
        return rows.rows().stream().map(row -> row[place]).toArray(String[]::new);
    }
}
