package io.understudy.masking;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What somebody decided in {@code understudy.masking}. Prints without the secret and the canaries.
 *
 * @param unlisted what becomes of columns without a rule
 * @param canaries values that must never be seen outside production
 */
public record MaskingSettings(List<ColumnRule> rules, Optional<Secret> secret, Unlisted unlisted, Canaries canaries) {

    public enum Unlisted {
        /** Copied as they are. */
        KEEP,
        /** Nothing is copied before each has a rule, and one that comes later stays empty. */
        REFUSE
    }

    public static final MaskingSettings NONE =
            new MaskingSettings(List.of(), Optional.empty(), Unlisted.KEEP, Canaries.NONE);

    /** The same, and what was approved since: what is written in the settings comes first. */
    public MaskingSettings and(List<ColumnRule> approved) {
        List<ColumnRule> all = new ArrayList<>(rules);
        approved.stream()
                .filter(rule -> rules.stream().noneMatch(ours -> ours.pattern().equals(rule.pattern())))
                .forEach(all::add);
        return new MaskingSettings(all, secret, unlisted, canaries);
    }

    /** Whether anything is to be masked or kept back. */
    public boolean isNothing() {
        return rules.isEmpty() && unlisted == Unlisted.KEEP;
    }
}
