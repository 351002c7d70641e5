package io.understudy.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.ledger.TableForm.FormColumn;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the source did to a table, told from its forms before and after. */
class TableFormTest {

    private static final TableForm BEFORE = form(7, column(1, "id", "integer"), column(2, "name", "text"));

    private static TableForm form(long file, FormColumn... columns) {
        return new TableForm(file, List.of(columns), List.of(), List.of("10:1", "11:2"));
    }

    private static FormColumn column(int number, String name, String type, String... formerNames) {
        return new FormColumn(number, name, type, List.of(formerNames));
    }

    @Test
    void aColumnOfTheSameNameAndAnotherNumberWasReplaced() {
        TableForm now = form(7, column(1, "id", "integer"), column(3, "name", "text"));
        assertThat(now.replacedSince(BEFORE)).containsExactly("name");
        assertThat(now.renamedSince(BEFORE)).isEmpty();
    }

    @Test
    void aColumnOfTheSameNumberAndAnotherNameWasRenamed() {
        TableForm now = form(7, column(1, "id", "integer"), column(2, "title", "text", "name"));
        assertThat(now.renamedSince(BEFORE)).containsEntry("name", "title").hasSize(1);
        assertThat(now.addedSince(BEFORE)).isEmpty();
        assertThat(now.droppedSince(BEFORE)).isEmpty();
        assertThat(now.formerNames()).containsEntry("name", "title");
    }

    @Test
    void aFormerNameThatAnotherColumnHasNowMeansThatOne() {
        TableForm now = form(7, column(1, "name", "integer", "id"), column(2, "title", "text", "name"));
        assertThat(now.formerNames()).containsEntry("id", "name").doesNotContainKey("name");
    }

    @Test
    void addedDroppedAndRetypedColumnsAreTold() {
        TableForm now = form(8, column(1, "id", "bigint"), column(3, "extra", "text"));
        assertThat(now.retypedSince(BEFORE)).containsExactly("id");
        assertThat(now.addedSince(BEFORE)).containsExactly("extra");
        assertThat(now.droppedSince(BEFORE)).containsExactly("name");
    }

    @Test
    void partitionsComeAndGo() {
        TableForm now = new TableForm(7, BEFORE.columns(), List.of(), List.of("11:2", "12:3"));
        assertThat(now.partitionsSince(BEFORE)).containsExactly("12:3");
        assertThat(now.lostPartitionsSince(BEFORE)).isTrue();
        assertThat(BEFORE.lostPartitionsSince(BEFORE)).isFalse();
    }

    @Test
    void itIsReadAsItWasWritten() {
        TableForm odd = form(9, column(1, "a\"b\n", "numeric(10,2)", "ä", "c"));
        assertThat(TableForm.parse(odd.text())).isEqualTo(odd);
    }
}
