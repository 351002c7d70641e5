package io.understudy.masking;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArrayTextTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{a}",
                "{a,NULL,\"NULL\",\"\"}",
                "{\"a b\",\"{\",\"}\",\"a,b\",\"a\\\"b\",\"a\\\\b\"}",
                "{{1,2},{3,NULL}}",
                "{{{1},{2}},{{3},{4}}}",
                "[0:1]={a,b}",
                "[-3:-2][1:1]={{a},{b}}",
                "{2024-01-01,infinity}"
            })
    void staysWhatItIsWhenNothingChanges(String text) {
        assertThat(ArrayText.map(text, element -> element)).isEqualTo(text);
    }

    @Test
    void changesElementsAndNoNulls() {
        assertThat(ArrayText.map("[0:3]={a,\"b c\",NULL,\"NULL\"}", element -> element + "!\""))
                .isEqualTo("[0:3]={\"a!\\\"\",\"b c!\\\"\",NULL,\"NULL!\\\"\"}");
        assertThat(ArrayText.map("{a,b}", element -> element.equals("a") ? null : "null"))
                .isEqualTo("{NULL,\"null\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "{", "{a", "{a}b", "a{b}", "{\"a}", "{a\\", "}", "{{a}", "{a}}", "{{}"})
    void isNullForWhatIsNone(String text) {
        assertThat(ArrayText.map(text, element -> element)).isNull();
    }

    @Test
    void generatedElementsComeBack() {
        Random random = new Random(1);
        for (int i = 0; i < 2_000; i++) {
            List<String> elements = new ArrayList<>();
            for (int j = random.nextInt(5) + 1; j > 0; j--) {
                elements.add(Texts.any(random, 12));
            }
            String literal = elements.stream()
                    .map(element -> "\"" + element.replace("\\", "\\\\").replace("\"", "\\\"") + "\"")
                    .collect(Collectors.joining(",", "{", "}"));
            List<String> seen = new ArrayList<>();
            String written = ArrayText.map(literal, element -> {
                seen.add(element);
                return element;
            });
            assertThat(seen).isEqualTo(elements);
            List<String> again = new ArrayList<>();
            ArrayText.map(written, element -> {
                again.add(element);
                return element;
            });
            assertThat(again).isEqualTo(elements);
        }
    }

    @Test
    void depthCostsNoStack() {
        String deep = "{".repeat(100_000) + "a" + "}".repeat(100_000);
        assertThat(ArrayText.map(deep, String::toUpperCase)).isEqualTo(deep.replace('a', 'A'));
    }
}
