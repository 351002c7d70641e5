package io.understudy.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DeliveryCountTest {

    @Test
    void oneIsNotMany() {
        DeliveryCount one = new DeliveryCount(1);
        DeliveryCount many = new DeliveryCount(12_000);
        assertThat(one).hasToString("1 delivery");
        assertThat(many).hasToString("12,000 deliveries");
        assertThat(one.are()).isEqualTo("1 delivery is");
        assertThat(new DeliveryCount(0).are()).isEqualTo("0 deliveries are");
        assertThat(one.haveFailed()).isEqualTo("1 has failed before");
        assertThat(many.haveFailed()).isEqualTo("12,000 have failed before");
        assertThat(one.areLeftAlone()).isEqualTo("1 is under way just now and was left alone");
        assertThat(many.areLeftAlone()).isEqualTo("12,000 are under way just now and were left alone");
    }
}
