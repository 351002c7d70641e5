package io.understudy;

import io.understudy.postgres.DatabaseUrl;

/** A server that a test may stop and start: its address and its data stay. */
public interface PostgresServer extends AutoCloseable {

    void start();

    void stop();

    /** As the superuser. */
    DatabaseUrl url(String database);

    default Database database(String name) {
        return new Database(url(name));
    }

    @Override
    default void close() {
        stop();
    }
}
