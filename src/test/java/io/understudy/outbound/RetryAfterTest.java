package io.understudy.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {

    private static final Instant NOW = Instant.parse("1994-11-06T08:49:07Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0",
                " 120 | 120",
                "86401 | 86400",
                "999999999999999999 | 86400",
                "Sun, 06 Nov 1994 08:49:37 GMT | 30",
                "Sun, 6 Nov 1994 08:49:37 GMT | 30",
                "Sun Nov  6 08:49:37 1994 | 30",
                "Sun Nov 13 08:49:37 1994 | 86400",
                "Mon, 07 Nov 1994 08:49:07 GMT | 86400",
                "Sun, 06 Nov 1994 08:49:06 GMT | 0",
                "Fri, 31 Dec 9999 23:59:59 GMT | 86400",
            })
    void isSecondsOrADateAndADayAtMost(String value, long seconds) {
        assertThat(RetryAfter.of(value, NOW)).contains(Duration.ofSeconds(seconds));
    }

    @Test
    void readsTheYearsOfOldDatesAsOnesOfThisCentury() {
        assertThat(RetryAfter.of("Sunday, 22-Nov-26 08:49:37 GMT", Instant.parse("2026-11-22T08:49:07Z")))
                .contains(Duration.ofSeconds(30));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1.5", "soon", "1e3", "9999999999999999999", "Sun, 99 Nov 1994 08:49:37 GMT"})
    void whatCannotBeReadAsksForNothing(String value) {
        assertThat(RetryAfter.of(value, NOW)).isEmpty();
    }

    @Test
    void neitherDoesItsAbsence() {
        assertThat(RetryAfter.of(null, NOW)).isEmpty();
    }
}
