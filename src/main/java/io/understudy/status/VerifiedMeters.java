package io.understudy.status;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.quarkus.runtime.ShutdownEvent;
import io.understudy.mirror.Mirror;
import io.understudy.mirror.MirrorStatus.TableStatus;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** What comparing the two sides found, as metrics, table by table. */
@ApplicationScoped
public class VerifiedMeters {

    private static final Duration LOOK = Duration.ofSeconds(5);

    private final MultiGauge age;
    private final MultiGauge unequal;
    private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "understudy-meters");
        thread.setDaemon(true);
        return thread;
    });

    VerifiedMeters(MeterRegistry registry) {
        this.age = MultiGauge.builder("understudy.verified.age")
                .description("How long ago the table was last found equal to the source; not there when it never was")
                .baseUnit("seconds")
                .register(registry);
        this.unequal = MultiGauge.builder("understudy.unequal.rows")
                .description("Rows that the last comparison found missing, different or extra")
                .register(registry);
    }

    /** From now on until the process ends. */
    public void watch(Mirror mirror) {
        looking.scheduleWithFixedDelay(
                () -> measure(mirror.status().tables()), 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void measure(List<TableStatus> tables) {
        age.register(
                tables.stream()
                        .filter(table -> table.verified().at() != null)
                        .<MultiGauge.Row<?>>map(table -> MultiGauge.Row.of(
                                Tags.of("table", table.table()),
                                Instant.parse(table.verified().at()),
                                at -> Duration.between(at, Instant.now()).toMillis() / 1000.0))
                        .toList(),
                true);
        unequal.register(
                tables.stream()
                        .filter(table -> table.verified().result() != null)
                        .<MultiGauge.Row<?>>map(table -> MultiGauge.Row.of(
                                Tags.of("table", table.table()),
                                table.verified().unequalRows()))
                        .toList(),
                true);
    }

    void stop(@Observes ShutdownEvent event) {
        looking.shutdownNow();
    }
}
