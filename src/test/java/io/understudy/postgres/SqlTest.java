package io.understudy.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import org.junit.jupiter.api.Test;

class SqlTest {

    @Test
    void quotesEveryName() {
        assertThat(Sql.name("user")).isEqualTo("\"user\"");
        assertThat(Sql.name("Associated Thread/Conversation")).isEqualTo("\"Associated Thread/Conversation\"");
        assertThat(Sql.name("a\"; drop table x; --")).isEqualTo("\"a\"\"; drop table x; --\"");
        assertThat(Sql.names(List.of("a", "B"))).isEqualTo("\"a\", \"B\"");
    }

    @Test
    void quotesLiteralsWhateverStandardConformingStringsSays() {
        assertThat(Sql.literal("it's")).isEqualTo("'it''s'");
        assertThat(Sql.literal("a\\'b")).isEqualTo(" E'a\\\\''b'");
    }

    @Test
    void saysWhichQueryFileIsMissing() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Sql.file(Sql.class, "no-such.sql"))
                .withMessageContaining("no-such.sql");
    }

    @Test
    void tablesArePrintedForPeopleAndQuotedForServers() {
        TableId table = new TableId("public", "Listing");
        assertThat(table).hasToString("public.Listing");
        assertThat(table.sql()).isEqualTo("\"public\".\"Listing\"");
        assertThat(TableId.sql(List.of(table, new TableId("a", "b")))).isEqualTo("\"public\".\"Listing\", \"a\".\"b\"");
    }
}
