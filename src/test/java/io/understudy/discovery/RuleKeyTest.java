package io.understudy.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.postgres.TableId;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class RuleKeyTest {

    private static final TableId PERSON = new TableId("public", "person");

    @Test
    void plainNamesStandAsTheyAre() {
        assertThat(RuleKey.line(RuleKey.of(PERSON, "email"), "email"))
                .isEqualTo("understudy.masking.rules.\"public.person.email\"=email");
    }

    @Test
    void othersAreSpelledAsInTheCatalog() {
        assertThat(RuleKey.of(new TableId("public", "Order"), "E.Mail"))
                .isEqualTo("understudy.masking.rules.\"public.Order.E.Mail\"");
    }

    @Test
    void everyNameIsReadBackAndNoTwoAreTheSame() throws IOException {
        List<String> names = List.of(
                "a b", " a", "a=b", "a:b", "#a", "!a", "a\\b", "a\\\\b", "a\"b", "a\nb", "a\tb", "é", "日本", "a.b", "\"",
                "\\", "A", "a", "1a", "");
        Properties read = new Properties();
        for (String name : names) {
            String line = RuleKey.line(RuleKey.of(PERSON, name), "constant( a = b # c \\ é)");
            assertThat(line).doesNotContain("\n").matches("\\p{ASCII}+");
            read.load(new StringReader(line + "\n"));
            assertThat(read.getProperty(RuleKey.of(PERSON, name))).isEqualTo("constant( a = b # c \\ é)");
        }
        assertThat(read).hasSize(names.size());
    }
}
