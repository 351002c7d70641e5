package io.understudy.discovery;

import io.understudy.discovery.Observation.Evidence;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Looks at the target for what should not be there: values that look real, and strings planted at the source. */
public final class Scan {

    /**
     * @param rows how many of each table are looked at; small tables as a whole
     * @param harmlessDomains mail to these reaches nobody, beside the reserved ones
     * @param rules the name of the rule of each column, where it is known
     * @param canaries looked for in all rows
     */
    public record Request(
            int rows, Set<String> harmlessDomains, Map<TableId, Map<String, String>> rules, List<String> canaries) {}

    public record Unseen(TableId table, String reason) {}

    /** @param unseen tables that could not be looked at: of those nothing is known */
    public record Result(int tables, int columns, List<ScanFinding> findings, List<Unseen> unseen) {

        /** The same, and of these nothing is known either. */
        public Result with(List<Unseen> others) {
            return new Result(
                    tables,
                    columns,
                    findings,
                    Stream.concat(unseen.stream(), others.stream()).toList());
        }
    }

    /** What our own masks make may look like these: they have no check that it would have to pass. */
    private static final Set<Kind> WITHOUT_CHECK = Set.of(Kind.US_SSN, Kind.UK_NINO);
    /** A table of at most as many times the sample is looked at as a whole. */
    private static final int SMALL = 2;

    private final PostgresClient database;
    private final Request request;
    private final List<Detector> unmasked;
    private final List<Detector> masked;
    private final CanarySearch canaries;

    public Scan(PostgresClient database, Request request) {
        this.database = database;
        this.request = request;
        this.unmasked = Detectors.ofUnmasked(request.harmlessDomains());
        this.masked = Detectors.ofMasked(request.harmlessDomains());
        this.canaries = new CanarySearch(database, request.canaries());
    }

    public Result look(Collection<Table> tables, Progress progress) {
        Map<TableId, Map<String, ColumnFacts>> facts =
                ColumnFacts.read(database, tables.stream().collect(Collectors.toMap(Table::id, Function.identity())));
        List<ScanFinding> findings = new ArrayList<>();
        List<Unseen> unseen = new ArrayList<>();
        int looked = 0;
        int columns = 0;
        for (Table table : tables) {
            progress.at(table.id(), looked++, tables.size());
            Map<String, ColumnFacts> ofTable = facts.getOrDefault(table.id(), Map.of());
            List<ColumnFacts> inOrder = table.columns().stream()
                    .map(column -> ofTable.get(column.name()))
                    .filter(column -> column != null)
                    .toList();
            try {
                findings.addAll(look(table, inOrder));
                findings.addAll(canaries.search(table, inOrder));
                columns += inOrder.size();
            } catch (PostgresFailure failure) {
                if (failure.kind() == PostgresFailure.Kind.CONNECTION) {
                    throw failure;
                }
                unseen.add(new Unseen(table.id(), failure.getMessage()));
            }
        }
        return new Result(tables.size(), columns, findings, unseen);
    }

    private List<ScanFinding> look(Table table, List<ColumnFacts> columns) {
        int rows = table.rows() <= (long) SMALL * request.rows() ? SMALL * request.rows() : request.rows();
        TableSample sample =
                TableSample.read(database, table, columns, rows, column -> isMasked(column) ? masked : unmasked);
        List<ScanFinding> findings = new ArrayList<>();
        for (ColumnFacts column : columns) {
            ColumnSample seen = sample.columns().get(column.name());
            if (seen == null) {
                continue;
            }
            findings.addAll(column.family() == Family.JSON ? inJson(column, seen) : inColumn(column, seen.all()));
        }
        return findings;
    }

    private boolean isMasked(ColumnFacts column) {
        String rule = request.rules().getOrDefault(column.table(), Map.of()).get(column.name());
        return rule != null && !rule.equals(RuleChoice.KEEP);
    }

    private List<ScanFinding> inColumn(ColumnFacts column, Observation seen) {
        return evidence(column, seen)
                .map(found -> finding(column, Optional.empty(), found, rule(found, column)))
                .toList();
    }

    private List<ScanFinding> inJson(ColumnFacts column, ColumnSample seen) {
        List<ScanFinding> findings = new ArrayList<>();
        Set<Kind> placed = EnumSet.noneOf(Kind.class);
        seen.namedPlaces()
                .forEach((path, values) -> evidence(column, values).forEach(found -> {
                    placed.add(found.kind());
                    String rule = rule(found, ColumnFacts.ofText(column.table(), path));
                    findings.add(finding(column, Optional.of(path), found, "json(" + path + "=" + rule + ")"));
                }));
        evidence(column, seen.all())
                .filter(found -> !placed.contains(found.kind()))
                .forEach(found -> findings.add(finding(column, Optional.empty(), found, "json()")));
        evidence(column, seen.names())
                .forEach(found -> findings.add(new ScanFinding(
                        column.table(),
                        column.name(),
                        Optional.empty(),
                        found.found(),
                        found.of(),
                        "names of fields look like " + found.kind().plural(),
                        RuleChoice.emptied(column))));
        return findings;
    }

    /** Of kinds that a number may be at once, only the one that most values are. */
    private Stream<Evidence> evidence(ColumnFacts column, Observation seen) {
        boolean masked = isMasked(column);
        Set<Kind.Group> told = EnumSet.noneOf(Kind.Group.class);
        Stream<Evidence> proven =
                seen.proven().stream().filter(found -> !masked || !WITHOUT_CHECK.contains(found.kind()));
        Stream<Evidence> likely = masked
                ? Stream.empty()
                : seen.most().stream().filter(found -> found.kind() == Kind.PHONE || found.kind() == Kind.TOKEN);
        return Stream.concat(proven, likely)
                .filter(found -> told.add(found.kind().group()));
    }

    private static String rule(Evidence found, ColumnFacts column) {
        return RuleChoice.rule(found.is() >= found.contained() ? found.kind() : Kind.FREE_TEXT, column);
    }

    private static ScanFinding finding(ColumnFacts column, Optional<String> place, Evidence found, String rule) {
        String what = found.is() >= found.contained() ? "look like " : "contain ";
        return new ScanFinding(
                column.table(),
                column.name(),
                place,
                found.found(),
                found.of(),
                "values " + what + found.kind().plural(),
                rule);
    }
}
