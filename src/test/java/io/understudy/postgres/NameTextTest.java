package io.understudy.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NameTextTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "user | public | user",
                "Odd Name | public | Odd Name",
                "a.b.c | a | b.c",
                "~\"user\"~ | public | user",
                "public.\"Listing\" | public | Listing",
                "~\"My Shop\".\"a.b\"~ | My Shop | a.b",
                "~\"a.b\".c~ | a.b | c",
                "~\"say \"\"so\"\"\"~ | public | ~say \"so\"~",
            })
    void readsTables(String text, String schema, String name) {
        assertThat(NameText.table(text)).isEqualTo(new TableId(schema, name));
    }

    @Test
    void readsColumns() {
        assertThat(NameText.columns("id,price")).containsExactly("id", "price");
        assertThat(NameText.columns("id, \"a,b\" ,\"say \"\"so\"\"\",odd name"))
                .containsExactly("id", "a,b", "say \"so\"", "odd name");
        assertThat(NameText.column("\"a,b\"")).isEqualTo("a,b");
        assertThat(NameText.column("a,b")).isEqualTo("a,b");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "~\"user~ | has a quote that does not end",
                "~\"user\"x~ | has letters behind the quote that ends a name",
                "~us\"er\"~ | has a quote within a bare name",
                "~\"\"~ | has an empty name",
                "~a.\"b\".c~ | has more than a schema and a table",
            })
    void saysWhatIsWrongWithATable(String text, String problem) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NameText.table(text))
                .withMessageContaining(text)
                .withMessageContaining(problem)
                .withMessageContaining("as Postgres does: \"name\"");
    }

    @Test
    void saysWhatIsWrongWithColumns() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NameText.columns("id,,price"))
                .withMessageContaining("has an empty name");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NameText.column("\"a\",b"))
                .withMessageContaining("is more than one name");
    }
}
