package io.understudy.drift;

/** What to do about a difference, in a sentence. */
final class Remedy {

    private static final String PLAN = "./understudy drift --plan prints it";

    private Remedy() {}

    static String of(ObjectDifference difference, DriftClass type) {
        boolean missing = difference.isMissingAt(SideName.TARGET);
        if (type == DriftClass.TARGET_AHEAD) {
            return "nothing if staging is meant to be ahead; otherwise remove it there, or run its migration at the source";
        }
        if (type == DriftClass.BY_HAND) {
            return missing
                    ? "write a migration that makes it, or remove it at the source; to make it at the target: " + PLAN
                    : "write a migration for it, or remove it where it does not belong";
        }
        if (type == DriftClass.PHANTOM) {
            return missing
                    ? "make it at the target: " + PLAN + "; the migration tool takes it as done and will not"
                    : "make it at the source as its migration says; the record there is wrong meanwhile";
        }
        if (type == DriftClass.UNRECORDED) {
            return "have the migration tool record the migration, without running it";
        }
        return missing
                ? "run its migration at the target, or make it: " + PLAN
                : "change it at the target as the source has it: " + PLAN + " or a comment on it";
    }

    static String of(EntryDifference entry) {
        boolean atTarget = entry.atTarget().equals("recorded");
        return switch (entry.verdict().type()) {
            case PHANTOM ->
                entry.missing().isEmpty() && atTarget
                        ? "make what is missing (" + PLAN + "), or remove the entry and run the migration again"
                        : "remove the entry and run the migration again, or make what is missing";
            case UNRECORDED ->
                entry.missing().isPresent()
                        ? "record it at the target: " + PLAN
                        : "have the migration tool record it, without running it";
            case SOURCE_AHEAD -> "run the migration at the target, or make what it makes: " + PLAN;
            case TARGET_AHEAD -> "nothing if staging is meant to be ahead";
            case FAILED -> "finish or undo the migration, then have its tool repair the entry";
            case FOLDER -> "run the migration, or add its file: the folder and the history should say the same";
            case BY_HAND -> "find out who changed the history";
        };
    }
}
