package io.understudy.preflight;

import static io.understudy.preflight.Finding.blocking;
import static io.understudy.preflight.Finding.warning;

import io.understudy.apply.Sight;
import io.understudy.ledger.ApprovedRules;
import io.understudy.ledger.TableEntry;
import io.understudy.ledger.TableForm;
import io.understudy.ledger.TableLedger;
import io.understudy.masking.MaskingPolicy;
import io.understudy.postgres.Catalog;
import io.understudy.postgres.Constraint;
import io.understudy.postgres.CopyOrder;
import io.understudy.postgres.Lsn;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.Partitioning;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TableSelection;
import io.understudy.postgres.TargetDatabase;
import io.understudy.rules.Rules;
import io.understudy.stream.RowFilters;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Everything that was found by looking at both sides, in one list, and the mirror that would run.
 *
 * @param asOf where the source's log was just before
 * @param tables the tables that exist on both sides
 * @param order the order in which they are copied
 * @param masking what becomes of the values of every column
 * @param filters which rows are mirrored
 * @param targetTables all that the target has, mirrored or not
 * @param rules the constraints of the target that production does not vouch for
 */
public record Preflight(
        Lsn asOf,
        TableSelection selection,
        List<MirroredTable> tables,
        CopyOrder order,
        Rules rules,
        MaskingPolicy masking,
        RowFilters filters,
        Map<TableId, Partitioning> sourcePartitions,
        Map<TableId, Partitioning> targetPartitions,
        Set<TableId> targetTables,
        List<Finding> findings) {

    /**
     * Looks at both databases and changes neither.
     *
     * @throws RefusedException before it looks at the target, when masking rules cannot hold
     */
    public static Preflight of(SourceDatabase source, TargetDatabase target, Intent intent) {
        MaskingChecks.requireFitting(source, target, intent);
        return again(source, target, intent);
    }

    /** The same for a mirror that has copied already: what is wrong with its rules is the matter of single tables. */
    public static Preflight again(SourceDatabase source, TargetDatabase target, Intent intent) {
        Lsn asOf = source.logPosition();
        Catalog sourceCatalog = Catalog.read(source.client());
        Catalog targetCatalog = Catalog.read(target.client());
        TableSelection selection = TableSelection.of(sourceCatalog, intent.include(), intent.exclude());
        List<Finding> findings = new ArrayList<>();
        if (target.isSameDatabaseAs(source)) {
            findings.add(blocking(
                    "The source and the target are the same database ("
                            + source.url().place() + " and " + target.url().place() + ").",
                    "Give two different databases in understudy.source.url and understudy.target.url."));
        }
        adoptionFinding(source, target).ifPresent(findings::add);
        findings.addAll(patternFindings(sourceCatalog, selection, intent.include(), intent.exclude()));
        findings.addAll(new SourceChecks(source, selection.selected(), intent.followed()).findings());
        TargetChecks targetChecks = new TargetChecks(target, sourceCatalog, targetCatalog, selection.selected());
        findings.addAll(targetChecks.findings());
        List<TableEntry> ledger = ledger(source, target);
        FilterChecks filterChecks = new FilterChecks(source, intent.portion(), selection, ledger);
        findings.addAll(filterChecks.findings());
        ColumnExclusions exclusions = new ColumnExclusions(
                intent.portion().excludedColumns(), selection.selected(), byId(targetChecks.mirrored()), ledger);
        findings.addAll(exclusions.findings());
        MaskingChecks maskingChecks = new MaskingChecks(
                source,
                target,
                intent,
                sourceCatalog,
                targetCatalog,
                selection,
                targetChecks.mirrored(),
                exclusions.excluded(),
                ledger);
        MaskingPolicy masking = maskingChecks.policy();
        findings.addAll(maskingChecks.findings());
        List<MirroredTable> mirrored = targetChecks.mirrored().stream()
                .map(table ->
                        filterChecks.filtered(table).keeping(masking.withheld(table.id()), masking.masked(table.id())))
                .toList();
        findings.addAll(new SequenceChecks(source, target, sourceCatalog, targetCatalog, mirrored).findings());
        Map<TableId, Partitioning> sourcePartitions = Partitioning.read(source.client());
        Map<TableId, Partitioning> targetPartitions = Partitioning.read(target.client());
        findings.addAll(new DefinitionChecks(
                        source.client(), sourceCatalog, targetCatalog, sourcePartitions, targetPartitions, mirrored)
                .findings());
        CopyOrder order =
                CopyOrder.of(selection.selected().stream().map(Table::id).toList(), sourceCatalog.foreignKeys());
        Rules rules = Rules.of(
                Constraint.read(source.client()), Constraint.read(target.client()), mirrored, intent.constraints());
        findings.addAll(ConstraintChecks.findings(rules));
        Preflight seen = new Preflight(
                asOf,
                selection,
                mirrored,
                order,
                rules,
                masking,
                filterChecks.filters().leavingOut(exclusions.excluded()),
                sourcePartitions,
                targetPartitions,
                Set.copyOf(targetCatalog.tables().keySet()),
                findings);
        seen.stale(ledger).values().forEach(stale -> stale.warning().ifPresent(findings::add));
        return seen;
    }

    /** The same, having looked at the source's rows as well, which can take a while. */
    public Preflight counted(SourceDatabase source, TargetDatabase target) {
        List<Finding> all = new ArrayList<>(findings);
        all.addAll(ConstraintChecks.counted(rules, source));
        all.addAll(MaskedSamples.findings(source, target, tables, masking, rules));
        return with(asOf, masking, all);
    }

    /** The same, said to be of an earlier moment. */
    public Preflight asOf(Lsn earlier) {
        return with(earlier, masking, findings);
    }

    /** The same, whose policy knows what was in force before. */
    public Preflight masking(MaskingPolicy policy) {
        return with(asOf, policy, findings);
    }

    private Preflight with(Lsn moment, MaskingPolicy policy, List<Finding> found) {
        return new Preflight(
                moment,
                selection,
                tables,
                order,
                rules,
                policy,
                filters,
                sourcePartitions,
                targetPartitions,
                targetTables,
                found);
    }

    /** What was mirrored so far; nothing before the first start of a version that keeps it like this. */
    private static List<TableEntry> ledger(SourceDatabase source, TargetDatabase target) {
        return ApprovedRules.areKept(target.client())
                ? new TableLedger(target.client(), source.slotName()).load()
                : List.of();
    }

    /** A table as it was seen, without a past. */
    public Sight sight(MirroredTable table) {
        return new Sight(
                table,
                TableForm.of(table.source(), partitioning(table.id()), Optional.empty()),
                masking.signatures(table.id()),
                asOf);
    }

    /**
     * Of the tables of a ledger that were copied, those with values that are not of the policy that was found here.
     *
     * @param ledger what the mirror has noted
     */
    public Map<TableId, StaleColumns> stale(List<TableEntry> ledger) {
        Map<TableId, MirroredTable> mirrored = mirrored();
        Map<TableId, StaleColumns> stale = new LinkedHashMap<>();
        for (TableEntry entry : ledger) {
            MirroredTable table = mirrored.get(entry.table());
            if (table != null && entry.copiedAt().isPresent()) {
                TableForm form = form(table, entry);
                StaleColumns columns = StaleColumns.noted(entry, form, table, masking, false);
                if (!columns.names().isEmpty()) {
                    stale.put(table.id(), columns);
                }
            }
        }
        return stale;
    }

    /** How the source has a table, with what the ledger knows of its past. */
    public TableForm form(MirroredTable table, TableEntry entry) {
        return TableForm.of(table.source(), partitioning(table.id()), entry.form());
    }

    /** How the source has cut a table into partitions, if it has. */
    public Optional<Partitioning> partitioning(TableId table) {
        return Optional.ofNullable(sourcePartitions.get(table));
    }

    public Optional<Partitioning> targetPartitioning(TableId table) {
        return Optional.ofNullable(targetPartitions.get(table));
    }

    /** A database is written to only when somebody said that it is a target, and of this source. */
    private static Optional<Finding> adoptionFinding(SourceDatabase source, TargetDatabase target) {
        Optional<TargetDatabase.Adoption> adoption = target.adoption();
        if (adoption.isEmpty()) {
            return Optional.of(blocking(
                    "The target " + target.url().place()
                            + " was not adopted: Understudy does not know that it may replace its " + "rows.",
                    "Make sure that it is staging, then run: ./understudy adopt"));
        }
        SourceDatabase.Identity identity = source.identity();
        if (!adoption.get().source().equals(identity)) {
            return Optional.of(
                    blocking(
                            "The target was adopted for another source ("
                                    + adoption.get().sourcePlace() + ", system "
                                    + adoption.get().source().systemIdentifier() + ") than "
                                    + source.url().place() + ", system "
                                    + identity.systemIdentifier() + ".",
                            "Give the source it was adopted for, another understudy.name, or adopt it anew: ./understudy adopt"));
        }
        return Optional.empty();
    }

    private static List<Finding> patternFindings(
            Catalog source, TableSelection selection, List<String> include, List<String> exclude) {
        List<Finding> findings = new ArrayList<>();
        for (String pattern : TableSelection.unmatched(source, include)) {
            // The matter of the tables it was meant for: one that was dropped must not keep the others from going on.
            findings.add(blocking(
                            "understudy.tables.include has " + pattern + ", which matches no table of the source.",
                            "Correct it; the tables are listed by: ./understudy plan")
                    .about(TableSelection.meant(pattern)));
        }
        for (String pattern : TableSelection.unmatched(source, exclude)) {
            findings.add(warning(
                    "understudy.tables.exclude has " + pattern + ", which matches no table of the source.",
                    "Remove it."));
        }
        if (selection.selected().isEmpty()) {
            findings.add(
                    blocking("No table is left to mirror.", "Look at ./understudy plan for what is excluded and why."));
        }
        return findings;
    }

    public List<Finding> refusals() {
        return findings.stream().filter(Finding::isBlocking).toList();
    }

    /** What keeps the first copy from beginning. */
    public List<Finding> refusalsOfFirstCopy() {
        return findings.stream().filter(Finding::isBlockingFirstCopy).toList();
    }

    /** Before the first copy, when somebody is there to read it: all of it. */
    public Preflight requireNothingBlocking() {
        return requireNone(refusalsOfFirstCopy());
    }

    /** The tables that exist on both sides, by name. */
    public Map<TableId, MirroredTable> mirrored() {
        return byId(tables);
    }

    private static Map<TableId, MirroredTable> byId(List<MirroredTable> tables) {
        return tables.stream().collect(Collectors.toMap(MirroredTable::id, Function.identity()));
    }

    /** What concerns single tables makes them wait; this is the rest. */
    public Preflight requireNothingBlockingTheWhole() {
        return requireNone(refusals().stream()
                .filter(finding -> finding.tables().isEmpty())
                .toList());
    }

    private Preflight requireNone(List<Finding> refusals) {
        if (!refusals.isEmpty()) {
            throw new RefusedException(refusals);
        }
        return this;
    }

    /** The first thing that stands against each table that was copied already. */
    public Map<TableId, Finding> against() {
        return byTable(refusals());
    }

    /** The first thing that stands against copying each table. */
    public Map<TableId, Finding> againstCopy() {
        return byTable(refusalsOfFirstCopy());
    }

    private static Map<TableId, Finding> byTable(List<Finding> refusals) {
        Map<TableId, Finding> against = new LinkedHashMap<>();
        for (Finding finding : refusals) {
            finding.tables().forEach(table -> against.putIfAbsent(table, finding));
        }
        return against;
    }
}
