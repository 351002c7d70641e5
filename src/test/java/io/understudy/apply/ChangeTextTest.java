package io.understudy.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.masking.MaskedRow;
import io.understudy.postgres.TableId;
import io.understudy.stream.Change;
import io.understudy.stream.Shape;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Changes that are set aside must come back as they were. */
class ChangeTextTest {

    private static final TableId TABLE = new TableId("public", "t");
    private static final Shape SHAPE =
            new Shape(TABLE, List.of("id", "a\"b"), List.of("id"), 4_000_000_000L, List.of("23:-1", "25:-1"));

    private static List<Change> throughText(Shape shape, Change... changes) {
        return ChangeText.read(TABLE, ChangeText.write(shape, List.of(changes)), new HashMap<>());
    }

    @Test
    void valuesNullsAndUntouchedValuesComeBack() {
        String every = "\u0001\t\n\"\\ false null 😀";
        List<Change> read = throughText(
                SHAPE,
                new Change.Insert(SHAPE, row("1", every)),
                new Change.Update(SHAPE, row("1", null), row("2", Change.UNCHANGED)),
                new Change.Update(SHAPE, null, row("2", "false")),
                new Change.Delete(SHAPE, row("2", null)));

        assertThat(read).hasSize(4);
        assertThat(((Change.Insert) read.get(0)).row().values()).containsExactly("1", every);
        Change.Update moved = (Change.Update) read.get(1);
        assertThat(moved.oldValues()).containsExactly("1", null);
        assertThat(moved.row().values()[1]).isSameAs(Change.UNCHANGED);
        Change.Update stayed = (Change.Update) read.get(2);
        assertThat(stayed.oldRow()).isNull();
        assertThat(stayed.row().values()).containsExactly("2", "false");
        assertThat(((Change.Delete) read.get(3)).oldRow().values()).containsExactly("2", null);
    }

    @Test
    void theShapeComesBackWithAllItKnows() {
        Change.Insert read = (Change.Insert)
                throughText(SHAPE, new Change.Insert(SHAPE, row("1", "x"))).get(0);
        assertThat(read.shape().columns()).isEqualTo(SHAPE.columns());
        assertThat(read.shape().identity()).isEqualTo(SHAPE.identity());
        assertThat(read.shape().relation()).isEqualTo(SHAPE.relation());
        assertThat(read.shape().types()).isEqualTo(SHAPE.types());
    }

    /** What is prepared for a shape is prepared once, not for every packet. */
    @Test
    void packetsOfOneShapeShareIt() {
        String text = ChangeText.write(SHAPE, List.of(new Change.Insert(SHAPE, row("1", "x"))));
        HashMap<String, Shape> shapes = new HashMap<>();
        Change.Insert first =
                (Change.Insert) ChangeText.read(TABLE, text, shapes).get(0);
        Change.Insert second =
                (Change.Insert) ChangeText.read(TABLE, text, shapes).get(0);
        assertThat(second.shape()).isSameAs(first.shape());
    }

    @Test
    void aTruncateComesBackAsItsTablesOwn() {
        assertThat(throughText(null, new Change.Truncate(List.of(TABLE))))
                .containsExactly(new Change.Truncate(List.of(TABLE)));
    }

    /** Longer than the parser's own limit. */
    @Test
    void aValueOfThirtyMillionLettersComesBack() {
        String large = "x".repeat(30_000_000);
        Change.Insert read = (Change.Insert)
                throughText(SHAPE, new Change.Insert(SHAPE, row("1", large))).get(0);
        assertThat(read.row().values()[1]).hasSize(large.length());
    }

    private static MaskedRow row(String... values) {
        return MaskedRow.released(values);
    }
}
