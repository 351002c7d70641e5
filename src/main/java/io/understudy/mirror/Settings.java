package io.understudy.mirror;

import io.understudy.apply.ApplySettings;
import io.understudy.postgres.DatabaseUrl;
import io.understudy.postgres.RowIdentity;
import io.understudy.snapshot.SnapshotSettings;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** What an operator decided, read and checked as a whole by {@link SettingsReader}. Prints without passwords. */
public record Settings(
        String name,
        DatabaseUrl source,
        DatabaseUrl target,
        List<String> include,
        List<String> exclude,
        WithoutKey withoutKey,
        SnapshotSettings snapshot,
        Capture capture,
        long streamBufferBytes,
        ApplySettings apply,
        Duration maxLag) {

    /** Which capture reads the source's log. */
    public enum Capture {
        PGOUTPUT,
        DEBEZIUM
    }

    /** What becomes of tables whose updates and deletes the log does not tell apart. */
    public enum WithoutKey {
        /** The mirror does not start until they have a key or are left out. */
        REFUSE,
        /** They are copied, and their inserts and truncates followed. */
        INSERTS
    }

    /** Everything as by default, for these two databases. */
    public static Settings of(String name, DatabaseUrl source, DatabaseUrl target) {
        return new Settings(
                name,
                source,
                target,
                List.of(),
                List.of(),
                WithoutKey.REFUSE,
                new SnapshotSettings(4, 64L << 20),
                Capture.PGOUTPUT,
                48L << 20,
                new ApplySettings(8000, 16L << 20, 1L << 30),
                Duration.ofSeconds(60));
    }

    /** The same, captured in this way. */
    public Settings capturing(Capture other) {
        return new Settings(
                name, source, target, include, exclude, withoutKey, snapshot, other, streamBufferBytes, apply, maxLag);
    }

    /** Only these tables. */
    public Settings including(String... patterns) {
        return new Settings(
                name,
                source,
                target,
                List.of(patterns),
                exclude,
                withoutKey,
                snapshot,
                capture,
                streamBufferBytes,
                apply,
                maxLag);
    }

    /** The same, with tables without a key treated in this way. */
    public Settings withoutKey(WithoutKey other) {
        return new Settings(
                name, source, target, include, exclude, other, snapshot, capture, streamBufferBytes, apply, maxLag);
    }

    /** The kinds of tables that can be mirrored: Debezium tells neither whole old rows nor keys of other indexes. */
    public Set<RowIdentity> followed() {
        if (capture == Capture.DEBEZIUM) {
            return Set.of(RowIdentity.PRIMARY_KEY);
        }
        return withoutKey == WithoutKey.INSERTS
                ? Set.of(RowIdentity.values())
                : Set.of(RowIdentity.PRIMARY_KEY, RowIdentity.INDEX, RowIdentity.WHOLE_ROW);
    }

    /** The same, with room for this much of one paused table's changes. */
    public Settings settingAside(long bytes) {
        return new Settings(
                name,
                source,
                target,
                include,
                exclude,
                withoutKey,
                snapshot,
                capture,
                streamBufferBytes,
                new ApplySettings(apply.batchChanges(), apply.batchBytes(), bytes),
                maxLag);
    }
}
