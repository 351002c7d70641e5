package io.understudy.masking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MaskRuleTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "keep",
                "null",
                "constant(a b, (c))",
                "constant()",
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
                "number(10%)",
                "number(2.5%)",
                "number(5)",
                "date(30d)",
                "date(30d, by customer_id)",
                "ip",
                "uuid",
                "json",
                "json(customer.email=email(sink.example.org), items[].sku=hash, *.note=constant())",
                "truncate(8)",
                "list(a|b|c)",
                "fake(name.first_name)",
                "fake(de:address.city)"
            })
    void canonicalTextIsReadAsItself(String text) {
        assertThat(MaskRule.parse(text).text()).isEqualTo(text);
        assertThat(MaskRule.parse(text))
                .isEqualTo(MaskRule.parse(MaskRule.parse(text).text()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "blank > constant()",
                "constant > constant()",
                "number > number(10%)",
                "number(10.0%) > number(10%)",
                "number( 5.50 ) > number(5.5)",
                "date( 30d ,  by  customer_id ) > date(30d, by customer_id)",
                "date(30d, by Customer, of (mine)) > date(30d, by Customer, of (mine))",
                "json() > json",
                "json( a.b = name(first) ,c=blank) > json(a.b=name(first), c=constant())"
            })
    void othersHaveACanonicalText(String text, String canonical) {
        assertThat(MaskRule.parse(text).text()).isEqualTo(canonical);
    }

    @Test
    void onlyDatesDependOnWhoseTheyAre() {
        assertThat(MaskRule.parse("date(30d)").seeded()).isTrue();
        assertThat(MaskRule.parse("date(30d)").seedColumn()).isEmpty();
        assertThat(MaskRule.parse("date(30d, by customer_id)").seedColumn()).contains("customer_id");
        assertThat(MaskRule.parse("json(a=date(30d))").seeded()).isTrue();
        assertThat(MaskRule.parse("json(a=hash)").seeded()).isFalse();
        assertThat(MaskRule.parse("email").seeded()).isFalse();
        assertThat(MaskRule.parse("email(sink.example.org)").seedColumn()).isEmpty();
    }

    @Test
    void namesTheNearestOfARuleThatDoesNotExist() {
        assertThatThrownBy(() -> MaskRule.parse("emial"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "is \"emial\"; there is no such rule. The nearest is email. The rules are: keep, null,");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "(",
                "email(",
                "email)",
                "email(a(b)",
                "email email",
                "Email",
                "keep()",
                "hash(8)",
                "email()",
                "email(localhost)",
                "email(Sink.Example.org)",
                "email(a.b\n)c",
                "email(-a.org)",
                "name(middle)",
                "address(country)",
                "number()",
                "number(0)",
                "number(0%)",
                "number(101%)",
                "number(-5)",
                "number(1e9)",
                "date",
                "date()",
                "date(0d)",
                "date(30)",
                "date(30d, customer_id)",
                "json(a)",
                "json(a=emial)",
                "json(a=email, )",
                "json(a=json)",
                "json(a[0]=hash)",
                "truncate",
                "truncate(0)",
                "truncate(-1)",
                "list",
                "list()",
                "fake",
                "fake(name)",
                "fake(../name.first)"
            })
    void saysWhatIsWrong(String text) {
        assertThatThrownBy(() -> MaskRule.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("(?s)(is \"|has the path \").*[;\"].*");
    }

    @Test
    void saysWhichPathOfADocumentIsWrong() {
        assertThatThrownBy(() -> MaskRule.parse("json(a=hash, b.c=emial)"))
                .hasMessageStartingWith("has the path \"b.c\" whose rule is \"emial\"; there is no such rule.");
    }
}
