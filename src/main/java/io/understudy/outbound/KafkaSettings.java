package io.understudy.outbound;

import io.understudy.masking.Nearest;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigValue;
import org.eclipse.microprofile.config.Config;

/**
 * {@code understudy.outbound.kafka.*}: what Kafka's own client is told of clusters, above all how to log in to them, in
 * Kafka's words. Holds for every destination that is a topic. Prints without its values.
 */
public final class KafkaSettings {

    public static final String PREFIX = "understudy.outbound.kafka.";
    public static final String ENVIRONMENT_PREFIX = "UNDERSTUDY_OUTBOUND_KAFKA_";

    /** The rest of Kafka's settings would undo what the sink promises: order, bounds, and answers in time. */
    private static final String OPEN = "(security|ssl|sasl|client|compression|socket|reconnect)\\..+"
            + "|linger\\.ms|batch\\.size|request\\.timeout\\.ms|connections\\.max\\.idle\\.ms|metadata\\.max\\.age\\.ms";

    /** Without settings of its own. */
    public static final KafkaSettings NONE = new KafkaSettings(Map.of());

    private final Map<String, String> properties;

    private KafkaSettings(Map<String, String> properties) {
        this.properties = Map.copyOf(properties);
    }

    /** @param problems to which all that is wrong with them is added */
    public static KafkaSettings read(Config config, List<String> problems) {
        Map<String, String> properties = new TreeMap<>();
        for (String name : config.getPropertyNames()) {
            // A variable of the environment is a property too, under a name that only looks like one of Kafka's.
            if (name.startsWith(PREFIX) && !System.getenv().containsKey(environment(name))) {
                config.getOptionalValue(name, String.class)
                        .ifPresent(value -> properties.put(name.substring(PREFIX.length()), value.strip()));
            }
        }
        System.getenv().forEach((name, value) -> {
            if (name.startsWith(ENVIRONMENT_PREFIX)) {
                // Kafka's names have dots and no lines.
                properties.put(
                        name.substring(ENVIRONMENT_PREFIX.length())
                                .toLowerCase(Locale.ROOT)
                                .replace('_', '.'),
                        value.strip());
            }
        });
        if (!properties.isEmpty()) {
            check(properties, problems);
        }
        return new KafkaSettings(properties);
    }

    private static void check(Map<String, String> properties, List<String> problems) {
        Set<String> open = ProducerConfig.configNames().stream()
                .filter(name -> name.matches(OPEN))
                .collect(Collectors.toCollection(TreeSet::new));
        for (ConfigValue value : ProducerConfig.configDef().validate(properties)) {
            if (properties.containsKey(value.name())
                    && open.contains(value.name())
                    && !value.errorMessages().isEmpty()) {
                // The others follow from the first.
                problems.add(
                        PREFIX + value.name() + ": " + value.errorMessages().get(0));
            }
        }
        for (String name : properties.keySet()) {
            if (!open.contains(name)) {
                problems.add(PREFIX
                        + name
                        + (ProducerConfig.configNames().contains(name)
                                ? " cannot be set: on it depends that deliveries arrive in order and that their answers come in time."
                                : " is not a setting of Kafka's producer. The nearest is " + PREFIX
                                        + Nearest.to(name, open) + "."));
            }
        }
    }

    private static String environment(String key) {
        return key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }

    Map<String, String> properties() {
        return properties;
    }

    @Override
    public String toString() {
        return properties.keySet().toString();
    }
}
