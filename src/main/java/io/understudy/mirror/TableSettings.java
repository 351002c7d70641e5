package io.understudy.mirror;

import io.understudy.preflight.Portion;
import io.understudy.rules.Choice;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which tables are mirrored, and how.
 *
 * @param include only these, by pattern; empty for all
 * @param exclude not these
 * @param constraints what becomes of rows that staging forbids
 * @param portion what of the tables is mirrored
 */
public record TableSettings(
        List<String> include,
        List<String> exclude,
        WithoutKey withoutKey,
        SchemaChanges schemaChanges,
        List<Choice> constraints,
        Portion portion) {

    /** What becomes of tables whose updates and deletes the log does not tell apart. */
    public enum WithoutKey {
        /** The mirror does not start until they have a key or are left out. */
        REFUSE,
        /** They are copied, and their inserts and truncates followed. */
        INSERTS
    }

    /** What becomes of a table that the source has altered and the target has not. */
    public enum SchemaChanges {
        /** It waits until somebody has migrated the target. */
        PAUSE,
        /** What only adds something is done at the target as well; for the rest it waits. */
        FOLLOW
    }

    public static final TableSettings DEFAULT =
            new TableSettings(List.of(), List.of(), WithoutKey.REFUSE, SchemaChanges.PAUSE, List.of(), Portion.ALL);

    public TableSettings including(String... patterns) {
        return new TableSettings(List.of(patterns), exclude, withoutKey, schemaChanges, constraints, portion);
    }

    public TableSettings excluding(String... patterns) {
        return new TableSettings(include, List.of(patterns), withoutKey, schemaChanges, constraints, portion);
    }

    public TableSettings withoutKey(WithoutKey other) {
        return new TableSettings(include, exclude, other, schemaChanges, constraints, portion);
    }

    public TableSettings onSchemaChanges(SchemaChanges other) {
        return new TableSettings(include, exclude, withoutKey, other, constraints, portion);
    }

    public TableSettings choosing(String... choices) {
        return new TableSettings(
                include,
                exclude,
                withoutKey,
                schemaChanges,
                Stream.of(choices).map(Choice::parse).toList(),
                portion);
    }

    public TableSettings only(Portion other) {
        return new TableSettings(include, exclude, withoutKey, schemaChanges, constraints, other);
    }
}
