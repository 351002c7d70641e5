package io.understudy.bench;

import io.understudy.Database;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Understudy beside Postgres' own logical replication, between the same two servers in the same run: the initial copy,
 * and the drain of a backlog. Wrong rows fail it, a ratio never does: machines are noisy. How to read it:
 * docs/benchmarks.md.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MirrorBench {

    private static final long ROWS = Long.getLong("bench.rows", 2_000_000);
    private static final long INSERTS = Long.getLong("bench.inserts", 1_000_000);
    private static final long TRANSACTIONS = Long.getLong("bench.transactions", 100_000);
    private static final int ROUNDS = Integer.getInteger("bench.rounds", 1);

    /** Of logical replication's rate (issue 2). */
    private static final double COPY_AIM = 1.0;

    private static final double DRAIN_AIM = 0.4;

    /** Of the rate without masks, with three masked columns of twenty (issue 4). */
    private static final double MASKED_AIM = 0.8;

    /** Bounds a peer that hangs; many times what any needs. */
    private static final Duration LIMIT = Duration.ofMinutes(20);

    private static final Report REPORT = new Report();

    private static BenchServer source;
    private static BenchServer target;

    private interface Task {
        Measurement run() throws Exception;
    }

    @BeforeAll
    static void startServers() {
        source = new BenchServer();
        target = new BenchServer();
        REPORT.line("Understudy's benchmark, %s", LocalDate.now());
        REPORT.line(
                "%d cores, load %s at the start, JDK %s, Postgres %s on both sides",
                Runtime.getRuntime().availableProcessors(), Proc.load(), Runtime.version(), source.version());
        REPORT.line(
                "ratio: rate / logical replication's. others: what the rest of the machine was busy with meanwhile.");
    }

    @AfterAll
    static void stopServers() throws Exception {
        REPORT.print();
        source.close();
        target.close();
    }

    @Test
    @Order(1)
    void copiesAllTables() throws Exception {
        Database production = source.create("copied");
        CopyTables tables = new CopyTables(ROWS);
        CopyTables.create(production);
        tables.fill(production);
        Digest digest = Digest.of(production);
        long megabytes =
                production.count("select sum(pg_table_size(oid))::bigint >> 20 from pg_class where relkind = 'r' "
                        + "and relnamespace = 'public'::regnamespace");
        for (int round = 1; round <= ROUNDS; round++) {
            List<String> notRun = new ArrayList<>();
            REPORT.begin(
                    "Initial copy, round %d of %d: %,d rows, %,d MB in 4 tables"
                            .formatted(round, ROUNDS, tables.rows(), megabytes),
                    tables.rows(),
                    COPY_AIM);
            List<Task> tasks = new ArrayList<>();
            tasks.add(() -> copyByLogicalReplication(production, digest));
            tasks.add(() -> copyByMirror(production, digest));
            for (CommandLinePeer peer : CommandLinePeer.values()) {
                Optional<String> obstacle =
                        peer.obstacle(Integer.parseInt(source.version().split("[^0-9]")[0]));
                obstacle.ifPresentOrElse(
                        reason -> notRun.add("%-26s not run: %s".formatted(peer.title(), reason)),
                        () -> tasks.add(() -> copyByCommandLine(peer, production, digest)));
            }
            measure(tasks, round, notRun);
        }
        source.drop("copied");
    }

    /** Whoever comes second finds warmer caches and a busier machine; a second round turns the order. */
    private static void measure(List<Task> tasks, int round, List<String> notRun) throws Exception {
        List<Task> ordered = tasks;
        if (round % 2 == 0) {
            ordered = new ArrayList<>(tasks);
            Collections.reverse(ordered);
        }
        try {
            for (Task task : ordered) {
                REPORT.add(task.run());
            }
        } finally {
            REPORT.end(notRun);
        }
    }

    private static Measurement copyByLogicalReplication(Database production, Digest digest) {
        Database staging = emptyCopyTarget("replicated");
        Measurement measurement;
        try (LogicalReplication replication = new LogicalReplication(production, staging)) {
            Meter meter = meter();
            replication.subscribe();
            replication.awaitCopied(LIMIT);
            measurement = meter.read(LogicalReplication.NAME);
        }
        Digest.assertEqual(measurement.peer(), digest, staging);
        target.drop("replicated");
        return measurement;
    }

    private static Measurement copyByMirror(Database production, Digest digest) throws Exception {
        Database staging = emptyCopyTarget("mirrored");
        Measurement measurement;
        try (MirrorProcess mirror = new MirrorProcess("mirrored", "pgoutput", production, staging)) {
            mirror.adopt();
            Meter meter = meter();
            mirror.start();
            mirror.awaitBegun(LIMIT);
            meter.begun();
            mirror.awaitCopied(LIMIT);
            measurement = meter.read(MirrorProcess.TITLE, mirror.pid(), MirrorProcess.HEAP);
            mirror.stop();
        }
        Digest.assertEqual(measurement.peer(), digest, staging);
        release(production, "mirrored");
        return measurement;
    }

    private static Measurement copyByCommandLine(CommandLinePeer peer, Database production, Digest digest)
            throws Exception {
        Database staging = emptyCopyTarget("dumped");
        double cpuBefore = Proc.endedChildrenSeconds();
        Meter meter = meter();
        Process process = peer.start(production, staging);
        boolean ended = process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
        Measurement measurement = meter.read(peer.title(), Proc.endedChildrenSeconds() - cpuBefore, Double.NaN, "-");
        if (!ended || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new AssertionError(peer.title() + " failed, see target/bench");
        }
        Digest.assertEqual(measurement.peer(), digest, staging);
        target.drop("dumped");
        return measurement;
    }

    private static Database emptyCopyTarget(String name) {
        Database staging = target.create(name);
        CopyTables.create(staging);
        return staging;
    }

    @Test
    @Order(2)
    void masksWhatItCopies() throws Exception {
        Database production = source.create("personal");
        PersonalTable table = new PersonalTable(ROWS / 2);
        table.create(production);
        table.fill(production);
        long megabytes = production.count("select pg_table_size('person')::bigint >> 20");
        for (int round = 1; round <= ROUNDS; round++) {
            REPORT.begin(
                    "Copy with and without masks, round %d of %d: %,d rows of 20 columns, %,d MB; 3 columns masked"
                            .formatted(round, ROUNDS, table.rows(), megabytes),
                    table.rows(),
                    MASKED_AIM,
                    PersonalTable.PLAIN,
                    Measurement::ownSeconds);
            measure(
                    List.of(
                            () -> copyPersons(PersonalTable.PLAIN, production, table, Map.of()),
                            () -> copyPersons(PersonalTable.MASKED, production, table, PersonalTable.MASKS)),
                    round,
                    List.of());
        }
        source.drop("personal");
    }

    private static Measurement copyPersons(
            String title, Database production, PersonalTable table, Map<String, String> masks) throws Exception {
        Database staging = target.create("staged");
        table.create(staging);
        Measurement measurement;
        try (MirrorProcess mirror = new MirrorProcess("staged", "pgoutput", production, staging, masks)) {
            mirror.adopt();
            Meter meter = meter();
            mirror.start();
            mirror.awaitBegun(LIMIT);
            meter.begun();
            mirror.awaitCopied(LIMIT);
            measurement = meter.read(title, mirror.pid(), MirrorProcess.HEAP);
            mirror.stop();
        }
        table.assertCopied(production, staging, !masks.isEmpty());
        release(production, "staged");
        return measurement;
    }

    @Test
    @Order(3)
    void drainsTheBacklog() throws Exception {
        Database production = source.create("drained");
        Backlog.create(production);
        Backlog backlog = new Backlog(production, INSERTS, TRANSACTIONS);
        backlog.fillAccounts();
        Database replicated = emptyDrainTarget("replicated");
        try (LogicalReplication replication = new LogicalReplication(production, replicated);
                MirrorProcess pgoutput = mirror("pgoutput", production);
                MirrorProcess debezium = mirror("debezium", production)) {
            replication.subscribe();
            replication.awaitCopied(LIMIT);
            replication.disable();
            copyAndStop(pgoutput);
            copyAndStop(debezium);
            for (int round = 1; round <= ROUNDS; round++) {
                String end = backlog.produce();
                Digest digest = Digest.of(production);
                REPORT.begin(
                        "Drain of a backlog, round %d of %d: %,d inserts and %,d transactions of 4 changes"
                                .formatted(round, ROUNDS, INSERTS, TRANSACTIONS),
                        backlog.changes(),
                        DRAIN_AIM);
                List<Task> tasks = new ArrayList<>();
                tasks.add(() -> drain(replication, end, digest, replicated));
                tasks.add(() -> drain(pgoutput, end, digest, target.database("pgoutput")));
                tasks.add(() -> drain(debezium, end, digest, target.database("debezium")));
                measure(tasks, round, List.of());
            }
        }
    }

    private static MirrorProcess mirror(String capture, Database production) {
        return new MirrorProcess(capture, capture, production, emptyDrainTarget(capture));
    }

    private static void copyAndStop(MirrorProcess mirror) throws Exception {
        mirror.adopt();
        mirror.start();
        mirror.awaitCopied(LIMIT);
        mirror.stop();
    }

    private static Measurement drain(LogicalReplication replication, String end, Digest digest, Database staging) {
        Meter meter = meter();
        replication.enable();
        replication.awaitApplied(end, LIMIT);
        Measurement measurement = meter.read(LogicalReplication.NAME);
        replication.disable();
        Digest.assertEqual(measurement.peer(), digest, staging);
        return measurement;
    }

    private static Measurement drain(MirrorProcess mirror, String end, Digest digest, Database staging)
            throws Exception {
        Meter meter = meter();
        mirror.start();
        mirror.awaitBegun(LIMIT);
        meter.begun();
        mirror.awaitApplied(end, LIMIT);
        Measurement measurement = meter.read(mirror.title(), mirror.pid(), MirrorProcess.HEAP);
        mirror.stop();
        Digest.assertEqual(measurement.peer(), digest, staging);
        return measurement;
    }

    private static Database emptyDrainTarget(String name) {
        Database staging = target.create(name);
        Backlog.create(staging);
        return staging;
    }

    /** Slot and rows of a mirror that has ended. */
    private static void release(Database production, String name) {
        production.run("select pg_drop_replication_slot('" + name + "')", "drop publication " + name);
        target.drop(name);
    }

    private static Meter meter() {
        source.checkpoint();
        target.checkpoint();
        return new Meter(source, target);
    }
}
