package io.understudy.cli;

import io.understudy.mirror.Settings;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.TargetDatabase;
import io.vertx.core.Vertx;

/** Both databases of a mirror, for the length of a command. */
record Databases(SourceDatabase source, TargetDatabase target) implements AutoCloseable {

    static Databases open(Vertx vertx, Settings settings) {
        return new Databases(
                SourceDatabase.open(vertx, settings.source(), settings.name()),
                TargetDatabase.open(vertx, settings.target(), settings.name()));
    }

    @Override
    public void close() {
        source.close();
        target.close();
    }
}
