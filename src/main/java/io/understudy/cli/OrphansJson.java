package io.understudy.cli;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.understudy.mirror.Settings;
import io.understudy.orphans.OrphanAdvice;
import io.understudy.orphans.OrphanCount;
import io.understudy.orphans.OrphanKey;
import io.understudy.orphans.OrphanOutcome;
import io.understudy.orphans.OrphanPlan;
import io.understudy.orphans.OrphanReport;
import io.understudy.orphans.OrphanSample;
import io.understudy.postgres.Constraint;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The shape of {@code orphans --json}.
 *
 * @param plan null without {@code --fix}
 * @param outcome null without {@code --apply}
 */
@RegisterForReflection
record OrphansJson(String source, String target, List<KeyJson> foreignKeys, PlanJson plan, OutcomeJson outcome) {

    /** @param keysHidden columns for whose sake no keys are shown */
    @RegisterForReflection
    record KeyJson(
            String constraint,
            String table,
            List<String> columns,
            String references,
            List<String> referencedColumns,
            boolean matchFull,
            SideJson atSource,
            SideJson atTarget,
            List<SampleJson> keys,
            List<String> keysHidden,
            String settings,
            List<String> remedies) {}

    /**
     * @param declared whether this side has the foreign key
     * @param orphans rows; null when they were not counted
     * @param problem why they were not; null when they were, or when a table is not there
     */
    @RegisterForReflection
    record SideJson(boolean declared, boolean validated, Long orphans, String problem) {}

    @RegisterForReflection
    record SampleJson(Map<String, String> key, Map<String, String> refersTo) {}

    @RegisterForReflection
    record PlanJson(List<StepJson> steps, List<ConsequenceJson> consequences) {}

    @RegisterForReflection
    record StepJson(
            String constraint, String policy, long rows, String statement, List<String> afterwards, boolean byHand) {}

    @RegisterForReflection
    record ConsequenceJson(String constraint, long rows) {}

    @RegisterForReflection
    record OutcomeJson(boolean done, List<ResultJson> results, List<ConsequenceJson> consequences) {}

    @RegisterForReflection
    record ResultJson(
            String constraint,
            String policy,
            long changed,
            Long left,
            boolean validated,
            String refusal,
            List<String> byHand) {}

    static OrphansJson of(
            Settings settings, OrphanReport report, Optional<OrphanPlan> plan, Optional<OrphanOutcome> outcome) {
        return new OrphansJson(
                settings.source().place(),
                settings.target().place(),
                report.lines().stream().map(OrphansJson::key).toList(),
                plan.map(OrphansJson::plan).orElse(null),
                outcome.map(OrphansJson::outcome).orElse(null));
    }

    private static KeyJson key(OrphanReport.Line line) {
        Constraint constraint = line.key().constraint();
        return new KeyJson(
                line.key().path(),
                line.key().table().toString(),
                constraint.columns(),
                line.key().referenced().toString(),
                constraint.referencedColumns(),
                constraint.matchFull(),
                side(line.key().source(), line.atSource()),
                side(line.key().target(), line.atTarget()),
                line.samples().stream().map(OrphansJson::sample).toList(),
                line.hidden(),
                OrphanAdvice.settings(line.key()),
                OrphanAdvice.remedies(line));
    }

    private static SideJson side(OrphanKey.Side side, OrphanCount count) {
        return new SideJson(
                side.declared().isPresent(),
                side.isValidated(),
                rows(count),
                count instanceof OrphanCount.Unknown unknown ? unknown.why() : null);
    }

    private static Long rows(OrphanCount count) {
        return count instanceof OrphanCount.Counted counted ? counted.rows() : null;
    }

    private static SampleJson sample(OrphanSample sample) {
        return new SampleJson(sample.key(), sample.refersTo());
    }

    private static PlanJson plan(OrphanPlan plan) {
        return new PlanJson(
                plan.steps().stream()
                        .map(step -> new StepJson(
                                step.fix().key().path(),
                                step.fix().policy().word(),
                                step.rows(),
                                step.change().isEmpty() ? null : step.change(),
                                step.afterwards(),
                                step.byHand()))
                        .toList(),
                consequences(plan.consequences()));
    }

    private static List<ConsequenceJson> consequences(List<OrphanPlan.Consequence> all) {
        return all.stream()
                .map(lost -> new ConsequenceJson(lost.key().path(), lost.rows()))
                .toList();
    }

    private static OutcomeJson outcome(OrphanOutcome outcome) {
        return new OutcomeJson(
                outcome.isDone(),
                outcome.results().stream()
                        .map(result -> new ResultJson(
                                result.fix().key().path(),
                                result.fix().policy().word(),
                                result.changed(),
                                rows(result.left()),
                                result.validated(),
                                result.refusal().isEmpty() ? null : result.refusal(),
                                result.byHand()))
                        .toList(),
                consequences(outcome.consequences()));
    }
}
