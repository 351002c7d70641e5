package io.understudy.mirror;

import io.understudy.apply.ApplySettings;
import io.understudy.masking.MaskingSettings;
import io.understudy.outbound.OutboundSettings;
import io.understudy.outbound.PayloadRules;
import io.understudy.postgres.DatabaseUrl;
import io.understudy.postgres.RowIdentity;
import io.understudy.preflight.Intent;
import io.understudy.snapshot.SnapshotSettings;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** What an operator decided, read and checked as a whole by {@link SettingsReader}. Prints without passwords. */
public record Settings(
        String name,
        DatabaseUrl source,
        DatabaseUrl target,
        TableSettings tables,
        MaskingSettings masking,
        SnapshotSettings snapshot,
        StreamSettings stream,
        ApplySettings apply,
        OutboundSettings outbound,
        Duration maxLag,
        Duration maxDeliveryAge,
        Duration reconcileEvery,
        Optional<Token> token) {

    /** Which capture reads the source's log. */
    public enum Capture {
        PGOUTPUT,
        DEBEZIUM
    }

    /** @param bufferBytes how much of the log is held in memory between capture and apply */
    public record StreamSettings(Capture capture, long bufferBytes) {}

    /** What somebody must know to change something over HTTP. Prints without it. */
    public record Token(String text) {
        @Override
        public String toString() {
            return "(token)";
        }
    }

    /** Everything as by default, for these two databases. */
    public static Settings of(String name, DatabaseUrl source, DatabaseUrl target) {
        return new Settings(
                name,
                source,
                target,
                TableSettings.DEFAULT,
                MaskingSettings.NONE,
                new SnapshotSettings(4, 64L << 20),
                new StreamSettings(Capture.PGOUTPUT, 48L << 20),
                new ApplySettings(8000, 16L << 20, 1L << 30),
                OutboundSettings.NONE,
                Duration.ofSeconds(60),
                Duration.ofMinutes(15),
                Duration.ofDays(1),
                Optional.empty());
    }

    public Settings with(TableSettings other) {
        return new Settings(
                name,
                source,
                target,
                other,
                masking,
                snapshot,
                stream,
                apply,
                outbound,
                maxLag,
                maxDeliveryAge,
                reconcileEvery,
                token);
    }

    public Settings with(MaskingSettings other) {
        return new Settings(
                name,
                source,
                target,
                tables,
                other,
                snapshot,
                stream,
                apply,
                outbound,
                maxLag,
                maxDeliveryAge,
                reconcileEvery,
                token);
    }

    public Settings with(SnapshotSettings other) {
        return new Settings(
                name,
                source,
                target,
                tables,
                masking,
                other,
                stream,
                apply,
                outbound,
                maxLag,
                maxDeliveryAge,
                reconcileEvery,
                token);
    }

    public Settings with(StreamSettings other) {
        return new Settings(
                name,
                source,
                target,
                tables,
                masking,
                snapshot,
                other,
                apply,
                outbound,
                maxLag,
                maxDeliveryAge,
                reconcileEvery,
                token);
    }

    public Settings with(ApplySettings other) {
        return new Settings(
                name,
                source,
                target,
                tables,
                masking,
                snapshot,
                stream,
                other,
                outbound,
                maxLag,
                maxDeliveryAge,
                reconcileEvery,
                token);
    }

    public Settings with(OutboundSettings other) {
        return new Settings(
                name,
                source,
                target,
                tables,
                masking,
                snapshot,
                stream,
                apply,
                other,
                maxLag,
                maxDeliveryAge,
                reconcileEvery,
                token);
    }

    /** The same, which compares its tables so often. */
    public Settings reconciling(Duration every) {
        return new Settings(
                name,
                source,
                target,
                tables,
                masking,
                snapshot,
                stream,
                apply,
                outbound,
                maxLag,
                maxDeliveryAge,
                every,
                token);
    }

    /** The same, with these policies for constraints. */
    public Settings choosing(String... choices) {
        return with(tables.choosing(choices));
    }

    /** The same, captured in this way. */
    public Settings capturing(Capture other) {
        return with(new StreamSettings(other, stream.bufferBytes()));
    }

    public Intent intent() {
        return new Intent(
                tables.include(), tables.exclude(), followed(), tables.constraints(), masking, tables.portion());
    }

    /** What decides on the values in deliveries. */
    public PayloadRules payloadRules() {
        return new PayloadRules(masking, tables.portion().excludedColumns());
    }

    /** The kinds of tables that can be mirrored: Debezium tells neither whole old rows nor keys of other indexes. */
    public Set<RowIdentity> followed() {
        if (stream.capture() == Capture.DEBEZIUM) {
            return Set.of(RowIdentity.PRIMARY_KEY);
        }
        return tables.withoutKey() == TableSettings.WithoutKey.INSERTS
                ? Set.of(RowIdentity.values())
                : Set.of(RowIdentity.PRIMARY_KEY, RowIdentity.INDEX, RowIdentity.WHOLE_ROW);
    }
}
