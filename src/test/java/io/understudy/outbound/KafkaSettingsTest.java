package io.understudy.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaSettingsTest {

    private final List<String> problems = new ArrayList<>();

    @Test
    void nothingIsSetByDefault() {
        assertThat(read(Map.of("understudy.name", "shop")).properties()).isEmpty();
        assertThat(problems).isEmpty();
    }

    @Test
    void handsOnHowToLogIn() {
        KafkaSettings settings = read(
                Map.of(
                        "understudy.outbound.kafka.security.protocol",
                        "SASL_SSL",
                        "understudy.outbound.kafka.sasl.mechanism",
                        "PLAIN",
                        "understudy.outbound.kafka.sasl.jaas.config",
                        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"a\" password=\"hunter2\";"));
        assertThat(problems).isEmpty();
        assertThat(settings.properties()).hasSize(3).containsEntry("security.protocol", "SASL_SSL");
        assertThat(settings.toString()).contains("sasl.jaas.config").doesNotContain("hunter2");
    }

    @Test
    void refusesWhatWouldUndoAPromise() {
        read(Map.of("understudy.outbound.kafka.acks", "1"));
        assertThat(problems)
                .singleElement()
                .asString()
                .startsWith("understudy.outbound.kafka.acks cannot be set")
                .contains("in order");
    }

    @Test
    void namesTheNearestOfAMisspeltOne() {
        read(Map.of("understudy.outbound.kafka.security.protocoll", "SSL"));
        assertThat(problems).singleElement().asString().contains("understudy.outbound.kafka.security.protocol.");
    }

    @Test
    void tellsWhatIsWrongWithAValue() {
        read(Map.of("understudy.outbound.kafka.linger.ms", "soon"));
        assertThat(problems)
                .singleElement()
                .asString()
                .startsWith("understudy.outbound.kafka.linger.ms")
                .contains("soon");
    }

    private KafkaSettings read(Map<String, String> properties) {
        return KafkaSettings.read(
                new SmallRyeConfigBuilder()
                        .withSources(new PropertiesConfigSource(properties, "test", 100))
                        .build(),
                problems);
    }
}
