package io.understudy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FiguresTest {

    @Test
    void writesThousandsWithCommasWhateverTheLocale() {
        assertThat(Figures.count(1_234_567)).isEqualTo("1,234,567");
        assertThat(Figures.count(1, "table", "tables")).isEqualTo("1 table");
        assertThat(Figures.count(0, "table", "tables")).isEqualTo("0 tables");
    }

    @Test
    void choosesTheUnitOfBytes() {
        assertThat(Figures.bytes(0)).isEqualTo("0 B");
        assertThat(Figures.bytes(999)).isEqualTo("999 B");
        assertThat(Figures.bytes(1_000)).isEqualTo("1.0 kB");
        assertThat(Figures.bytes(999_949)).isEqualTo("999.9 kB");
        assertThat(Figures.bytes(999_950)).isEqualTo("1.0 MB");
        assertThat(Figures.bytes(12_345_678_901L)).isEqualTo("12.3 GB");
    }

    @Test
    void writesSecondsWithOneDigit() {
        assertThat(Figures.seconds(1234.56)).isEqualTo("1,234.6 s");
    }
}
