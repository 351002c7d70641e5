package io.understudy.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.Database;
import io.understudy.KafkaServer;
import io.understudy.Receiver;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The outbound queue: what enqueueing costs a mirror that drains a backlog, how fast the queue is delivered over HTTP and to
 * Kafka, with 10,000 keys whose order is kept, and how large its table is afterwards. Everything shares this machine: both
 * databases, the receiver or the broker, and the service.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DeliveryBench {

    private static final long INSERTS = Long.getLong("bench.queued.inserts", 400_000);
    private static final long TRANSACTIONS = Long.getLong("bench.queued.transactions", 50_000);
    private static final long REQUESTS = Long.getLong("bench.requests", 200_000);
    private static final long RECORDS = Long.getLong("bench.records", 1_000_000);
    private static final int KEYS = 10_000;

    /** Of the rate without deliveries (issue 5). */
    private static final double ENQUEUE_AIM = 0.85;

    private static final int HTTP_AIM = 5_000;
    private static final int KAFKA_AIM = 20_000;

    /** At the start the JVM compiles; the rates are of the rest. */
    private static final double WARM_UP = 0.25;

    private static final Duration LIMIT = Duration.ofMinutes(20);
    private static final String PLAIN = "Understudy, nothing queued";

    private static final Report REPORT = new Report();
    private static BenchServer source;
    private static BenchServer target;

    @BeforeAll
    static void startServers() {
        source = new BenchServer();
        target = new BenchServer();
        REPORT.line("Understudy's benchmark of deliveries, %s", LocalDate.now());
        REPORT.line(
                "%d cores, load %s at the start, JDK %s, Postgres %s on both sides",
                Runtime.getRuntime().availableProcessors(), Proc.load(), Runtime.version(), source.version());
    }

    @AfterAll
    static void stopServers() {
        REPORT.print();
        source.close();
        target.close();
    }

    @Test
    @Order(1)
    void enqueuesWhileItDrains() throws Exception {
        Database production = source.create("queued");
        Backlog.create(production);
        Backlog backlog = new Backlog(production, INSERTS, TRANSACTIONS);
        backlog.fillAccounts();
        Map<String, List<String>> tables = new java.util.LinkedHashMap<>();
        tables.put("plain", List.of());
        tables.put("movements", List.of("movement"));
        tables.put("everything", List.of("event", "account", "movement"));
        List<MirrorProcess> mirrors = new ArrayList<>();
        for (String name : tables.keySet()) {
            Database staging = target.create(name);
            Backlog.create(staging);
            MirrorProcess mirror = new MirrorProcess(name, "pgoutput", production, staging);
            mirror.adopt();
            for (String table : tables.get(name)) {
                staging.run(
                        "insert into understudy.sync_config (mirror, schema_name, table_name, destination) values ('"
                                + name + "', 'public', '" + table + "', 'crm')");
            }
            mirror.start();
            mirror.awaitCopied(LIMIT);
            Meter.await(
                    "it is configured",
                    LIMIT,
                    () -> staging.count("select count(*) from understudy.sync_config where not seen") == 0);
            mirror.stop();
            mirrors.add(mirror);
        }
        String warm = backlog.produce(WARM_UP);
        String end = backlog.produce();
        Digest digest = Digest.of(production);
        REPORT.begin(
                "Drain of a backlog with deliveries enqueued: %,d inserts and %,d transactions of 4 changes, and a quarter of that before as a warm-up"
                        .formatted(INSERTS, TRANSACTIONS),
                backlog.changes(),
                ENQUEUE_AIM,
                PLAIN,
                Measurement::ownSeconds);
        for (MirrorProcess mirror : mirrors) {
            String name = List.copyOf(tables.keySet()).get(mirrors.indexOf(mirror));
            Database staging = target.database(name);
            Meter meter = new Meter(source, target);
            mirror.start();
            mirror.awaitApplied(warm, LIMIT);
            meter.begun();
            mirror.awaitApplied(end, LIMIT);
            long queued = staging.count("select (select count(*) from understudy.sync_queue)"
                    + " + (select coalesce(sum(cardinality(ordinals)), 0) from understudy.sync_packet)");
            String title = tables.get(name).isEmpty()
                    ? PLAIN
                    : "Understudy, %.0f %% queued".formatted(100.0 * queued / backlog.changes() / (1 + WARM_UP));
            REPORT.add(meter.read(title, mirror.pid(), MirrorProcess.HEAP));
            mirror.stop();
            Digest.assertEqual(title, digest, staging);
            assertThat(queued == 0).isEqualTo(tables.get(name).isEmpty());
            mirror.close();
        }
        REPORT.end(List.of());
    }

    @Test
    @Order(2)
    void deliversOverHttp() throws Exception {
        try (Receiver receiver = Receiver.open().countingOnly()) {
            Database staging = deliver(
                    "http",
                    REQUESTS,
                    HTTP_AIM,
                    Map.of(
                            "UNDERSTUDY_OUTBOUND_DESTINATIONS_CRM_URL",
                            receiver.url("/hook"),
                            "UNDERSTUDY_OUTBOUND_DESTINATIONS_CRM_SECRET",
                            Receiver.SECRET,
                            "UNDERSTUDY_OUTBOUND_ALLOWED_HOSTS",
                            "127.0.0.1"));
            assertThat(receiver.arrivals()).isGreaterThanOrEqualTo(REQUESTS);
            target.drop(staging.url().database());
        }
    }

    @Test
    @Order(3)
    void deliversToKafka() throws Exception {
        try (KafkaServer kafka = new KafkaServer().start()) {
            kafka.createTopic("changes", 4, Map.of());
            Database staging = deliver(
                    "kafka",
                    RECORDS,
                    KAFKA_AIM,
                    Map.of(
                            "UNDERSTUDY_OUTBOUND_DESTINATIONS_CRM_URL",
                            "kafka://" + kafka.bootstrapServers() + "/changes",
                            "UNDERSTUDY_OUTBOUND_ALLOWED_HOSTS",
                            "127.0.0.1,localhost"));
            target.drop(staging.url().database());
        }
    }

    private static Database deliver(String name, long deliveries, int aim, Map<String, String> settings)
            throws Exception {
        Database production = source.create(name);
        Database staging = target.create(name);
        production.run("create table item (id int primary key)");
        staging.run("create table item (id int primary key)");
        try (MirrorProcess mirror = new MirrorProcess(name, "pgoutput", production, staging, settings)) {
            mirror.adopt();
            fill(staging, name, deliveries);
            long before = size(staging);
            LongSupplier open = () -> staging.count(
                    "select count(*) from understudy.sync_queue where mirror = '" + name + "' and finished_at is null");
            mirror.start();
            // Counting takes longer than delivering: it is done once, and otherwise single rows are looked at.
            Meter.await(
                    "it is warm",
                    LIMIT,
                    () -> staging.count(
                                    "select count(*) from understudy.sync_queue where finished_at is not null and id = "
                                            + (long) (deliveries * WARM_UP))
                            > 0);
            long began = System.nanoTime();
            long cold = open.getAsLong();
            Meter.await(
                    "everything is delivered",
                    LIMIT,
                    () -> staging.count("select count(*) from (select from understudy.sync_queue where mirror = '"
                                    + name + "' and finished_at is null limit 1) as left_over")
                            == 0);
            double rate = cold / ((System.nanoTime() - began) / 1e9);
            assertThat(staging.count("select count(*) from understudy.sync_queue where status = 'completed'"))
                    .isEqualTo(deliveries);
            mirror.stop();
            long after = size(staging);
            staging.run("vacuum full understudy.sync_queue");
            REPORT.line("");
            REPORT.line(
                    "%s: %,d deliveries of %,d keys, %,.0f a second when warm, aim %,d",
                    name, deliveries, KEYS, rate, aim);
            REPORT.line(
                    "table and indexes: %,d MB filled, %,d MB when all was delivered, %,d MB written anew",
                    before >> 20, after >> 20, size(staging) >> 20);
        }
        return staging;
    }

    private static long size(Database staging) {
        return staging.count("select pg_total_relation_size('understudy.sync_queue')");
    }

    /** As enqueueing leaves them, of about 500 bytes each. */
    private static void fill(Database staging, String mirror, long deliveries) {
        staging.run(
                "insert into understudy.sync_config (mirror, schema_name, table_name, destination) values ('" + mirror
                        + "', 'public', 'item', 'crm')",
                "insert into understudy.sync_queue (mirror, schema_name, table_name, destination, record_id, operation, payload,"
                        + " idempotency_key, ordering_key, max_attempts, commit_lsn, ordinal)"
                        + " select '" + mirror + "', 'public', 'item', 'crm', g % " + KEYS + ", 'update',"
                        + " jsonb_build_object('operation', 'update', 'table', 'public.item', 'recordId', (g % " + KEYS
                        + ")::text,"
                        + " 'row', jsonb_build_object('id', g % " + KEYS
                        + ", 'title', 'item ' || g, 'body', repeat(md5(g::text), 8)),"
                        + " 'changedColumns', jsonb_build_array('title', 'body'), 'oldKey', null, 'omitted', jsonb_build_array(),"
                        + " 'commitTime', '2026-11-21T10:00:00Z', 'position', jsonb_build_object('lsn', '0/1', 'ordinal', g)),"
                        + " '" + mirror + "-crm-' || lpad(g::text, 24, '0'), 'public.item/' || g % " + KEYS
                        + ", 20, '0/1', g"
                        + " from generate_series(1, " + deliveries + ") g",
                "analyze understudy.sync_queue");
    }
}
