package io.understudy.masking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class CanariesTest {

    private static final Canaries CANARIES = Canaries.of(List.of("yellow bird", "DOMAIN\\planted", "say \"planted\""));

    private static int inCopy(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        return CANARIES.in(bytes, bytes.length);
    }

    @Test
    void areFoundHoweverTheyAreWritten() {
        assertThat(CANARIES.in("a yellow bird")).isEqualTo(1);
        assertThat(CANARIES.in("DOMAIN\\planted")).isEqualTo(2);
        assertThat(CANARIES.in("{\"DOMAIN\\\\planted\"}")).as("array").isEqualTo(2);
        assertThat(CANARIES.in("{\"a\": \"say \\\"planted\\\"\"}")).as("json").isEqualTo(3);
        assertThat(inCopy("1\ta yellow bird\n")).isEqualTo(1);
        assertThat(inCopy("1\tDOMAIN\\\\planted\n")).as("COPY").isEqualTo(2);
        assertThat(inCopy("1\t{\"DOMAIN\\\\\\\\planted\"}\n"))
                .as("array in COPY")
                .isEqualTo(2);
        assertThat(inCopy("1\tyellow\tbird\n")).isZero();
        assertThat(CANARIES.in((String) null)).isZero();
    }

    @Test
    void shortOnesAreRefusedAndNoneIsPrinted() {
        assertThatThrownBy(() -> Canaries.of(List.of("long enough", "hunt")))
                .hasMessageContaining("number 2")
                .hasMessageNotContaining("hunt");
        assertThat(CANARIES.toString()).isEqualTo("3 canaries");
    }
}
