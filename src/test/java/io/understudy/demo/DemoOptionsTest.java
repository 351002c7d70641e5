package io.understudy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DemoOptionsTest {

    @Test
    void readsDurationsAsPeopleWriteThem() {
        assertThat(DemoOptions.duration("30s")).isEqualTo(Duration.ofSeconds(30));
        assertThat(DemoOptions.duration("2m")).isEqualTo(Duration.ofMinutes(2));
        assertThat(DemoOptions.duration("1h")).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void refusesOtherDurationsAndSaysHowToWriteThem() {
        for (String wrong : new String[] {"", "30", "0s", "-1s", "1.5m", "soon"}) {
            assertThatThrownBy(() -> DemoOptions.duration(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("write 30s, 2m or 1h");
        }
    }

    @Test
    void refusesAWorkloadThatDoesNothing() {
        assertThatThrownBy(() -> new DemoOptions(Optional.empty(), 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
