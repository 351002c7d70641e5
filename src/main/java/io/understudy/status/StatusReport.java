package io.understudy.status;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.understudy.ledger.TableLedger;
import io.understudy.mirror.MirrorStatus;
import io.understudy.mirror.MirrorStatus.TableStatus;
import io.understudy.outbound.QueueFigures;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.TableId;
import io.understudy.reconcile.ReconciledTables;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The status of a mirror as its process last wrote it to the target.
 *
 * @param running whether that process was there in the last seconds, by the target's clock
 */
public record StatusReport(MirrorStatus status, boolean running) {

    /** A living process writes every second; a busy target may make it miss a few. */
    private static final Duration FRESH = Duration.ofSeconds(10);

    /** @return nothing when this mirror never ran against this target */
    public static Optional<StatusReport> read(PostgresClient target, ObjectMapper json, String mirror) {
        boolean exists = target.query("select to_regclass('understudy.service') is not null as there")
                .iterator()
                .next()
                .getBoolean("there");
        if (!exists) {
            return Optional.empty();
        }
        for (Row row : target.query("""
                select s.status::text as status, s.said_at, now() - s.said_at < make_interval(secs => $2) as fresh,
                       c.applied_lsn::text as applied, c.transactions, c.changes
                  from understudy.service s
                  left join understudy.checkpoint c on c.mirror = s.mirror and c.phase = 'streaming'
                 where s.mirror = $1
                """, mirror, (double) FRESH.toSeconds())) {
            MirrorStatus said = parse(json, row.getString("status"))
                    .withTables(tables(target, mirror))
                    .withDeliveries(List.of());
            if (said.appliedLsn() == null && row.getString("applied") != null) {
                said = said.withCheckpoint(
                        row.getString("applied"), row.getLong("transactions"), row.getLong("changes"));
            }
            Instant at = row.getOffsetDateTime("said_at")
                    .withOffsetSameInstant(ZoneOffset.UTC)
                    .toInstant();
            return Optional.of(
                    row.getBoolean("fresh")
                            ? new StatusReport(said, true)
                            : new StatusReport(notRunning(said, at, row.getString("applied")), false));
        }
        return Optional.empty();
    }

    /**
     * The same, with what waits for each destination.
     *
     * @param destinations those that the settings have
     */
    public StatusReport withDeliveries(PostgresClient target, Collection<String> destinations) {
        return QueueFigures.areKept(target)
                ? new StatusReport(
                        status.withDeliveries(QueueFigures.read(target, status.mirror(), destinations)), running)
                : this;
    }

    private static List<TableStatus> tables(PostgresClient target, String mirror) {
        // A version before this one has not compared anything.
        Map<TableId, ReconciledTables.Known> known =
                ReconciledTables.areKept(target) ? new ReconciledTables(target, mirror).load() : Map.of();
        return new TableLedger(target, mirror)
                .load().stream()
                        .map(table -> TableStatus.of(table, Optional.ofNullable(known.get(table.table()))))
                        .toList();
    }

    private static MirrorStatus parse(ObjectMapper json, String text) {
        try {
            return json.readValue(text, MirrorStatus.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "The status at the target was written by another version of Understudy.", e);
        }
    }

    /** What was true of the process is not any more; what is at the target still is. */
    private static MirrorStatus notRunning(MirrorStatus said, Instant at, String applied) {
        String last = "Its process was last heard of at " + at + ", when it was " + said.state()
                + Optional.ofNullable(said.reason())
                        .map(reason -> " (" + reason + ")")
                        .orElse("") + ".";
        return new MirrorStatus(
                said.mirror(),
                "not running",
                at.toString(),
                last,
                "Start it: ./understudy run",
                said.source(),
                said.target(),
                false,
                applied,
                null,
                null,
                null,
                null,
                null,
                said.lastAppliedAt(),
                said.transactions(),
                said.changes(),
                0,
                said.missingRows(),
                said.tables(),
                said.deliveries(),
                said.saidAt());
    }
}
