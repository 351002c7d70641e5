package io.understudy.outbound;

import io.smallrye.reactive.messaging.ClientCustomizer;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.eclipse.microprofile.config.Config;

/** What the attributes of a channel cannot say to Kafka's client. */
@Singleton
final class KafkaClients implements ClientCustomizer<Map<String, Object>> {

    @Override
    public Map<String, Object> customize(String channel, Config channelConfig, Map<String, Object> config) {
        Map<String, Object> changed = new HashMap<>(config);
        // The channel's "retries" are its own, which would send a record again behind later ones, and Kafka's, which do
        // not: these must stay on.
        changed.put(ProducerConfig.RETRIES_CONFIG, Integer.MAX_VALUE);
        // No figures over JMX, and none for whoever runs the brokers.
        changed.put(ProducerConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
        changed.put(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        return changed;
    }
}
