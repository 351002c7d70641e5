package io.understudy.demo;

import io.understudy.postgres.DatabaseUrl;

/** The two servers of the demo. They are not part of the native executable, so they are found by name. */
interface DemoServers extends AutoCloseable {

    DatabaseUrl production();

    DatabaseUrl staging();

    @Override
    void close();

    static DemoServers start() {
        // Put together at run time: a constant would make the native image look for the class, and what it needs is not
        // there.
        String name = DemoServers.class.getPackageName() + ".EmbeddedServers";
        try {
            return (DemoServers) Class.forName(name).getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException | LinkageError e) {
            if (e.getCause() instanceof ServersNotStartedException notStarted) {
                throw notStarted;
            }
            throw new ServersNotStartedException(
                    "The demo brings its own Postgres servers, which only the JVM build can start.",
                    "Run ./understudy demo with a JDK, 17 or newer.",
                    e);
        }
    }
}
