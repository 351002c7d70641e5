package io.understudy.status;

import io.understudy.mirror.Mirror;
import io.understudy.mirror.MirrorState;
import io.understudy.mirror.MirrorStatus;
import io.understudy.mirror.MirrorStatus.TableStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/** The data that all three health checks carry. */
final class MirrorHealth {

    /** The lag is measured every second; without an answer for this long it is not known. */
    private static final Duration SILENCE = Duration.ofSeconds(5);

    /** Tables that are named when they wait. */
    private static final int NAMED = 5;

    private MirrorHealth() {}

    static HealthCheckResponse response(Optional<Mirror> mirror, boolean up, Optional<String> whyDown) {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("mirror").status(up);
        mirror.map(Mirror::status).ifPresent(status -> describe(status, response));
        whyDown.filter(reason -> !up).ifPresent(reason -> response.withData("reason", reason));
        return response.build();
    }

    private static void describe(MirrorStatus status, HealthCheckResponseBuilder response) {
        response.withData("mirror", status.mirror()).withData("state", status.state());
        if (status.slotActive() != null) {
            response.withData("slotActive", status.slotActive());
        }
        if (status.lagBytes() != null) {
            response.withData("lagBytes", status.lagBytes());
        }
        if (status.lagSeconds() != null) {
            response.withData("lagSeconds", status.lagSeconds().toString());
        }
        if (status.appliedLsn() != null) {
            response.withData("appliedLsn", status.appliedLsn());
        }
        if (status.lastAppliedAt() != null) {
            response.withData("lastAppliedAt", status.lastAppliedAt());
        }
        describeVerified(status.tables(), response);
        Stream.concat(
                        Stream.ofNullable(status.remedy()),
                        status.tables().stream().map(TableStatus::remedy).filter(Objects::nonNull))
                .findFirst()
                .ifPresent(remedy -> response.withData("remedy", remedy));
    }

    /** Rows that testers have edited are no reason not to be ready: this is told, and somebody may want to be woken by it. */
    private static void describeVerified(List<TableStatus> tables, HealthCheckResponseBuilder response) {
        response.withData(
                        "unverifiedTables",
                        tables.stream()
                                .filter(table -> table.verified().at() == null)
                                .count())
                .withData(
                        "unequalTables",
                        tables.stream()
                                .filter(table -> table.verified().unequalRows() > 0)
                                .count());
        tables.stream()
                .map(table -> table.verified().at())
                .filter(Objects::nonNull)
                .map(Instant::parse)
                .min(Comparator.naturalOrder())
                .ifPresent(oldest -> response.withData(
                        "verifiedAgeSeconds",
                        Math.max(0, Duration.between(oldest, Instant.now()).toSeconds())));
    }

    /** A table that waits makes staging something else than an image of production. */
    private static Optional<String> tablesBehind(MirrorStatus status) {
        List<TableStatus> behind = status.tables().stream()
                .filter(table -> !table.state().equals("streaming"))
                .toList();
        return behind.isEmpty()
                ? Optional.empty()
                : Optional.of(behind.stream()
                        .limit(NAMED)
                        .map(table -> table.table() + " is " + table.state()
                                + (table.reason() == null ? "" : ": " + table.reason()))
                        .collect(Collectors.joining(
                                " ",
                                "",
                                behind.size() > NAMED ? " And " + (behind.size() - NAMED) + " tables more." : "")));
    }

    /** Copied and streaming, near the source's present, within the limit. */
    static Optional<String> whyNotReady(Mirror mirror) {
        MirrorState state = mirror.state();
        if (!(state instanceof MirrorState.Streaming)) {
            return Optional.of(state.reason().orElse("The mirror is " + state.word() + "."));
        }
        MirrorStatus status = mirror.status();
        if (mirror.statusAge().compareTo(SILENCE) > 0) {
            return Optional.of(
                    "A database has not answered for " + mirror.statusAge().toSeconds() + " s.");
        }
        if (status.lagSeconds() == null) {
            return Optional.of("The lag is not known: the source was not reached in the last seconds.");
        }
        if (status.lagSeconds() > mirror.settings().maxLag().toSeconds()) {
            return Optional.of("Staging is " + status.lagSeconds() + " s behind, more than understudy.health.max-lag="
                    + mirror.settings().maxLag().toSeconds() + "s.");
        }
        if (!Boolean.TRUE.equals(status.slotActive())) {
            return Optional.of("Nobody reads the replication slot at the source.");
        }
        return tablesBehind(status);
    }
}
