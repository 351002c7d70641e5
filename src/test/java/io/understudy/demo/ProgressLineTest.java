package io.understudy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.demo.MirrorUnderDemo.View;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProgressLineTest {

    @Test
    void showsOnlyTheStateBeforeTheTablesAreKnown() {
        assertThat(ProgressLine.of(view("starting", Optional.empty(), 0, 0, 0))).isEqualTo("starting");
    }

    @Test
    void showsHowFarTheCopyIs() {
        assertThat(ProgressLine.of(view("copying", Optional.empty(), 3, 12, 31_002)))
                .isEqualTo("copying       3 of 12 tables     31,002 of about 92,000 rows   12.1 MB   33 %");
    }

    @Test
    void neverShowsAHundredPercentBeforeTheLastTableIsCopied() {
        assertThat(ProgressLine.of(view("copying", Optional.empty(), 11, 12, 99_000)))
                .endsWith(" 99 %");
    }

    @Test
    void showsLagAndRateAfterTheCopy() {
        assertThat(ProgressLine.of(view("streaming", Optional.empty(), 12, 12, 92_713)))
                .isEqualTo("streaming    lag    1.2 kB    0.3 s      312 changes/s   applied 0/3A4B5C8");
    }

    @Test
    void saysWhyTheMirrorIsNotWell() {
        assertThat(ProgressLine.of(view("waiting", Optional.of("the target cannot be reached"), 12, 12, 92_713)))
                .startsWith("waiting ")
                .endsWith("   the target cannot be reached");
    }

    private static View view(String state, Optional<String> reason, int tablesCopied, int tables, long rowsCopied) {
        return new View(
                state,
                reason,
                tablesCopied,
                tables,
                rowsCopied,
                92_000,
                12_100_000,
                1_234,
                0.26,
                312.4,
                "0/3A4B5C8",
                "");
    }
}
