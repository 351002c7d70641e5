package io.understudy.mirror;

import io.understudy.ledger.TableEntry;
import io.understudy.ledger.TableForm;
import io.understudy.postgres.Definitions;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.Sql;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TargetDatabase;
import io.understudy.preflight.Finding;
import io.understudy.preflight.Preflight;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Does at the target what the source did, where that only adds: columns, labels, partitions, tables, indexes. Every
 * statement is told in the log and kept in {@code understudy.schema_change}. What it may not do, or what would take
 * something away, makes the table wait as if nothing were followed.
 */
final class SchemaFollower {

    private static final Logger LOG = Logger.getLogger(SchemaFollower.class);

    /** Long enough for an index on a large table. */
    private static final Duration LIMIT = Duration.ofHours(1);

    /** Whoever waits for a lock makes everybody after it wait as well. */
    private static final String LOCK_LIMIT = "set lock_timeout = '10s'";

    private final SourceDatabase source;
    private final TargetDatabase target;
    private final String mirror;
    /** What was refused is tried again after this; what went well, and was undone by somebody, is not. */
    private static final Duration REFUSED = Duration.ofMinutes(1);

    /** The column, table, object or schema is there already: made by somebody, or with another table. */
    private static final Set<String> ALREADY = Set.of("42701", "42P07", "42710", "42P06");

    private final Map<String, Instant> notBefore = new HashMap<>();

    SchemaFollower(SourceDatabase source, TargetDatabase target, String mirror) {
        this.source = source;
        this.target = target;
        this.mirror = mirror;
    }

    /** @return tables that the target has changed, so that it has to be looked at again */
    Set<TableId> follow(Preflight seen, List<TableEntry> ledger) {
        Set<TableId> changed = new HashSet<>();
        for (Finding finding : seen.findings()) {
            boolean renamed = finding.tables().stream().anyMatch(table -> hasRenamedColumn(table, seen, ledger));
            if (!renamed && run(finding.statements())) {
                changed.addAll(finding.tables());
            }
        }
        List<TableId> missing = missingTables(seen, ledger);
        if (run(definitions(missing))) {
            changed.addAll(missing);
        }
        for (Definitions.Index index : missingIndexes(seen)) {
            if (run(List.of(index.statement()))) {
                changed.add(index.table());
            }
        }
        return changed;
    }

    /** A new name of an old column must not be taken for a new column. */
    private static boolean hasRenamedColumn(TableId table, Preflight seen, List<TableEntry> ledger) {
        Optional<TableForm> before = ledger.stream()
                .filter(entry -> entry.table().equals(table))
                .findFirst()
                .flatMap(TableEntry::form);
        Optional<Table> now = seen.selection().selected().stream()
                .filter(selected -> selected.id().equals(table))
                .findFirst();
        return before.isPresent()
                && now.isPresent()
                && !TableForm.of(now.get(), Optional.empty(), before)
                        .renamedSince(before.get())
                        .isEmpty();
    }

    private static List<TableId> missingTables(Preflight seen, List<TableEntry> ledger) {
        Set<TableId> there = new HashSet<>();
        seen.tables().forEach(table -> there.add(table.id()));
        Set<Long> copied = new HashSet<>();
        ledger.stream().filter(entry -> entry.copiedAt().isPresent()).forEach(entry -> copied.add(entry.relation()));
        return seen.selection().selected().stream()
                .filter(table -> !there.contains(table.id()) && !copied.contains(table.relation()))
                .map(Table::id)
                .toList();
    }

    private List<String> definitions(List<TableId> missing) {
        List<String> statements = new ArrayList<>();
        if (!missing.isEmpty()) {
            missing.stream()
                    .map(TableId::schema)
                    .distinct()
                    .forEach(schema -> statements.add("create schema if not exists " + Sql.name(schema)));
            statements.addAll(Definitions.ofTables(source.client(), missing));
        }
        return statements;
    }

    private List<Definitions.Index> missingIndexes(Preflight seen) {
        Map<TableId, Set<String>> ours = new HashMap<>();
        Definitions.indexes(target.client())
                .forEach(index -> ours.computeIfAbsent(index.table(), table -> new HashSet<>())
                        .add(index.definition()));
        Set<TableId> there = new HashSet<>();
        seen.tables().forEach(table -> there.add(table.id()));
        return Definitions.indexes(source.client()).stream()
                .filter(index -> there.contains(index.table()))
                .filter(index -> !ours.getOrDefault(index.table(), Set.of()).contains(index.definition()))
                .toList();
    }

    private boolean run(List<String> statements) {
        boolean changed = false;
        for (String statement : statements) {
            if (!Instant.now().isBefore(notBefore.getOrDefault(statement, Instant.MIN))) {
                changed |= run(statement);
            }
        }
        return changed;
    }

    private boolean run(String statement) {
        try {
            target.client().with(session -> {
                session.query(LOCK_LIMIT);
                try {
                    return session.run(statement, LIMIT, "Following the source at the target: " + statement);
                } finally {
                    session.query("reset lock_timeout");
                }
            });
            target.client()
                    .query(
                            "insert into understudy.schema_change (mirror, statement) values ($1, $2)",
                            mirror,
                            statement);
            notBefore.put(statement, Instant.MAX);
            LOG.infof("followed the source: %s", statement);
            return true;
        } catch (PostgresFailure failure) {
            if (ALREADY.contains(failure.sqlState())) {
                notBefore.put(statement, Instant.MAX);
                return false;
            }
            notBefore.put(statement, Instant.now().plus(REFUSED));
            LOG.warnf("the source cannot be followed: %s", failure.getMessage());
            return false;
        }
    }
}
