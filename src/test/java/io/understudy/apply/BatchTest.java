package io.understudy.apply;

import static io.understudy.postgres.Tables.id;
import static io.understudy.postgres.Tables.ids;
import static io.understudy.postgres.Tables.keyed;
import static io.understudy.postgres.Tables.mirrored;
import static io.understudy.postgres.Tables.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.understudy.masking.MaskedRow;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.Table;
import io.understudy.stream.Change;
import io.understudy.stream.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A batch as the statements that it becomes, one line each: verb, table, rows. */
class BatchTest {

    private static final String UNCHANGED = Change.UNCHANGED;

    private final MirroredTable a = mirrored(table("a", "id", "name", "body"));
    private final MirroredTable b = mirrored(table("b", "id", "name", "body"));
    private final MirroredTable composite = mirrored(table("c", "x", "y", "v"), "x", "y");
    private final Shape shapeA = new Shape(id("a"), List.of("id", "name", "body"));
    private final Shape shapeB = new Shape(id("b"), List.of("id", "name", "body"));
    private final Shape shapeC = new Shape(id("c"), List.of("x", "y", "v"));
    private final Batch batch = new Batch(Map.of(a.id(), a, b.id(), b, composite.id(), composite));

    @Test
    void rowsOfATableGoIntoOneStatement() {
        assertThat(reduced(insert("1", "x", "p"), insert("2", "y", "q"))).containsExactly("insert a [1,2] [x,y] [p,q]");
    }

    @Test
    void aRowThatIsInsertedAndUpdatedIsWrittenOnce() {
        assertThat(reduced(insert("1", "x", "p"), update("1", "y", "p"), update("1", "z", "q")))
                .containsExactly("insert a [1] [z] [q]");
    }

    @Test
    void aRowThatIsInsertedAndDeletedIsOnlyDeleted() {
        assertThat(reduced(insert("1", "x", "p"), delete("1"))).containsExactly("delete a [1]");
    }

    @Test
    void aRowThatIsDeletedAndInsertedAgainIsOverwritten() {
        assertThat(reduced(delete("1"), insert("1", "x", "p"))).containsExactly("insert a [1] [x] [p]");
    }

    @Test
    void deletesGoFirstSoThatTheirUniqueValuesAreFree() {
        assertThat(reduced(insert("1", "x", "p"), delete("2"))).containsExactly("delete a [2]", "insert a [1] [x] [p]");
    }

    @Test
    void anUntouchedToastedValueIsNotWritten() {
        assertThat(reduced(update("1", "x", UNCHANGED))).containsExactly("update a [1] [x]");
    }

    @Test
    void anUntouchedToastedValueIsTakenFromTheBatchsEarlierStateOfTheRow() {
        assertThat(reduced(insert("1", "x", "long"), update("1", "y", UNCHANGED)))
                .containsExactly("insert a [1] [y] [long]");
        assertThat(reduced(update("1", "x", UNCHANGED), update("1", "y", "now")))
                .containsExactly("insert a [1] [y] [now]");
        assertThat(reduced(update("1", "x", UNCHANGED), update("1", "y", UNCHANGED)))
                .containsExactly("update a [1] [y]");
        assertThat(reduced(update("1", "x", "long"), update("1", "y", UNCHANGED)))
                .containsExactly("insert a [1] [y] [long]");
    }

    @Test
    void updatesThatCarryDifferentColumnsAreDifferentStatements() {
        assertThat(reduced(update("1", "x", UNCHANGED), update("2", UNCHANGED, "b"), update("3", "z", UNCHANGED)))
                .containsExactly("update a [1,3] [x,z]", "update a [2] [b]");
    }

    @Test
    void nothingOvertakesAMovedKey() {
        assertThat(reduced(insert("1", "x", "p"), move("1", "2", "x", "p"), insert("1", "new", "q")))
                .containsExactly("insert a [1] [x] [p]", "update a [1] [2] [x] [p]", "insert a [1] [new] [q]");
    }

    @Test
    void movedKeysThatDoNotMeetAreOneStatement() {
        assertThat(reduced(move("1", "11", "x", "p"), move("2", "12", "y", "q")))
                .containsExactly("update a [1,2] [11,12] [x,y] [p,q]");
    }

    @Test
    void aMovedKeyThatMeetsAnotherWaitsForIt() {
        assertThat(reduced(move("1", "2", "x", "p"), move("2", "3", "x", "p")))
                .containsExactly("update a [1] [2] [x] [p]", "update a [2] [3] [x] [p]");
        assertThat(reduced(move("2", "3", "y", "q"), move("1", "2", "x", "p")))
                .containsExactly("update a [2] [3] [y] [q]", "update a [1] [2] [x] [p]");
    }

    @Test
    void aMovedKeyKeepsItsUntouchedToastedValue() {
        assertThat(reduced(move("1", "2", "x", UNCHANGED))).containsExactly("update a [1] [2] [x]");
    }

    @Test
    void anUpdateThatNamesTheSameOldKeyMovesNothing() {
        assertThat(reduced(move("1", "1", "x", "p"))).containsExactly("insert a [1] [x] [p]");
    }

    @Test
    void nothingOvertakesATruncate() {
        assertThat(reduced(insert("1", "x", "p"), new Change.Truncate(ids("a")), insert("2", "y", "q")))
                .containsExactly("insert a [1] [x] [p]", "truncate only \"public\".\"a\"", "insert a [2] [y] [q]");
    }

    @Test
    void tablesEmptiedTogetherAreTruncatedTogetherAndOthersAreNotHeldUp() {
        Change.Insert ofB = new Change.Insert(shapeB, row("1", "x", "p"));
        assertThat(reduced(insert("1", "x", "p"), ofB, new Change.Truncate(ids("a", "c")), insert("2", "y", "q"), ofB))
                .containsExactly(
                        "insert a [1] [x] [p]",
                        "insert b [1] [x] [p]",
                        "truncate only \"public\".\"a\", only \"public\".\"c\"",
                        "insert a [2] [y] [q]");
    }

    @Test
    void aTruncateOfATableThatIsNotMirroredIsNothing() {
        assertThat(reduced(new Change.Truncate(ids("elsewhere")))).isEmpty();
    }

    @Test
    void aCompositeKeyIsComparedAsAWhole() {
        Change one = new Change.Insert(shapeC, row("1", "2", "v"));
        Change other = new Change.Insert(shapeC, row("12", "", "w"));
        Change gone = new Change.Delete(shapeC, row("1", "2", null));
        assertThat(reduced(one, other, gone)).containsExactly("delete c [1] [2]", "insert c [12] [] [w]");
    }

    @Test
    void anAlteredTableGetsAStatementOfItsOwn() {
        Shape narrower = new Shape(id("a"), List.of("id", "name"));
        assertThat(reduced(insert("1", "x", "p"), new Change.Insert(narrower, row("2", "y"))))
                .containsExactly("insert a [1] [x] [p]", "insert a [2] [y]");
    }

    /** The log still holds changes of a table that has left the mirror. */
    @Test
    void aTableThatIsNoLongerMirroredIsLeftOut() {
        Shape left = new Shape(id("left"), List.of("id"));
        assertThat(reduced(new Change.Insert(left, row("1")), insert("1", "x", "p")))
                .containsExactly("insert a [1] [x] [p]");
    }

    @Test
    void aColumnThatTheTargetDoesNotHaveIsDriftWithItsRemedy() {
        Shape wider = new Shape(id("a"), List.of("id", "name", "added"));
        Table source = table("a", "id", "name", "added");
        MirroredTable behind = new MirroredTable(source, table("a", "id", "name"), List.of("id"), Set.of());
        assertThatThrownBy(() -> reducedOf(List.of(new Change.Insert(wider, row("1", "x", "n"))), behind))
                .isInstanceOfSatisfying(
                        SchemaDriftException.class,
                        drift -> assertThat(drift.remedy())
                                .contains("alter table \"public\".\"a\" add column \"added\""));
    }

    @Test
    void aSingleRowIsExpectedToBeThere() {
        Step.Statement update = batch.reduce(List.of(update("1", "x", UNCHANGED)))
                .get(0)
                .statements()
                .get(0);
        assertThat(update.expectedRows()).isEqualTo(1);
        Step.Statement delete =
                batch.reduce(List.of(delete("1"))).get(0).statements().get(0);
        assertThat(delete.expectedRows()).isEqualTo(Step.Statement.ANY);
    }

    @Test
    void rowsWithoutAKeyBecomeADifferenceOfCounts() {
        assertThat(reducedOf(wholeRows("id", "name"), wholeRowTable()))
                .containsExactly("with heap [1,3] [x,null] [1,2]", "insert heap [2,2] [y,y]");
    }

    @Test
    void aLogThatCarriesNoWholeRowsIsDrift() {
        assertThatThrownBy(() -> reducedOf(wholeRows("id"), wholeRowTable()))
                .isInstanceOf(SchemaDriftException.class)
                .hasMessageContaining("no longer carries whole old rows of public.heap");
    }

    private static List<Change> wholeRows(String... identity) {
        Shape shape = new Shape(id("heap"), List.of("id", "name"), List.of(identity), 7, List.of());
        return List.of(
                new Change.Insert(shape, row("2", "y")),
                new Change.Update(shape, row("1", "x"), row("2", "y")),
                new Change.Delete(shape, row("3", null)),
                new Change.Insert(shape, row("4", "came and went")),
                new Change.Delete(shape, row("3", null)),
                new Change.Delete(shape, row("4", "came and went")));
    }

    @Test
    void aCautiousBatchKeepsTheOrderAndOverwritesWhatItMeets() {
        List<Change> changes = new ArrayList<>(List.of(insert("1", "x", "p"), delete("2"), update("3", "y", "q")));
        assertThat(lines(batch.cautious(changes)))
                .containsExactly("insert a [1] [x] [p]", "delete a [2]", "insert a [3] [y] [q]");
        assertThat(batch.cautious(changes).get(0).statements().get(0).sql()).contains("on conflict");
        MirroredTable heap = wholeRowTable();
        assertThat(lines(new Batch(Map.of(heap.id(), heap)).cautious(wholeRows("id", "name"))))
                .containsExactly("with heap [1,3] [x,null] [1,2]", "insert heap [2,2] [y,y]");
    }

    @Test
    void withoutAUniqueIndexAtTheTargetRowsAreReplaced() {
        MirroredTable a = mirrored(table("a", "id", "name", "body"));
        MirroredTable unindexed = new MirroredTable(a.source(), keyed(a.target(), List.of()), a.key(), Set.of());
        List<Change> changes =
                List.of(insert("1", "x", "p"), update("2", "y", "q"), delete("3"), update("4", "z", UNCHANGED));
        assertThat(reducedOf(changes, unindexed))
                .containsExactly("delete a [3,1,2]", "update a [4] [z]", "insert a [1,2] [x,y] [p,q]");
    }

    @Test
    void anUpdateWhoseKeyTheLogNoLongerTellsIsDrift() {
        Shape moved = new Shape(id("a"), List.of("id", "name", "body"), List.of("name"), 7, List.of());
        Change update = new Change.Update(moved, null, row("1", "x", "p"));
        assertThatThrownBy(() -> reduced(update)).isInstanceOf(SchemaDriftException.class);
    }

    private static List<String> reducedOf(List<Change> changes, MirroredTable table) {
        return lines(new Batch(Map.of(table.id(), table)).reduce(changes));
    }

    private static MirroredTable wholeRowTable() {
        Table heap = keyed(table("heap", "id", "name"), List.of());
        return new MirroredTable(heap, heap, heap.key(), Set.of());
    }

    private Change insert(String... row) {
        return new Change.Insert(shapeA, row(row));
    }

    private Change update(String... row) {
        return new Change.Update(shapeA, null, row(row));
    }

    private Change move(String oldId, String... row) {
        return new Change.Update(shapeA, row(oldId, null, null), row(row));
    }

    private Change delete(String id) {
        return new Change.Delete(shapeA, row(id, null, null));
    }

    private static MaskedRow row(String... values) {
        return MaskedRow.released(values);
    }

    private List<String> reduced(Change... changes) {
        return lines(batch.reduce(List.of(changes)));
    }

    private static List<String> lines(List<Step> steps) {
        List<String> lines = new ArrayList<>();
        for (Step step : steps) {
            step.statements().forEach(statement -> lines.add(line(statement)));
        }
        return lines;
    }

    private static String line(Step.Statement statement) {
        if (statement.sql().startsWith("truncate")) {
            return statement.sql();
        }
        String verb = statement.sql().substring(0, statement.sql().indexOf(' '));
        List<String> arguments = new ArrayList<>();
        for (int i = 0; i < statement.arguments().size(); i++) {
            arguments.add(Arrays.stream((String[]) statement.arguments().getValue(i))
                    .collect(Collectors.joining(",", "[", "]")));
        }
        return verb + " " + statement.table().name() + " " + String.join(" ", arguments);
    }
}
