package io.understudy.masking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MasksTest {

    private static final Secret SECRET = new Secret("a secret of at least sixteen bytes");
    private static final Secret OTHER = new Secret("another secret of sixteen bytes");

    private static final List<String> TEXT_RULES = List.of(
            "hash",
            "email",
            "email(sink.example.org)",
            "name",
            "name(first)",
            "name(last)",
            "phone",
            "address",
            "address(street)",
            "address(city)",
            "address(postcode)",
            "text",
            "number",
            "date(30d)",
            "ip",
            "uuid",
            "json",
            "fake(de:name.first_name)");

    @Test
    void sameValueHasTheSamePseudonymUnderTheSameSecretOnly() {
        for (String rule : TEXT_RULES) {
            String one = mask(rule, "text").of("Ann Example 4711", "1");
            assertThat(one).as(rule).isEqualTo(mask(rule, "text").of("Ann Example 4711", "1"));
            assertThat(one).as(rule).isNotEqualTo("Ann Example 4711");
            Mask other = Masks.of(MaskRule.parse(rule), OTHER, Fit.of("text", true));
            long different = IntStream.range(0, 20)
                    .filter(i -> !other.of("Ann Example " + i, "1")
                            .equals(mask(rule, "text").of("Ann Example " + i, "1")))
                    .count();
            assertThat(different).as(rule).isGreaterThan(15);
        }
    }

    @Test
    void everyTextFitsItsColumn() {
        Random random = new Random(1);
        for (int length = 1; length <= 40; length++) {
            for (String rule : TEXT_RULES) {
                if (rule.startsWith("fake") && length < 5) {
                    continue;
                }
                Mask mask = mask(rule, "character varying(" + length + ")");
                for (int i = 0; i < 20; i++) {
                    String value = TextMask.cut(
                            i == 0 ? "Ann Example 4711 of 12 Street Road, Town" : Texts.any(random, 40), length);
                    String result = mask.of(value, "1");
                    assertThat(result.codePointCount(0, result.length()))
                            .as("%s into %d", rule, length)
                            .isLessThanOrEqualTo(length);
                    assertThat(result).doesNotContain("\0");
                    if (i == 0 && length > 3) {
                        assertThat(result).as("%s into %d", rule, length).isNotEqualTo(value);
                    }
                }
            }
        }
    }

    @Test
    void emptyTextStays() {
        TEXT_RULES.forEach(
                rule -> assertThat(mask(rule, "text").of("", "1")).as(rule).isEmpty());
        assertThat(mask("constant(x)", "text").of("", "1")).isEqualTo("x");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "Ann-Marie O'Neill, 42b > [A-Z][a-z]{2}-[A-Z][a-z]{4} [A-Z]'[A-Z][a-z]{4}, [0-9]{2}[a-z]",
                "Zoë Ñandú > [A-Z][a-z]{2} [A-Z][a-z]{4}",
                "漢字 १२ > [一-鿿]{2} [0-9]{2}",
                "שלום > [a-z]{4}"
            })
    void textKeepsItsShape(String value, String shape) {
        assertThat(mask("text", "text").of(value, null)).matches(shape).isNotEqualTo(value);
    }

    @Test
    void nothingOfATextPassesButWhatIsNeitherLetterNorDigit() {
        Mask mask = mask("text", "text");
        assertThat(mask.of("--- !?", null)).isEqualTo("--- !?");
        for (char digit = '0'; digit <= '9'; digit++) {
            assertThat(mask.of("" + digit, null)).matches("[0-9]").isNotEqualTo("" + digit);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "+49 (170) 123-4567 > \\+49 \\([0-9]{3}\\) [0-9]{3}-[0-9]{4}",
                "+1 212 555 0100 > \\+1 [0-9]{3} [0-9]{3} [0-9]{4}",
                "0170 1234567 > 0[0-9]{3} [0-9]{7}",
                "+12 > \\+[0-9]{2}",
                "call Ann > [a-z]{4} [A-Z][a-z]{2}"
            })
    void phonesKeepTheirCountry(String value, String shape) {
        assertThat(mask("phone", "text").of(value, null)).matches(shape).isNotEqualTo(value);
    }

    @Test
    void emailsArePlausibleAddressesThatReachNobody() {
        assertThat(mask("email", "text").of("ann@example.org", null)).matches("[a-z2-7]{16}@example\\.invalid");
        assertThat(mask("email(sink.example.org)", "text").of("ann@example.org", null))
                .matches("[a-z2-7]{16}@sink\\.example\\.org");
        assertThat(mask("email", "character varying(20)").of("ann@example.org", null))
                .matches("[a-z2-7]{10}@x\\.invalid");
    }

    @Test
    void caseMattersUnlessTheColumnIgnoresIt() {
        assertThat(mask("email", "text").of("Ann@X.com", null))
                .isNotEqualTo(mask("email", "text").of("ann@x.com", null));
        assertThat(mask("email", "public.citext").of("Ann@X.com", null))
                .isEqualTo(mask("email", "public.citext").of("ann@x.com", null))
                .isEqualTo(mask("email", "text").of("ann@x.com", null));
    }

    @Test
    void paddingIsNotPartOfTheValue() {
        assertThat(mask("hash", "character(10)").of("ann       ", null))
                .isEqualTo(mask("hash", "character varying(10)").of("ann", null));
    }

    @Test
    void namesAndAddressesAreOfNobody() {
        assertThat(mask("name", "text").of("Ann Example", null)).matches("\\p{L}[\\p{L}']+ \\p{L}[\\p{L}']+");
        assertThat(mask("name", "text").of("Ann Example", null))
                .startsWith(mask("name(first)", "text").of("Ann Example", null) + " ");
        assertThat(mask("address(street)", "text").of("Here 1", null)).matches("[0-9]+ .+ .+");
        assertThat(mask("address", "text").of("Here 1", null)).matches("[0-9]+ .+ .+, [0-9]{5} .+");
        assertThat(mask("address(postcode)", "text").of("AB1 2CD", null)).matches("[A-Z]{2}[0-9] [0-9][A-Z]{2}");
        assertThat(mask("name", "text").capacity()).isGreaterThan(100_000);
        assertThat(mask("name(first)", "text").capacity()).isBetween(1_000.0, 10_000.0);
    }

    @Test
    void truncatedToLettersAndNotBytes() {
        assertThat(mask("truncate(3)", "text").of("Zoë Example", null)).isEqualTo("Zoë");
        assertThat(mask("truncate(2)", "text").of("😀😀😀", null)).isEqualTo("😀😀");
        assertThat(mask("truncate(8)", "character varying(3)").of("abc", null)).isEqualTo("abc");
    }

    @Test
    void listsAreChosenFrom() {
        assertThat(mask("list(a|b|c)", "text").of("x", null)).isIn("a", "b", "c");
        assertThat(mask("list(a|b|c)", "text").capacity()).isEqualTo(3);
        assertThat(mask("list(1|2)", "integer").of("77", null)).isIn("1", "2");
        assertThat(mask("fake(name.first_name)", "text").capacity()).isGreaterThan(3000);
        assertThat(mask("fake(creature.cat.name)", "text").of("x", null)).isNotBlank();
        assertThatThrownBy(() -> mask("fake(name.frist_name)", "text"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("names the list name.frist_name, which Datafaker does not have");
        assertThatThrownBy(() -> mask("fake(xx:name.first_name)", "text")).hasMessageContaining("in the language xx");
    }

    @ParameterizedTest
    @CsvSource({"smallint,32768", "integer,2147483648", "bigint,9223372036854775808", "'numeric(4,0)',10000"})
    void hashedNumbersStayWithinTheirTypeAndDifferent(String type, String range) {
        Mask mask = mask("hash", type);
        Set<String> seen = new HashSet<>();
        for (int i = -2000; i < 2000; i++) {
            String result = mask.of(Integer.toString(i), null);
            assertThat(result.startsWith("-")).isEqualTo(i < 0);
            assertThat(new BigInteger(result).abs()).isLessThanOrEqualTo(new BigInteger(range));
            seen.add(result);
        }
        assertThat(seen).hasSize(4000);
        assertThat(mask.capacity()).isInfinite();
    }

    @Test
    void smallestAndLargestNumbersHaveAPlace() {
        assertThat(mask("hash", "smallint").of("-32768", null)).matches("-[0-9]{1,5}");
        assertThat(Long.parseLong(mask("hash", "bigint").of("9223372036854775807", null)))
                .isNotNegative();
        assertThat(Long.parseLong(mask("hash", "bigint").of("-9223372036854775808", null)))
                .isNegative();
        assertThat(mask("hash", "numeric").of("123456789012345678901234567890.5", null))
                .matches("[1-9][0-9]{29}\\.[0-9]");
        assertThat(mask("hash", "integer").of("Ann", null)).isEqualTo("0");
    }

    @Test
    void aKeyIsMaskedAsWhatRefersToItHoweverTheirTypesDiffer() {
        Fit fit = Fit.narrowest(List.of(Fit.of("bigint", false), Fit.of("smallint", true), Fit.of("integer", false)));
        assertThat(fit.kind()).isEqualTo(Fit.Kind.SMALLINT);
        assertThat(fit.nullable()).isFalse();
        Mask mask = Masks.of(MaskRule.parse("hash"), SECRET, fit);
        Map<String, Integer> seen = new HashMap<>();
        for (int i = 0; i < 40_000; i++) {
            String result = mask.of(Integer.toString(i), null);
            assertThat(seen.put(result, i)).isNull();
            assertThat(Long.parseLong(result) < 32768).isEqualTo(i < 32768);
        }
        assertThat(Long.parseLong(mask.of("2147483647", null))).isLessThan(1L << 31);
        assertThat(Fit.narrowest(List.of(Fit.of("text", false), Fit.of("character varying(12)", false)))
                        .length())
                .isEqualTo(12);
        assertThat(Fit.narrowest(List.of(Fit.of("numeric(5,0)", false), Fit.of("integer", false)))
                        .precision())
                .isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "number > integer > 1000 > 900 > 1100",
                "number(5) > integer > 3 > 0 > 8",
                "number(1%) > numeric(8,2) > 1000.00 > 990.00 > 1010.00",
                "number(50%) > smallint > 32767 > 16383 > 32767",
                "number > numeric(3,0) > 999 > 899 > 999",
                "number > money > $1,234.50 > 1111.05 > 1357.95",
                "number > money > -$100.00 > -110.00 > -90.00",
                "number > double precision > 1e+300 > 9e+299 > 1.1e+300",
                "number > real > 3.4028235e+38 > 3e+38 > 3.4028235e+38",
                "number > real > 1e-45 > 1e-45 > 1.1e-45",
                "number > text > 1000 > 900 > 1100"
            })
    void noiseStaysWithinItsBoundTheTypeAndTheSign(String rule, String type, String value, String least, String most) {
        String text = value.strip();
        for (Secret secret : List.of(SECRET, OTHER, new Secret("a third secret of sixteen"))) {
            String result = Masks.of(MaskRule.parse(rule.strip()), secret, Fit.of(type.strip(), false))
                    .of(text, null);
            assertThat(new BigDecimal(result)).isBetween(new BigDecimal(least.strip()), new BigDecimal(most.strip()));
            assertThat(text.equals("1e-45") || !result.equals(text)).isTrue();
        }
    }

    @Test
    void noiseKeepsTheScaleAndWhatIsNoFiniteNumber() {
        assertThat(mask("number", "numeric").of("1234.5000", null)).matches("[0-9]{4}\\.[0-9]{4}");
        assertThat(mask("number", "numeric(5,-2)").of("12300", null)).matches("1[0-9]{2}00");
        for (String special : List.of("NaN", "Infinity", "-Infinity")) {
            assertThat(mask("number", "double precision").of(special, null)).isEqualTo(special);
        }
        assertThat(mask("number", "integer").of("Ann", null)).isEqualTo("0");
        assertThat(mask("number", "text").of("1e999999999", null)).isNotEqualTo("1e999999999");
        assertThat(mask("number", "text").of("Ann 12", null)).matches("[A-Z][a-z]{2} [0-9]{2}");
    }

    @Test
    void addressesOfTheNetKeepVersionAndNetmask() {
        assertThat(mask("ip", "inet").of("192.168.1.5", null)).matches("[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+");
        assertThat(mask("ip", "inet").of("192.168.1.5/24", null)).endsWith("/24");
        for (String network :
                List.of("10.0.0.0/8", "192.168.4.0/22", "192.168.1.5/32", "2001:db8::/32", "::/0", "fe80::/10")) {
            String result = mask("ip", "cidr").of(network, null);
            assertThat(IpText.parse(result).isNetwork()).isTrue();
            assertThat(result).endsWith(network.substring(network.indexOf('/')));
        }
        for (String six : List.of("2001:db8::1", "::1", "::ffff:1.2.3.4/96", "1:2:3:4:5:6:7:8")) {
            assertThat(IpText.parse(mask("ip", "inet").of(six, null)).bytes()).hasSize(16);
        }
        Set<String> seen = new HashSet<>();
        Mask mask = mask("ip", "inet");
        IntStream.range(0, 65_536).forEach(i -> seen.add(mask.of("10.0." + i / 256 + "." + i % 256, null)));
        assertThat(seen).hasSize(65_536);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1.2.3",
                "1.2.3.256",
                "1.2.3.4/33",
                "1.2.3.4 Ann",
                "::1::",
                ":1",
                "1:2:3:4:5:6:7:8:9",
                "fe80::1%eth0",
                "::g",
                "1.2.3.4/"
            })
    void whatIsNoAddressOfTheNetDoesNotPass(String text) {
        assertThat(IpText.parse(text)).isNull();
        assertThat(mask("ip", "inet").of(text, null)).isEqualTo("0.0.0.0");
    }

    @Test
    void uuidsStayUuidsHoweverTheyAreWritten() {
        String uuid = "0f8fad5b-d9cb-469f-a165-70867728950e";
        String result = mask("uuid", "uuid").of(uuid, null);
        assertThat(UUID.fromString(result).version()).isEqualTo(4);
        assertThat(UUID.fromString(result).variant()).isEqualTo(2);
        assertThat(result)
                .isEqualTo(mask("hash", "uuid").of(uuid, null))
                .isEqualTo(mask("uuid", "text").of(uuid.toUpperCase(), null));
        assertThat(mask("uuid", "text").of("not a uuid", null)).matches("[a-z]{3} [a-z] [a-z]{4}");
    }

    @Test
    void bytesBecomeOthers() {
        assertThat(mask("hash", "bytea").of("\\x0102", null)).matches("\\\\x[0-9a-f]{32}");
    }

    @Test
    void arraysAreMaskedByElement() {
        assertThat(mask("email", "text[]").of("{ann@x.com,NULL,\"\"}", null))
                .isEqualTo("{" + mask("email", "text").of("ann@x.com", null) + ",NULL,\"\"}");
        assertThat(mask("hash", "integer[]").of("[0:1]={{1},{2}}", null)).matches("\\[0:1]=\\{\\{[0-9]+},\\{[0-9]+}}");
        assertThat(mask("null", "text[]").of("{a}", null)).isNull();
        assertThat(mask("keep", "text[]").of("{a}", null)).isEqualTo("{a}");
        assertThat(mask("text", "text[]").of("Ann", null)).isNull();
        assertThat(Masks.of(MaskRule.TEXT, SECRET, Fit.of("text[]", false)).of("Ann", null))
                .isEqualTo("{}");
    }

    @ParameterizedTest
    @CsvSource({
        "email,integer",
        "hash,'numeric(8,2)'",
        "hash,double precision",
        "number,uuid",
        "text,jsonb",
        "date(30d),integer",
        "ip,uuid",
        "hash,mood",
        "truncate(3),date",
        "json,bytea"
    })
    void saysWhichRuleWouldSuit(String rule, String type) {
        assertThatThrownBy(() -> mask(rule, type))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching(
                        "is \".*\", which does not suit the type .*; what does: keep, null, constant.*list.*");
    }

    @ParameterizedTest
    @CsvSource({
        "constant(abc),character varying(2)",
        "constant(abc),integer",
        "constant(1.5),integer",
        "constant(40000),smallint",
        "constant(1000),'numeric(3,0)'",
        "constant(),uuid",
        "constant(2023-02-29),date",
        "constant(10.0.0.1/8),cidr",
        "constant({),jsonb",
        "constant(1 2),json",
        "constant(x),bytea",
        "constant(yes),boolean",
        "list(1|b),bigint"
    })
    void constantsHaveToBeValues(String rule, String type) {
        assertThatThrownBy(() -> mask(rule, type))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("is \".*\"; \".*\" is not a value of the type .*");
    }

    @ParameterizedTest
    @CsvSource({
        "constant(ab),character varying(2)",
        "blank,text",
        "constant(-1),integer",
        "constant(1.50),'numeric(3,2)'",
        "constant(2024-02-29),date",
        "constant(2024-02-29 10:00:00+00),timestamp with time zone",
        "constant(10.0.0.0/8),cidr",
        "'constant({\"a\":[1,2]})',jsonb",
        "constant(\\x00ff),bytea",
        "constant(true),boolean",
        "constant(happy),mood",
        "constant(0),money"
    })
    void constantsAreGivenAsTheyAre(String rule, String type) {
        Mask mask = mask(rule, type);
        assertThat(mask.of("x", null))
                .isEqualTo(MaskRule.parse(rule).arguments().get(0));
        assertThat(mask.capacity()).isEqualTo(1);
    }

    private static Mask mask(String rule, String type) {
        return Masks.of(MaskRule.parse(rule), SECRET, Fit.of(type, true));
    }
}
