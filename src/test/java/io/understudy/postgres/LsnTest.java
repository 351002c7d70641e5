package io.understudy.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LsnTest {

    @ParameterizedTest
    @ValueSource(strings = {"0/0", "0/1", "16/B374D848", "FFFFFFFF/FFFFFFFF", "80000000/0", "1/FFFFFFFF"})
    void printsWhatItParsed(String text) {
        assertThat(Lsn.parse(text)).hasToString(text);
    }

    @Test
    void readsSmallLettersAsWell() {
        assertThat(Lsn.parse("a/b")).isEqualTo(Lsn.parse("A/B"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "1/", "/1", "16", "x/y", "16/B374D848/1", "1 / 2"})
    void saysWhatAnLsnLooksLike(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Lsn.parse(text)).withMessageContaining("16/B374D848");
    }

    @Test
    void comparesWithoutSign() {
        Lsn small = Lsn.parse("7FFFFFFF/FFFFFFFF");
        Lsn large = Lsn.parse("80000000/0");
        assertThat(large).isGreaterThan(small);
        assertThat(large.isAfter(small)).isTrue();
        assertThat(small.isAfter(small)).isFalse();
        assertThat(small.orLater(large)).isEqualTo(large);
        assertThat(large.orLater(small)).isEqualTo(large);
    }

    @Test
    void countsBytesOnlyForward() {
        assertThat(Lsn.parse("1/0").bytesSince(Lsn.parse("0/FFFFFFFF"))).isEqualTo(1);
        assertThat(Lsn.parse("0/1").bytesSince(Lsn.parse("1/0"))).isZero();
    }
}
