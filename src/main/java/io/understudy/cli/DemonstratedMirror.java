package io.understudy.cli;

import io.understudy.demo.MirrorUnderDemo;
import io.understudy.mirror.Mirror;
import io.understudy.mirror.MirrorStatus;
import io.understudy.mirror.MirrorStatus.TableStatus;
import io.understudy.mirror.Settings;
import io.understudy.postgres.DatabaseUrl;
import io.understudy.postgres.Lsn;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.eclipse.microprofile.config.ConfigProvider;

/** The real mirror, as the demo sees it. */
final class DemonstratedMirror implements MirrorUnderDemo {

    private static final Set<String> NOT_COPIED = Set.of("waiting", "copying");
    private static final String NAME = "understudy";
    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);

    private final Vertx vertx;
    private final Consumer<Mirror> started;
    private Mirror mirror;

    DemonstratedMirror(Vertx vertx, Consumer<Mirror> started) {
        this.vertx = vertx;
        this.started = started;
    }

    @Override
    public void adoptAndStart(DatabaseUrl source, DatabaseUrl target) {
        Settings settings = Settings.of(NAME, source, target);
        try (Databases databases = Databases.open(vertx, settings)) {
            databases.target().adopt(databases.source().identity(), source.place());
        }
        mirror = new Mirror(vertx, settings, false);
        mirror.start();
        started.accept(mirror);
    }

    @Override
    public View view() {
        MirrorStatus status = mirror.status();
        List<TableStatus> tables = status.tables();
        return new View(
                status.state(),
                Optional.ofNullable(status.reason()),
                (int) tables.stream()
                        .filter(table -> !NOT_COPIED.contains(table.state()))
                        .count(),
                tables.size(),
                tables.stream().mapToLong(TableStatus::rowsCopied).sum(),
                tables.stream()
                        .mapToLong(table -> table.rowsEstimated() == null ? 0 : table.rowsEstimated())
                        .sum(),
                tables.stream().mapToLong(TableStatus::bytesCopied).sum(),
                status.lagBytes() == null ? 0 : status.lagBytes(),
                status.lagSeconds() == null ? 0 : status.lagSeconds(),
                status.changesPerSecond(),
                status.appliedLsn(),
                healthUrl());
    }

    private static String healthUrl() {
        return "http://127.0.0.1:" + ConfigProvider.getConfig().getValue("quarkus.http.port", String.class)
                + "/q/health/ready";
    }

    @Override
    public boolean hasApplied(Lsn upTo) {
        return mirror.hasReached(upTo);
    }

    @Override
    public void stop() {
        if (mirror != null) {
            mirror.stop();
            try {
                mirror.awaitEnd(STOP_LIMIT);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
