package io.understudy.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.Database;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a full comparison of a table costs, next to reading it once on each side, one after the other, which proves nothing
 * about single rows and knows no masks.
 */
class ReconcileBench {

    private static final long ROWS = Long.getLong("bench.compared.rows", 1_000_000);

    /** Times as long as the two readings (issue 6). */
    private static final double AIM = 2;

    private static final Duration LIMIT = Duration.ofMinutes(20);
    private static final String READING = "select count(*) || ' ' || sum(hashtextextended(t::text, 0)) from person t";
    private static final Report REPORT = new Report();
    private static BenchServer source;
    private static BenchServer target;

    @BeforeAll
    static void startServers() {
        source = new BenchServer();
        target = new BenchServer();
        REPORT.line("Understudy's benchmark of comparisons, %s", LocalDate.now());
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
    void plainAndMasked() throws Exception {
        compare("plain", Map.of());
        compare("masked", PersonalTable.MASKS);
    }

    private static void compare(String name, Map<String, String> settings) throws Exception {
        PersonalTable table = new PersonalTable(ROWS);
        Database production = source.create(name);
        Database staging = target.create(name);
        table.create(production);
        table.create(staging);
        table.fill(production);
        try (MirrorProcess mirror = new MirrorProcess(name, "pgoutput", production, staging, settings)) {
            mirror.adopt();
            mirror.start();
            mirror.awaitCopied(LIMIT);
            staging.run("vacuum (freeze, analyze) person");
            double reading = read(production) + read(staging);
            // Twice: the first one finds what the copy has left in no cache.
            mirror.reconcile();
            double comparing = mirror.reconcile();
            REPORT.line("");
            REPORT.line(
                    "%s: %,d rows of 20 columns, both sides read one after the other: %.1f s, compared: %.1f s, %.2f times as long, aim %.1f: %s",
                    name,
                    ROWS,
                    reading,
                    comparing,
                    comparing / reading,
                    AIM,
                    comparing <= AIM * reading ? "met" : "NOT met");
            mirror.stop();
        }
        assertThat(staging.value("select result from understudy.reconciled_table"))
                .isEqualTo("equal");
    }

    private static double read(Database database) {
        database.value(READING);
        long began = System.nanoTime();
        database.value(READING);
        return (System.nanoTime() - began) / 1e9;
    }
}
