package io.understudy.masking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

class CopyLineTest {

    @Test
    void changesMaskedFieldsAndNoOthers() {
        CopyLine line = line(null, upper(), null, upper());
        assertThat(masked(line, "1\tann\t\\N\tbob\n")).isEqualTo("1\tANN\t\\N\tBOB\n");
        assertThat(masked(line, "\\N\ta\\tb\tä\\\\\\n\tö\n")).isEqualTo("\\N\tA\\tB\tä\\\\\\n\tÖ\n");
        assertThat(masked(line, "\t\t\t\n")).isEqualTo("\t\t\t\n");
    }

    @Test
    void nullIsNotMasked() {
        assertThat(masked(line(mask((value, seed) -> "x"), null), "\\N\t\\N\n")).isEqualTo("\\N\t\\N\n");
    }

    @Test
    void maskedToNull() {
        assertThat(masked(line(mask((value, seed) -> null)), "ann\n")).isEqualTo("\\N\n");
    }

    @Test
    void resultsOfAnyLength() {
        CopyLine line = line(null, mask((value, seed) -> value.repeat(10_000)), null);
        assertThat(masked(line, "1\t\\t\t3\n")).isEqualTo("1\t" + "\\t".repeat(10_000) + "\t3\n");
        String large = "x".repeat(100_000);
        assertThat(masked(line(null, null, upper()), large + "\t" + large + "\ta\n"))
                .isEqualTo(large + "\t" + large + "\tA\n");
    }

    @Test
    void seedIsTheTextOfItsFieldsBeforeAnyMask() {
        Mask[] masks = {upper(), mask((value, seed) -> seed.replace(CopyLine.SEPARATOR, '|')), null};
        CopyLine line = new CopyLine(masks, new int[][] {null, {0, 2}, null});
        assertThat(masked(line, "a\\tb\tx\tc\n")).isEqualTo("A\\tB\ta\\tb|c\tc\n");
        assertThat(masked(line, "\\N\tx\tc\n")).isEqualTo("\\N\t|c\tc\n");
    }

    @Test
    void refusesRowsOfAnotherShapeAndDoesNotQuoteThem() {
        for (String row : new String[] {"secret\n", "secret\t1\t2\n", "secret\t1"}) {
            assertThatThrownBy(() -> masked(line(null, upper()), row))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageNotContaining("secret");
        }
    }

    private static CopyLine line(Mask... masks) {
        return new CopyLine(masks, new int[masks.length][]);
    }

    private static String masked(CopyLine line, String row) {
        line.mask(row.getBytes(StandardCharsets.UTF_8));
        return new String(line.bytes(), 0, line.length(), StandardCharsets.UTF_8);
    }

    private static Mask upper() {
        return mask((value, seed) -> value.toUpperCase());
    }

    private static Mask mask(BiFunction<String, String, String> function) {
        return new Mask() {
            @Override
            public String of(String value, String seed) {
                return function.apply(value, seed);
            }

            @Override
            public double capacity() {
                return 1;
            }
        };
    }
}
