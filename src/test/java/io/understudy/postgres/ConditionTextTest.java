package io.understudy.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.postgres.ConditionText.Call;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A condition as Postgres' own scanner cuts it. */
class ConditionTextTest {

    private static final List<String> COLUMNS = List.of("id", "tenant", "Name", "größe", "now");

    private static final Table ITEM = Tables.table("item", "id", "tenant");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "TENANT = 1 and \"Name\" = 'id' | tenant,Name",
                "name = 'x' or \"TENANT\" = 2 | ~~",
                "größe > 1 -- id | größe",
                "/* id /* tenant */ id */ größe > 1 | größe",
                "E'it\\'s id' = item.tenant::text | tenant",
                "'it''s id' = $$tenant$$ = $a$ $$ id $a$ | ~~",
                "tenant=1e5 and id in(1,2) | id,tenant"
            })
    void namesAreTakenAsPostgresFoldsThem(String condition, String names) {
        assertThat(String.join(",", ConditionText.of(condition).names(COLUMNS))).isEqualTo(names);
    }

    @Test
    void callsHaveArgumentsAtTheirOwnLevel() {
        assertThat(ConditionText.of("f() = g(1, (2), h(3, array[4, 5])) and tenant in (1)")
                        .calls())
                .containsExactly(new Call("f", 0), new Call("g", 3), new Call("h", 2), new Call("in", 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-- nothing",
                "id = 1) or (true",
                "(id = 1",
                "id = 1; commit",
                "id = (SELECT 1)",
                "id in (table other)",
                "Current_Date > day",
                "item is not null",
                "item.* is not null",
                "id = $1",
                "id = 'a",
                "\"id",
                "/* id = 1",
                "$a$ id",
                "U&'x' = id"
            })
    void whatIsNoConditionOfOneRow(String condition) {
        assertThat(ConditionText.of(condition).problem(ITEM)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "item.tenant = 1",
                "tenant = 1 -- one)",
                "'select' <> ';'",
                "\"select\" = 1",
                "\"user\" = 'now()'",
                "$q$)$q$ = tenant::text"
            })
    void whatLooksLikeOneOnly(String condition) {
        assertThat(ConditionText.of(condition).problem(ITEM)).isEmpty();
    }
}
