package io.understudy.mirror;

import io.understudy.apply.ApplySettings;
import io.understudy.postgres.DatabaseUrl;
import io.understudy.rules.Choice;
import io.understudy.snapshot.SnapshotSettings;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** What an operator decided, read and checked as a whole by {@link SettingsReader}. Prints without passwords. */
public record Settings(
        String name,
        DatabaseUrl source,
        DatabaseUrl target,
        List<String> include,
        List<String> exclude,
        SnapshotSettings snapshot,
        Capture capture,
        long streamBufferBytes,
        ApplySettings apply,
        Duration maxLag,
        List<Choice> constraints) {

    /** Which capture reads the source's log. */
    public enum Capture {
        PGOUTPUT,
        DEBEZIUM
    }

    /** Everything as by default, for these two databases. */
    public static Settings of(String name, DatabaseUrl source, DatabaseUrl target) {
        return new Settings(
                name,
                source,
                target,
                List.of(),
                List.of(),
                new SnapshotSettings(4, 64L << 20),
                Capture.PGOUTPUT,
                48L << 20,
                new ApplySettings(8000, 16L << 20, 1L << 30),
                Duration.ofSeconds(60),
                List.of());
    }

    /** The same, captured in this way. */
    public Settings capturing(Capture other) {
        return new Settings(
                name, source, target, include, exclude, snapshot, other, streamBufferBytes, apply, maxLag, constraints);
    }

    /** Only these tables. */
    public Settings including(String... patterns) {
        return new Settings(
                name,
                source,
                target,
                List.of(patterns),
                exclude,
                snapshot,
                capture,
                streamBufferBytes,
                apply,
                maxLag,
                constraints);
    }

    /** The same, with room for this much of one paused table's changes. */
    public Settings settingAside(long bytes) {
        return new Settings(
                name,
                source,
                target,
                include,
                exclude,
                snapshot,
                capture,
                streamBufferBytes,
                new ApplySettings(apply.batchChanges(), apply.batchBytes(), bytes),
                maxLag,
                constraints);
    }

    /** The same, with these policies for constraints. */
    public Settings choosing(String... choices) {
        return new Settings(
                name,
                source,
                target,
                include,
                exclude,
                snapshot,
                capture,
                streamBufferBytes,
                apply,
                maxLag,
                Stream.of(choices).map(Choice::parse).toList());
    }
}
