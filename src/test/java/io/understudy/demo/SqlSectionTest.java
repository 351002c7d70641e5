package io.understudy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SqlSectionTest {

    @Test
    void cutsAFileAtItsTitles() {
        String file = """
                -- What this file is.

                -- # one
                select 1;
                -- a comment: with a colon
                select 2;

                -- # and another one: 12
                select 3;
                """;

        assertThat(SqlSection.parse(file))
                .containsExactly(
                        new SqlSection("one", 0, "select 1;\n-- a comment: with a colon\nselect 2;"),
                        new SqlSection("and another one", 12, "select 3;"));
    }
}
