package io.understudy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.demo.TableComparison.Verdict;
import io.understudy.postgres.TableId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ComparisonTableTest {

    @Test
    void alignsTheFiguresAndSaysThatAllIsEqual() {
        Comparison comparison =
                new Comparison(List.of(compared("user", 5_000, 5_000), compared("thread_participant", 16_024, 16_024)));

        assertThat(comparison.text().lines())
                .containsExactly(
                        "  table                      production rows  staging rows  verdict",
                        "  public.user                          5,000         5,000  equal",
                        "  public.thread_participant           16,024        16,024  equal",
                        "",
                        "Staging is equal to production: 2 tables, 21,024 rows, every column of them.");
        assertThat(comparison.equal()).isTrue();
    }

    @Test
    void countsWhatDiffersAndWhatCouldNotBeCompared() {
        Comparison comparison = new Comparison(List.of(
                compared("listing", 10, 9),
                TableComparison.notCompared(new TableId("public", "thread"), "only production has it"),
                compared("user", 3, 3)));

        assertThat(comparison.text())
                .contains("10             9  DIFFERENT")
                .contains("-             -  could not compare: only production has it")
                .endsWith(
                        "Staging is not proved equal to production: 1 of 3 differ, 1 of 3 could not be compared, 1 of 3 equal.");
        assertThat(comparison.equal()).isFalse();
    }

    @Test
    void doesNotCallNothingEqual() {
        Comparison comparison = new Comparison(List.of());

        assertThat(comparison.text()).endsWith("nothing is proved.");
        assertThat(comparison.equal()).isFalse();
    }

    private static TableComparison compared(String table, long here, long there) {
        Verdict verdict = here == there ? Verdict.EQUAL : Verdict.DIFFERENT;
        return new TableComparison(new TableId("public", table), here, there, verdict, Optional.empty());
    }
}
