package io.understudy.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.debezium.connector.postgresql.PostgresValueConverter;
import io.debezium.data.SpecialValueDecimal;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresTextTest {

    @Test
    void nullStaysNullAndTextStaysText() {
        assertThat(PostgresText.of(null)).isNull();
        assertThat(PostgresText.of("")).isEmpty();
        assertThat(PostgresText.of("__debezium_unavailable_value")).isNotSameAs(Change.UNCHANGED);
    }

    @Test
    void infinityIsAWord() {
        assertThat(PostgresText.of(PostgresValueConverter.POSITIVE_INFINITY_LOCAL_DATE))
                .isEqualTo("infinity");
        assertThat(PostgresText.of(PostgresValueConverter.NEGATIVE_INFINITY_LOCAL_DATE))
                .isEqualTo("-infinity");
        assertThat(PostgresText.of(PostgresValueConverter.POSITIVE_INFINITY_INSTANT))
                .isEqualTo("infinity");
        assertThat(PostgresText.of(PostgresValueConverter.NEGATIVE_INFINITY_INSTANT))
                .isEqualTo("-infinity");
        assertThat(PostgresText.of(PostgresValueConverter.POSITIVE_INFINITY_OFFSET_DATE_TIME))
                .isEqualTo("infinity");
        assertThat(PostgresText.of(PostgresValueConverter.NEGATIVE_INFINITY_OFFSET_DATE_TIME))
                .isEqualTo("-infinity");
    }

    @ParameterizedTest
    @CsvSource({
        "2024-02-29, 2024-02-29",
        "0001-01-01, 0001-01-01",
        "0000-12-31, 0001-12-31 BC",
        "-0043-03-15, 0044-03-15 BC",
        "+10000-01-01, 10000-01-01",
        "+294276-12-31, 294276-12-31",
        "-4712-01-01, 4713-01-01 BC"
    })
    void datesBeforeChristAndAfterTheYear9999(LocalDate day, String text) {
        assertThat(PostgresText.of(day)).isEqualTo(text);
    }

    @Test
    void momentsCarryTheirFractionAndTheirEra() {
        LocalDateTime local = LocalDateTime.of(-43, 3, 15, 12, 0, 0, 123456000);
        assertThat(PostgresText.of(local.toInstant(ZoneOffset.UTC))).isEqualTo("0044-03-15 12:00:00.123456 BC");
        assertThat(PostgresText.of(local.atOffset(ZoneOffset.UTC))).isEqualTo("0044-03-15 12:00:00.123456+00 BC");
        assertThat(PostgresText.of(Instant.EPOCH)).isEqualTo("1970-01-01 00:00:00");
    }

    @Test
    void momentsWithAZoneAreToldInUtc() {
        assertThat(PostgresText.of(OffsetDateTime.of(2024, 1, 1, 0, 30, 0, 0, ZoneOffset.ofHoursMinutes(5, 30))))
                .isEqualTo("2023-12-31 19:00:00+00");
    }

    @Test
    void numbersKeepEveryDigitAndTheirSpecialValues() {
        assertThat(PostgresText.of(new SpecialValueDecimal(new BigDecimal("1E+20"))))
                .isEqualTo("100000000000000000000");
        assertThat(PostgresText.of(new SpecialValueDecimal(new BigDecimal("1.500"))))
                .isEqualTo("1.500");
        assertThat(PostgresText.of(SpecialValueDecimal.NOT_A_NUMBER)).isEqualTo("NaN");
        assertThat(PostgresText.of(SpecialValueDecimal.POSITIVE_INF)).isEqualTo("Infinity");
        assertThat(PostgresText.of(SpecialValueDecimal.NEGATIVE_INF)).isEqualTo("-Infinity");
        assertThat(PostgresText.of(new BigDecimal("-1E-7"))).isEqualTo("-0.0000001");
    }

    @Test
    void floatsKeepTheirSignOfZero() {
        assertThat(PostgresText.of(-0.0d)).isEqualTo("-0.0");
        assertThat(PostgresText.of(-0.0f)).isEqualTo("-0.0");
        assertThat(PostgresText.of(Double.NaN)).isEqualTo("NaN");
        assertThat(PostgresText.of(Double.NEGATIVE_INFINITY)).isEqualTo("-Infinity");
    }

    @Test
    void bytesAreHex() {
        assertThat(PostgresText.of(new byte[] {0, -1, 92})).isEqualTo("\\x00ff5c");
        assertThat(PostgresText.of(new byte[0])).isEqualTo("\\x");
    }
}
