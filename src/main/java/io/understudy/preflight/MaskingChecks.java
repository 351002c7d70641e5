package io.understudy.preflight;

import io.understudy.ledger.ApprovedRules;
import io.understudy.ledger.TableLedger;
import io.understudy.masking.ColumnRule;
import io.understudy.masking.MaskingPolicy;
import io.understudy.masking.MaskingProblem;
import io.understudy.masking.PolicyResolver;
import io.understudy.postgres.Catalog;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TableSelection;
import io.understudy.postgres.TargetDatabase;
import java.util.HashSet;
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
            TableSelection selection,
            List<MirroredTable> mirrored,
            Map<TableId, Set<String>> excluded) {
        boolean known = ApprovedRules.areKept(target.client());
        List<ColumnRule> approved = known ? ApprovedRules.load(target.client(), source.slotName()) : List.of();
        PolicyResolver resolver = new PolicyResolver(
                intent.masking().and(approved),
                selection.selected(),
                mirrored.stream().collect(Collectors.toMap(MirroredTable::id, Function.identity())),
                sourceCatalog.foreignKeys(),
                excluded,
                known ? remembered(target, source.slotName()) : List.of());
        this.policy = resolver.resolve();
        this.findings = resolver.problems().stream().map(MaskingChecks::finding).toList();
    }

    private static List<PolicyResolver.Remembered> remembered(TargetDatabase target, String mirror) {
        return new TableLedger(target.client(), mirror)
                .load().stream()
                        .filter(entry -> entry.form().isPresent())
                        .map(entry -> new PolicyResolver.Remembered(
                                entry.table(),
                                entry.relation(),
                                new HashSet<>(entry.form().get().everyName())))
                        .toList();
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
