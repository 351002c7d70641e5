package io.understudy.masking;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DateMaskTest {

    private static final Secret SECRET = new Secret("a secret of at least sixteen bytes");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2024-02-29",
                "0001-01-01",
                "0001-12-31 BC",
                "4713-11-24 BC",
                "5874897-12-31",
                "10000-01-01 00:00:00",
                "2024-02-29 23:59:59.999999",
                "2024-02-29 23:59:59.5+00",
                "1894-01-01 00:00:00+00:53:28",
                "0044-03-15 12:00:00+00 BC",
                "2024-02-29T23:59:59Z",
                "2024-02-29 12:00-03"
            })
    void isWrittenAsItWasRead(String text) {
        DateText date = DateText.parse(text);
        assertThat(date).isNotNull();
        assertThat(date.on(date.day())).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "24-02-29",
                "2024-2-29",
                "2023-02-29",
                "2024-13-01",
                "0000-01-01",
                "29.02.2024",
                "2024-02-29 visited Ann",
                "2024-02-29 12",
                "2024-02-29 12:00:00 Ann",
                "2024-02-29 12:00:00.",
                "2024-02-29 12:00:00.1234567890",
                "2024-02-29 12:00:00+",
                "2024-02-29 BC ",
                "２０２４-02-29",
                "99999999999-01-01"
            })
    void isNullForAnythingElse(String text) {
        assertThat(DateText.parse(text)).isNull();
    }

    @Test
    void generatedDatesMoveWithinTheBoundAndKeepTheirTime() {
        Random random = new Random(1);
        Mask mask = mask("date(30d)", "timestamp with time zone");
        for (int i = 0; i < 5_000; i++) {
            LocalDate day =
                    LocalDate.of(-4000 + random.nextInt(290_000), 1 + random.nextInt(12), 1 + random.nextInt(28));
            String text = new DateText(day, " 12:34:56.789+00").on(day);
            DateText result = DateText.parse(mask.of(text, "seed" + i));
            assertThat(Math.abs(ChronoUnit.DAYS.between(day, result.day()))).isBetween(1L, 30L);
            assertThat(result.rest()).isEqualTo(" 12:34:56.789+00");
        }
    }

    @Test
    void allDatesOfOnePersonMoveTogether() {
        Mask mask = mask("date(30d, by customer_id)", "date");
        LocalDate one = LocalDate.parse(mask.of("2024-02-01", "4711"));
        LocalDate other = LocalDate.parse(mask.of("2024-03-01", "4711"));
        assertThat(ChronoUnit.DAYS.between(one, other)).isEqualTo(29);
        assertThat(mask.of("2024-02-01", null)).isNotEqualTo("2024-02-01");
    }

    @Test
    void staysWithinItsType() {
        for (int seed = 0; seed < 50; seed++) {
            String last = mask("date(99999d)", "date").of("5874897-12-31", "" + seed);
            assertThat(DateText.parse(last).day()).isBefore(LocalDate.of(5874897, 12, 31));
            String first = mask("date(99999d)", "timestamp without time zone").of("4713-01-01 00:00:00 BC", "" + seed);
            assertThat(DateText.parse(first).day()).isAfter(LocalDate.of(-4712, 1, 1));
        }
    }

    @Test
    void infinityStaysAndWhatIsNoDateDoesNot() {
        Mask mask = mask("date(30d)", "date");
        assertThat(mask.of("infinity", "1")).isEqualTo("infinity");
        assertThat(mask.of("-infinity", "1")).isEqualTo("-infinity");
        assertThat(mask.of("never", "1")).isEqualTo("2000-01-01");
        assertThat(mask("date(30d)", "text").of("Ann, 1980", "1")).matches("[A-Z][a-z]{2}, [0-9]{4}");
    }

    private static Mask mask(String rule, String type) {
        return Masks.of(MaskRule.parse(rule), SECRET, Fit.of(type, false));
    }
}
