package io.understudy;

import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import io.debezium.metrics.Metrics;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Arrays;

/**
 * What the native image must be told, because nobody can see it in the code: the parts of Debezium's engine that are
 * found by name. On the JVM nothing of this has an effect.
 *
 * <p>Constructors only, unless a comment says more: every method named here would be linked, with all it refers to. The
 * files in which Debezium lists some of these names are included in {@code application.properties}.
 */
final class NativeImage {

    private NativeImage() {}

    @RegisterForReflection(
            methods = false,
            fields = false,
            ignoreNested = true,
            classNames = {
                // The engine and what its settings name
                "io.debezium.engine.DebeziumEngine$BuilderFactory",
                "io.debezium.embedded.async.ConvertingAsyncEngineBuilderFactory",
                "io.debezium.engine.spi.OffsetCommitPolicy",
                "io.debezium.engine.spi.OffsetCommitPolicy$AlwaysCommitOffsetPolicy",
                "io.debezium.engine.spi.OffsetCommitPolicy$PeriodicCommitOffsetPolicy",
                "org.apache.kafka.connect.source.SourceTask",
                "org.apache.kafka.connect.json.JsonConverter",
                "org.apache.kafka.connect.storage.MemoryOffsetBackingStore",
                "org.apache.kafka.common.security.authenticator.SaslClientAuthenticator",
                // The connector and what its settings name
                "io.debezium.connector.postgresql.PostgresConnector",
                "io.debezium.connector.postgresql.PostgresConnectorTask",
                "io.debezium.connector.postgresql.PostgresSourceInfoStructMaker",
                "io.debezium.connector.common.BaseSourceTask",
                "io.debezium.pipeline.txmetadata.DefaultTransactionMetadataFactory",
                "io.debezium.schema.SchemaTopicNamingStrategy",
                "io.debezium.relational.ConcurrentMapTableMappingStorage",
                "io.understudy.stream.TextConverter",
                // Services. All of a list, also those we never choose: the list is read to its end.
                "io.debezium.connector.base.DefaultQueueProvider",
                "io.debezium.connector.base.QueueProviderService",
                "io.debezium.connector.postgresql.snapshot.lock.NoSnapshotLock",
                "io.debezium.connector.postgresql.snapshot.lock.SharedSnapshotLock",
                "io.debezium.connector.postgresql.snapshot.query.SelectAllSnapshotQuery",
                "io.debezium.snapshot.spi.SnapshotLock",
                "io.debezium.snapshot.lock.NoLockingSupport",
                "io.debezium.snapshot.mode.AlwaysSnapshotter",
                "io.debezium.snapshot.mode.ConfigurationBasedSnapshotter",
                "io.debezium.snapshot.mode.InitialOnlySnapshotter",
                "io.debezium.snapshot.mode.InitialSnapshotter",
                "io.debezium.snapshot.mode.NoDataSnapshotter",
                "io.debezium.snapshot.mode.RecoverySnapshotter",
                "io.debezium.snapshot.mode.WhenNeededNoDataSnapshotter",
                "io.debezium.snapshot.mode.WhenNeededSnapshotter",
                "io.debezium.pipeline.notification.channels.LogNotificationChannel",
                "io.debezium.pipeline.notification.channels.SinkNotificationChannel",
                "io.debezium.pipeline.notification.channels.jmx.JmxNotificationChannel",
                "io.debezium.pipeline.signal.actions.StandardActionProvider",
                "io.debezium.pipeline.signal.channels.FileSignalChannel",
                "io.debezium.pipeline.signal.channels.KafkaSignalChannel",
                "io.debezium.pipeline.signal.channels.SourceSignalChannel",
                "io.debezium.pipeline.signal.channels.jmx.JmxSignalChannel",
                "io.debezium.pipeline.signal.channels.process.InProcessSignalChannel"
            })
    static final class FoundByName {

        private FoundByName() {}
    }

    /** Debezium's service registry looks through the methods of this one for those it must call. */
    @RegisterForReflection(
            fields = false,
            ignoreNested = true,
            classNames = {"io.debezium.processors.PostProcessorRegistry"})
    static final class SearchedForMethods {

        private SearchedForMethods() {}
    }
}

/** Connect splits this setting with a class of Jetty, which is not on our class path; the image would not link. */
@TargetClass(className = "org.apache.kafka.connect.runtime.rest.RestServerConfig$ResponseHttpHeadersValidator")
final class ResponseHeadersWithoutJetty {

    @Substitute
    public void ensureValid(String name, Object value) {
        if (value instanceof String rules && !rules.isBlank()) {
            // Nobody sets it: there is no REST server. So quoted commas need no care.
            Arrays.stream(rules.split(",")).forEach(RestServerSettings::validateHttpResponseHeaderConfig);
        }
    }
}

@TargetClass(className = "org.apache.kafka.connect.runtime.rest.RestServerConfig")
final class RestServerSettings {

    @Alias
    static native void validateHttpResponseHeaderConfig(String rule);
}

/** Debezium publishes its figures over JMX, which the image does not have. Ours do not come from there. */
@TargetClass(Metrics.class)
final class MetricsWithoutJmx {

    @Substitute
    public synchronized void register() {}

    @Substitute
    public synchronized void unregister() {}
}
