package io.understudy.preflight;

import io.understudy.masking.MaskingSettings;
import io.understudy.postgres.RowIdentity;
import io.understudy.rules.Choice;
import java.util.List;
import java.util.Set;

/**
 * What is meant to be mirrored.
 *
 * @param include only these tables, by pattern; empty for all
 * @param exclude not these
 * @param followed tables that are identified in another way cannot be mirrored
 * @param constraints what becomes of rows that staging forbids
 * @param portion what of the tables is mirrored
 */
public record Intent(
        List<String> include,
        List<String> exclude,
        Set<RowIdentity> followed,
        List<Choice> constraints,
        MaskingSettings masking,
        Portion portion) {}
