package io.understudy.mirror;

import java.util.List;
import java.util.Locale;

/**
 * A key that may stand in {@code config/application.properties} or, in capitals and with underscores, in the
 * environment.
 *
 * @param fallback what holds when it is not set; empty when there is no such thing
 */
public record Setting(String key, String fallback, String meaning) {

    static final Setting NAME = new Setting(
            "understudy.name",
            "understudy",
            "Name of the mirror, its slot and its publication: a-z, 0-9 and _, 63 at most.");
    static final Setting SOURCE_URL = new Setting(
            "understudy.source.url", "", "Production: postgresql://user:password@host:port/database?sslmode=…");
    static final Setting TARGET_URL = new Setting("understudy.target.url", "", "Staging, likewise.");
    static final Setting TABLES_INCLUDE = new Setting(
            "understudy.tables.include", "", "Only these tables, comma-separated: schema.table, * for any letters.");
    static final Setting TABLES_EXCLUDE = new Setting("understudy.tables.exclude", "", "Not these tables, likewise.");
    static final Setting TABLES_WITHOUT_KEY = new Setting(
            "understudy.tables.without-key",
            "refuse",
            "Tables without a key: refuse, or inserts, which follows no updates and deletes of them.");
    static final Setting TABLES_SCHEMA_CHANGES = new Setting(
            "understudy.tables.schema-changes",
            "pause",
            "When the source alters a table: pause it until the target is migrated, or follow what only adds.");
    static final Setting TABLES_FILTERS = new Setting(
            "understudy.tables.filters",
            "",
            "Which rows of a table are mirrored: understudy.tables.filters.\"schema.table\"=condition, as production's SQL.");
    static final Setting TABLES_SCHEMA_ONLY = new Setting(
            "understudy.tables.schema-only",
            "",
            "Tables that stay empty, comma-separated: schema.table, * for any letters.");
    static final Setting COLUMNS_EXCLUDE = new Setting(
            "understudy.columns.exclude",
            "",
            "Columns that are neither copied nor written, comma-separated: schema.table.column, * for any letters.");
    static final Setting CONSTRAINTS = new Setting(
            "understudy.constraints",
            "",
            "What becomes of rows that staging forbids, comma-separated: schema.table.constraint=policy, * for any letters.");
    static final Setting MASKING_RULES = new Setting(
            "understudy.masking.rules",
            "",
            "What becomes of a column: understudy.masking.rules.\"schema.table.column\"=rule, * for any letters; or all in one value, by semicolons.");
    static final Setting MASKING_SECRET = new Setting(
            "understudy.masking.secret",
            "",
            "Key of all pseudonyms, 16 bytes or more; best in the environment. Another one makes other pseudonyms.");
    static final Setting MASKING_UNLISTED = new Setting(
            "understudy.masking.unlisted",
            "",
            "Columns without a rule: keep, or refuse, which is so once there is any rule.");
    static final Setting MASKING_CANARIES = new Setting(
            "understudy.masking.canaries",
            "",
            "Values that must never leave production, comma-separated: a row that still holds one is kept back.");
    static final Setting SNAPSHOT_WORKERS =
            new Setting("understudy.snapshot.workers", "4", "Copies that run at once: 1 to 32.");
    static final Setting SNAPSHOT_CHUNK_SIZE = new Setting(
            "understudy.snapshot.chunk-size",
            "64M",
            "A larger table is copied in chunks of this size, at once: 1M or more.");
    static final Setting STREAM_CAPTURE = new Setting(
            "understudy.stream.capture",
            "pgoutput",
            "How the source's log is read: pgoutput or debezium (docs/decisions/0001).");
    static final Setting STREAM_BUFFER_SIZE = new Setting(
            "understudy.stream.buffer-size", "48M", "Changes held in memory between capture and apply: 1M or more.");
    static final Setting APPLY_BATCH_CHANGES = new Setting(
            "understudy.apply.batch-changes", "8000", "Changes in one target transaction at most: 1 to 100000.");
    static final Setting APPLY_BATCH_SIZE =
            new Setting("understudy.apply.batch-size", "16M", "The same in bytes: 64K or more.");
    static final Setting APPLY_SET_ASIDE_SIZE = new Setting(
            "understudy.apply.set-aside-size",
            "1G",
            "Changes kept at the target for one paused table; beyond it the table has to be copied again: 1M or more.");
    static final Setting OUTBOUND_DESTINATIONS = new Setting(
            "understudy.outbound.destinations",
            "",
            "Where changes are delivered: understudy.outbound.destinations.NAME.url, and .secret, .timeout (15s), .concurrency (32), .ca-file.");
    static final Setting OUTBOUND_KAFKA = new Setting(
            "understudy.outbound.kafka",
            "",
            "How Kafka's clients log in, and the like, in Kafka's words: understudy.outbound.kafka.security.protocol and others.");
    static final Setting OUTBOUND_ALLOWED_HOSTS = new Setting(
            "understudy.outbound.allowed-hosts",
            "",
            "Hosts that may be delivered to, comma-separated: host, host:port, *.domain, address; private addresses only when listed.");
    static final Setting OUTBOUND_MAX_ATTEMPTS = new Setting(
            "understudy.outbound.max-attempts", "20", "Attempts before a delivery is discarded: 1 to 1000.");
    static final Setting OUTBOUND_FIRST_WAIT = new Setting(
            "understudy.outbound.first-wait",
            "1s",
            "Wait after the first failed attempt, doubled after each further one: 1s or more.");
    static final Setting OUTBOUND_LONGEST_WAIT =
            new Setting("understudy.outbound.longest-wait", "1h", "The longest of these waits: 1s or more.");
    static final Setting OUTBOUND_LEASE = new Setting(
            "understudy.outbound.lease",
            "30s",
            "A process that delivers and was not heard of for so long loses its deliveries to others: 5s or more.");
    static final Setting OUTBOUND_PAYLOAD_LIMIT = new Setting(
            "understudy.outbound.payload-limit", "256K", "Larger payloads are kept and not sent: 1K or more.");
    static final Setting OUTBOUND_KEEP_COMPLETED = new Setting(
            "understudy.outbound.keep-completed", "1d", "How long completed deliveries stay in the queue: 0s or more.");
    static final Setting OUTBOUND_KEEP_DISCARDED =
            new Setting("understudy.outbound.keep-discarded", "30d", "The same of discarded ones: 0s or more.");
    static final Setting HEALTH_MAX_DELIVERY_AGE = new Setting(
            "understudy.health.max-delivery-age",
            "15m",
            "Readiness says no when a delivery has waited longer: 1s or more.");
    static final Setting RECONCILE_EVERY = new Setting(
            "understudy.reconcile.every",
            "1d",
            "How often each table is compared with the source, row by row, while the mirror goes on; 0s for never.");
    static final Setting HTTP_TOKEN = new Setting(
            "understudy.http.token",
            "",
            "Whoever changes something over HTTP must send it (Authorization: Bearer …), 16 letters or more; without it nobody can.");
    static final Setting HEALTH_MAX_LAG = new Setting(
            "understudy.health.max-lag", "60s", "Readiness says no when staging is further behind: 1s or more.");
    static final Setting HTTP_HOST =
            new Setting("understudy.http.host", "127.0.0.1", "Address on which health is served; 0.0.0.0 for all.");
    static final Setting HTTP_PORT = new Setting("understudy.http.port", "8080", "Port on which health is served.");

    /** All there are. */
    public static final List<Setting> ALL = List.of(
            NAME,
            SOURCE_URL,
            TARGET_URL,
            TABLES_INCLUDE,
            TABLES_EXCLUDE,
            TABLES_WITHOUT_KEY,
            TABLES_SCHEMA_CHANGES,
            TABLES_FILTERS,
            TABLES_SCHEMA_ONLY,
            COLUMNS_EXCLUDE,
            CONSTRAINTS,
            MASKING_RULES,
            MASKING_SECRET,
            MASKING_UNLISTED,
            MASKING_CANARIES,
            SNAPSHOT_WORKERS,
            SNAPSHOT_CHUNK_SIZE,
            STREAM_CAPTURE,
            STREAM_BUFFER_SIZE,
            APPLY_BATCH_CHANGES,
            APPLY_BATCH_SIZE,
            APPLY_SET_ASIDE_SIZE,
            OUTBOUND_DESTINATIONS,
            OUTBOUND_KAFKA,
            OUTBOUND_ALLOWED_HOSTS,
            OUTBOUND_MAX_ATTEMPTS,
            OUTBOUND_FIRST_WAIT,
            OUTBOUND_LONGEST_WAIT,
            OUTBOUND_LEASE,
            OUTBOUND_PAYLOAD_LIMIT,
            OUTBOUND_KEEP_COMPLETED,
            OUTBOUND_KEEP_DISCARDED,
            RECONCILE_EVERY,
            HEALTH_MAX_LAG,
            HEALTH_MAX_DELIVERY_AGE,
            HTTP_HOST,
            HTTP_PORT,
            HTTP_TOKEN);

    public String environment() {
        return environment(key);
    }

    /** The variable by which the environment sets a key. */
    static String environment(String key) {
        return key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }
}
