package io.understudy.postgres;

import static io.understudy.postgres.Tables.foreignKey;
import static io.understudy.postgres.Tables.id;
import static io.understudy.postgres.Tables.ids;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Field notes A2, B3. */
class CopyOrderTest {

    @Test
    void parentsStandInEarlierLayersThanTheirChildren() {
        CopyOrder order = CopyOrder.of(
                ids("lease", "listing", "user", "city"),
                List.of(foreignKey("lease", "listing"), foreignKey("lease", "user"), foreignKey("listing", "user")));
        assertThat(order.layers()).containsExactly(ids("city", "user"), ids("listing"), ids("lease"));
        assertThat(order.cycles()).isEmpty();
    }

    @Test
    void aTableThatRefersToItselfIsACycleOfOne() {
        CopyOrder order = CopyOrder.of(ids("employee"), List.of(foreignKey("employee", "employee")));
        assertThat(order.layers()).containsExactly(ids("employee"));
        assertThat(order.cycles())
                .containsExactly(
                        new CopyOrder.Cycle(ids("employee"), List.of("public.employee.employee_employee_fkey")));
    }

    @Test
    void tablesInACircleShareALayerAndAreNamedWithTheKeysThatCloseIt() {
        CopyOrder order = CopyOrder.of(
                ids("thread", "message", "user", "note"),
                List.of(
                        foreignKey("thread", "message"),
                        foreignKey("message", "thread"),
                        foreignKey("message", "user"),
                        foreignKey("note", "message")));
        assertThat(order.layers()).containsExactly(ids("user"), ids("message", "thread"), ids("note"));
        assertThat(order.cycles())
                .containsExactly(new CopyOrder.Cycle(
                        ids("message", "thread"),
                        List.of("public.message.message_thread_fkey", "public.thread.thread_message_fkey")));
    }

    @Test
    void keysToTablesThatAreNotMirroredDoNotCount() {
        CopyOrder order = CopyOrder.of(ids("draft"), List.of(foreignKey("draft", "auth.users")));
        assertThat(order.layers()).containsExactly(ids("draft"));
        assertThat(order.cycles()).isEmpty();
    }

    @Test
    void aChainOfFiveThousandTablesEndsInFiveThousandLayers() {
        List<TableId> tables = new ArrayList<>();
        List<ForeignKey> keys = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            tables.add(id("t" + i));
            if (i > 0) {
                keys.add(foreignKey("t" + i, "t" + (i - 1)));
            }
        }
        Collections.shuffle(tables, new Random(1));
        Collections.shuffle(keys, new Random(2));
        CopyOrder order = CopyOrder.of(tables, keys);
        assertThat(order.layers())
                .hasSize(5000)
                .allSatisfy(layer -> assertThat(layer).hasSize(1));
        assertThat(order.layers().get(4999)).containsExactly(id("t4999"));
    }

    @Test
    void aCircleOfTwoThousandTablesIsOneLayer() {
        List<TableId> tables = new ArrayList<>();
        List<ForeignKey> keys = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            tables.add(id("t" + i));
            keys.add(foreignKey("t" + i, "t" + (i + 1) % 2000));
        }
        CopyOrder order = CopyOrder.of(tables, keys);
        assertThat(order.layers()).hasSize(1);
        assertThat(order.cycles())
                .singleElement()
                .satisfies(cycle -> assertThat(cycle.tables()).hasSize(2000));
    }
}
