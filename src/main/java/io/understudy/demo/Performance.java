package io.understudy.demo;

import io.understudy.postgres.PostgresClient;
import java.time.Duration;

/** The demo on its two servers: load, use, mirror, and prove. */
final class Performance {

    /** Loading takes 2 to 4 s; on a busy machine a line now and then shows that it goes on. */
    private static final Duration QUIET = Duration.ofSeconds(1);

    private final Narration narration;
    private final Interruption interruption;
    private final PostgresClient production;
    private final PostgresClient staging;
    private final MirrorUnderDemo mirror;
    private Duration lastLine = Duration.ZERO;

    Performance(
            Narration narration,
            Interruption interruption,
            PostgresClient production,
            PostgresClient staging,
            MirrorUnderDemo mirror) {
        this.narration = narration;
        this.interruption = interruption;
        this.production = production;
        this.staging = staging;
        this.mirror = mirror;
    }

    int play(DemoOptions options) {
        if (!interruption.wished()) {
            load();
        }
        if (interruption.wished()) {
            return interrupted(options);
        }
        narration.say(
                "workload",
                "people use production: about " + Figures.count(options.changesPerSecond()) + " changes a second");
        try (Workload workload = Workload.start(production, options.changesPerSecond())) {
            narration.say("mirror", "adopting staging and starting");
            mirror.adoptAndStart(production.url(), staging.url());
            narration.text(Invitation.text(
                    production.url(), staging.url(), mirror.view().healthUrl()));
            Watch watch = new Watch(narration, interruption, mirror, workload);
            return options.duration().isPresent() ? prove(options, watch, workload) : untilInterrupted(options, watch);
        } finally {
            mirror.stop();
        }
    }

    private void load() {
        narration.say("load", "a rental marketplace into production");
        lastLine = narration.elapsed();
        long rows = Marketplace.loadProduction(production, this::loaded);
        long stale = Marketplace.loadStaging(staging);
        narration.say(
                "load",
                Figures.count(rows, "row", "rows") + " in production, " + Figures.count(stale)
                        + " stale ones in staging that will be replaced");
        narration.say("load", "staging is a trap: for a copied listing its trigger breaks fk_sync_queue_sync_config");
    }

    private void loaded(String table) {
        if (narration.elapsed().minus(lastLine).compareTo(QUIET) >= 0) {
            lastLine = narration.elapsed();
            narration.say("load", "... " + table);
        }
    }

    private int untilInterrupted(DemoOptions options, Watch watch) {
        narration.text("  Ctrl-C ends it and removes both servers with their data.");
        narration.text("");
        watch.untilInterrupted();
        return interrupted(options);
    }

    /** Without a duration an interruption is the way to end; with one, the proof is missing. */
    private int interrupted(DemoOptions options) {
        narration.say("stop", "stopping the workload, the mirror and the servers");
        return options.duration().isPresent() ? DemoScript.NOT_COMPLETED : DemoScript.EQUAL;
    }

    private int prove(DemoOptions options, Watch watch, Workload workload) {
        Watch.End end = watch.during(options.duration().orElseThrow());
        workload.stop();
        if (end == Watch.End.DONE) {
            tell(workload.tally());
            end = watch.untilArrived(LastChange.of(production));
        }
        return switch (end) {
            case INTERRUPTED -> interrupted(options);
            case STALLED -> notCompleted(watch.standstill());
            case WORKLOAD_ENDED -> notCompleted(watch.workloadError());
            case DONE -> {
                narration.say("mirror", "the last change has arrived; stopping the mirror");
                mirror.stop();
                yield compare();
            }
        };
    }

    private void tell(Workload.Tally tally) {
        narration.say(
                "workload",
                "stopped after " + Figures.count(tally.transactions(), "transaction", "transactions")
                        + " that wrote " + Figures.count(tally.rows(), "row", "rows") + ", and "
                        + Figures.count(tally.rolledBack()) + " that were rolled back");
    }

    private int compare() {
        narration.say("compare", "counting and digesting every row on both sides");
        Comparison comparison = Comparison.of(production, staging);
        long here = Marketplace.triggerCalls(production);
        long there = Marketplace.triggerCalls(staging);
        narration.text("");
        narration.text(comparison.text());
        narration.text(
                "The trigger on listing was called " + Figures.count(here, "time", "times") + " in production and "
                        + Figures.count(there, "time", "times") + " in staging"
                        + (there == 0 ? ": no side effects." : ". It must not be called for mirrored rows."));
        if (comparison.count(TableComparison.Verdict.DIFFERENT) > 0 || there > 0) {
            return DemoScript.DIFFERENT;
        }
        return comparison.equal() ? DemoScript.EQUAL : DemoScript.NOT_COMPLETED;
    }

    private int notCompleted(String why) {
        narration.text("");
        narration.text("The demo could not be completed. " + why);
        return DemoScript.NOT_COMPLETED;
    }
}
