package io.understudy.preflight;

import io.understudy.apply.Checkpoint;
import io.understudy.ledger.ApprovedRules;
import io.understudy.ledger.TableEntry;
import io.understudy.ledger.TableForm;
import io.understudy.masking.ColumnRule;
import io.understudy.masking.MaskingPolicy;
import io.understudy.masking.MaskingProblem;
import io.understudy.masking.MaskingSettings;
import io.understudy.masking.PolicyResolver;
import io.understudy.postgres.Catalog;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.PostgresFailure;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TableSelection;
import io.understudy.postgres.TargetDatabase;
import io.understudy.postgres.UniqueColumns;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What becomes of personal data, by what is written in the settings, approved since, and remembered in the ledger. */
final class MaskingChecks {

    private final MaskingPolicy policy;
    private final List<Finding> findings;

    MaskingChecks(
            SourceDatabase source,
            TargetDatabase target,
            Intent intent,
            Catalog sourceCatalog,
            Catalog targetCatalog,
            TableSelection selection,
            List<MirroredTable> mirrored,
            Map<TableId, Set<String>> excluded,
            List<TableEntry> ledger) {
        List<ColumnRule> approved = ApprovedRules.load(target.client(), source.slotName());
        MaskingSettings settings = intent.masking().and(approved);
        PolicyResolver resolver = new PolicyResolver(
                settings,
                selection.selected(),
                mirrored.stream().collect(Collectors.toMap(MirroredTable::id, Function.identity())),
                both(sourceCatalog.foreignKeys(), targetCatalog.foreignKeys()),
                excluded,
                remembered(ledger),
                settings.isNothing()
                        ? List.of()
                        : both(UniqueColumns.read(source.client()), UniqueColumns.read(target.client())),
                settings.isNothing() ? Map.of() : UniqueColumns.ofPartitions(target.client()));
        this.policy = resolver.resolve();
        this.findings = resolver.problems().stream().map(MaskingChecks::finding).toList();
    }

    /**
     * Rules that cannot hold, as far as the source alone tells: said before anything connects to the target. Only to say
     * no the target is asked, if it answers: what was approved there counts, and a mirror that has copied already is not
     * kept from starting, because production may have renamed a column meanwhile, and then only its table waits.
     */
    static void requireFitting(SourceDatabase source, TargetDatabase target, Intent intent) {
        if (intent.masking().isNothing()) {
            return;
        }
        Catalog catalog = Catalog.read(source.client());
        if (!refusals(source, catalog, intent, intent.masking()).isEmpty() && !hasCopied(target, source)) {
            MaskingSettings settings = intent.masking().and(approved(target, source));
            List<Finding> findings = refusals(source, catalog, intent, settings);
            if (!findings.isEmpty()) {
                throw new RefusedException(findings);
            }
        }
    }

    private static List<Finding> refusals(
            SourceDatabase source, Catalog catalog, Intent intent, MaskingSettings settings) {
        List<Table> selected =
                TableSelection.of(catalog, intent.include(), intent.exclude()).selected();
        PolicyResolver resolver = new PolicyResolver(
                settings,
                selected,
                Map.of(),
                catalog.foreignKeys(),
                new ColumnExclusions(intent.portion().excludedColumns(), selected, Map.of(), List.of()).excluded(),
                List.of(),
                UniqueColumns.read(source.client()),
                Map.of());
        resolver.resolve();
        return resolver.problems().stream()
                .map(MaskingChecks::finding)
                .filter(Finding::isBlockingFirstCopy)
                .toList();
    }

    private static boolean hasCopied(TargetDatabase target, SourceDatabase source) {
        try {
            return Checkpoint.hasCopied(target, source.slotName());
        } catch (PostgresFailure unanswered) {
            return false;
        }
    }

    private static List<ColumnRule> approved(TargetDatabase target, SourceDatabase source) {
        try {
            return ApprovedRules.load(target.client(), source.slotName());
        } catch (PostgresFailure unanswered) {
            return List.of();
        }
    }

    /** One that waits for a copy has no form, and its former name counts all the same. */
    private static List<PolicyResolver.Remembered> remembered(List<TableEntry> ledger) {
        return ledger.stream()
                .map(entry -> new PolicyResolver.Remembered(
                        entry.table(),
                        entry.relation(),
                        entry.form().map(TableForm::namesByNumber).orElse(Map.of()),
                        entry.form()
                                .map(form -> Set.copyOf(form.droppedNames()))
                                .orElse(Set.of())))
                .toList();
    }

    private static <T> List<T> both(List<T> source, List<T> target) {
        List<T> all = new ArrayList<>(source);
        target.stream().filter(one -> !source.contains(one)).forEach(all::add);
        return all;
    }

    private static Finding finding(MaskingProblem problem) {
        Finding finding = switch (problem.weight()) {
            case BLOCKS -> Finding.blocking(problem.what(), problem.remedy());
            case BLOCKS_FIRST_COPY -> Finding.blockingFirstCopy(problem.what(), problem.remedy());
            case WARNS -> Finding.warning(problem.what(), problem.remedy());
        };
        return finding.about(problem.tables());
    }

    MaskingPolicy policy() {
        return policy;
    }

    List<Finding> findings() {
        return findings;
    }
}
