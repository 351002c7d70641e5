package io.understudy.masking;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonMaskTest {

    private static final Secret SECRET = new Secret("a secret of at least sixteen bytes");

    @Test
    void everythingIsMaskedByItsTypeUnlessAPathSaysOtherwise() {
        String result = mask("json")
                .of("{\"name\": \"Ann Ex\", \"age\": 1234, \"vip\": true, \"x\": null, \"l\": [\"a1\"]}", null);
        assertThat(result)
                .matches("\\{\"name\":\"[A-Z][a-z]{2} [A-Z][a-z]\",\"age\":1[0-9]{3},"
                        + "\"vip\":true,\"x\":null,\"l\":\\[\"[a-z]\\d\"]}")
                .doesNotContain("Ann", "1234", "a1");
    }

    @Test
    void pathsNameKeysElementsAndAnything() {
        Mask mask = mask(
                "json(customer.email=email, items[].sku=keep, *.note=constant(gone), tags[]=constant(t), keep=keep)");
        String result = mask.of("""
                {"customer":{"email":"ann@example.org","note":"n","deep":{"note":"abc"}},
                 "items":[{"sku":"A-1","note":"abc"},{"sku":"B-2"}],"other":{"note":7},"tags":["x","y",["z"]],
                 "keep":{"a":["Secret",1.50,{"b":false}]}}""", null);
        assertThat(result)
                .containsPattern("\"email\":\"[a-z2-7]{16}@example.invalid\"")
                .contains(
                        "\"note\":\"gone\",\"deep\"",
                        "\"sku\":\"A-1\"",
                        "\"sku\":\"B-2\"",
                        "\"other\":{\"note\":\"gone\"}")
                .contains("\"tags\":[\"t\",\"t\",[\"t\"]]")
                .contains("\"keep\":{\"a\":[\"Secret\",1.50,{\"b\":false}]}")
                .doesNotContain("abc");
    }

    @Test
    void aRuleHoldsForAllBelowUnlessALongerPathSaysOtherwise() {
        Mask mask = mask("json(person=hash, person.country=keep)");
        String result = mask.of("{\"person\":{\"country\":\"NL\",\"id\":4711,\"bsn\":[\"123\"],\"adult\":true}}", null);
        assertThat(result)
                .matches("\\{\"person\":\\{\"country\":\"NL\","
                        + "\"id\":[1-9]\\d{3},\"bsn\":\\[\"[a-z2-7]{26}\"],\"adult\":null}}")
                .doesNotContain("4711");
    }

    @Test
    void keptNumbersLoseNoDigit() {
        String numbers = "[1.000,12345678901234567890.12345678901234567890,1e400,-0.0," + "9".repeat(5000) + "]";
        assertThat(mask("json([]=keep)").of(numbers, null)).isEqualTo(numbers);
        assertThat(mask("json([]=number)").of("[10.00,1e400,-0.5]", null))
                .matches("\\[(9|10|11)\\.\\d\\d,[0-9.]+E\\+(399|400),-0\\.5]");
    }

    @Test
    void constantsOfNumbersStayNumbers() {
        assertThat(mask("json(a=constant(0), b=null)").of("{\"a\":17,\"b\":\"x\"}", null))
                .isEqualTo("{\"a\":0,\"b\":null}");
    }

    @Test
    void duplicatesAndDepthAreNoTrouble() {
        assertThat(mask("json(a=keep)").of("{\"a\":1,\"a\":2}", null)).isEqualTo("{\"a\":1,\"a\":2}");
        String deep = "[".repeat(5000) + "1" + "]".repeat(5000);
        assertThat(mask("json").of(deep, null)).hasSameSizeAs(deep);
        assertThat(mask("json").of("\"Ann\"", null))
                .matches("\"[A-Z][a-z]{2}\"")
                .isNotEqualTo("\"Ann\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "Ann", "{", "{\"a\":1}}", "1 2", "{\"a\" \"Ann\"}", "[1e99999999999]x"})
    void whatIsNoDocumentBecomesOne(String text) {
        assertThat(mask("json").of(text, null)).isEqualTo("null");
        String inText = Masks.of(MaskRule.parse("json"), SECRET, Fit.TEXT).of(text, null);
        assertThat(inText).doesNotContain("Ann");
    }

    @Test
    void absurdNumbersBecomeNone() {
        assertThat(mask("json").of("[1e999999999]", null)).doesNotContain("1e999999999");
    }

    private static Mask mask(String rule) {
        return Masks.of(MaskRule.parse(rule), SECRET, Fit.of("jsonb", false));
    }
}
