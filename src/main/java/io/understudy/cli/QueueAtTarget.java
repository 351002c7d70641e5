package io.understudy.cli;

import io.understudy.mirror.Settings;
import io.understudy.mirror.SettingsReader;
import io.understudy.outbound.Deliveries;
import io.understudy.outbound.Deliveries.Selection;
import io.understudy.outbound.DeliveryBatches;
import io.understudy.outbound.QueueFigures;
import io.understudy.outbound.QueueNames;
import io.understudy.outbound.SyncConfigs;
import io.understudy.postgres.TargetDatabase;
import io.vertx.core.Vertx;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.Config;
import picocli.CommandLine;

/** The delivery queue of a mirror, for the length of a command. Needs no source. */
record QueueAtTarget(Settings settings, TargetDatabase target, CommandLine commandLine) implements AutoCloseable {

    static QueueAtTarget open(Vertx vertx, Config config, CommandLine commandLine) {
        Settings settings = SettingsReader.read(config);
        QueueAtTarget queue = new QueueAtTarget(
                settings, TargetDatabase.open(vertx, settings.target(), settings.name()), commandLine);
        try {
            queue.requireTables();
            return queue;
        } catch (RuntimeException e) {
            queue.close();
            throw e;
        }
    }

    private void requireTables() {
        if (QueueFigures.areKept(target.client())) {
            return;
        }
        if (!target.hasOurSchema()) {
            throw wrong("The target " + settings.target().place() + " was not adopted. First: ./understudy adopt");
        }
        target.migrate();
    }

    /** Who is noted for what this command does. */
    static String by() {
        return System.getProperty("user.name");
    }

    Deliveries deliveries() {
        return new Deliveries(target.client(), settings.name());
    }

    DeliveryBatches batches() {
        return new DeliveryBatches(target.client(), settings.name(), by());
    }

    SyncConfigs configs() {
        return new SyncConfigs(target.client(), settings.name());
    }

    QueueNames names() {
        return QueueNames.read(
                target.client(),
                settings.name(),
                settings.outbound().destinations().keySet());
    }

    Selection selection(String destination, String table) {
        QueueNames names = names();
        return understood(() -> names.selection(destination, table));
    }

    /** What somebody wrote, or the usage error that says why it is not understood. */
    <T> T understood(Supplier<T> reading) {
        return understood(commandLine, reading);
    }

    static <T> T understood(CommandLine commandLine, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(commandLine, e.getMessage());
        }
    }

    CommandLine.ParameterException wrong(String message) {
        return new CommandLine.ParameterException(commandLine, message);
    }

    @Override
    public void close() {
        target.close();
    }
}
