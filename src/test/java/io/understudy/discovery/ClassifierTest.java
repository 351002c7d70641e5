package io.understudy.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.postgres.TableId;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is concluded from names and values, and which rule it comes to. */
class ClassifierTest {

    @Test
    void valuesAndNameAgree() {
        Verdict verdict = text("email", values(100, i -> "k" + i + "@mail.org"));
        assertThat(verdict.kind()).contains(Kind.EMAIL);
        assertThat(verdict.confidence()).isEqualTo(Confidence.HIGH);
        assertThat(verdict.reason())
                .isEqualTo("100 of 100 sampled values look like e-mail addresses; the name says so");
    }

    @Test
    void valuesSpeakWhereTheNameIsSilent() {
        assertThat(text("c17", values(20, i -> "+49 30 10000" + (10 + i))).kind())
                .contains(Kind.PHONE);
    }

    @Test
    void valuesContradictTheName() {
        Verdict verdict = text("ip", values(40, i -> "patent " + i));
        assertThat(verdict.kind()).contains(Kind.FREE_TEXT);
        assertThat(verdict.confidence()).isEqualTo(Confidence.LOW);
    }

    @Test
    void orderNumbersOfWhichATenthSumsUpAreNoCards() {
        Verdict verdict = text("reference", values(500, i -> "4" + (100_000_000_000_000L + i * 7919L)));
        assertThat(verdict.kind()).isEmpty();
    }

    @Test
    void identifiersOfNineDigitsAreNoBsn() {
        ColumnFacts column = facts("ref", Family.INTEGER, false, false);
        Verdict verdict = Classifier.classify(column, Optional.of(observed(values(500, i -> "" + (123_456_000 + i)))));
        assertThat(verdict.kind()).isEmpty();
    }

    @Test
    void anAddressInOneNoteIsEnoughToMaskTheNotes() {
        Verdict verdict = text("c", values(200, i -> i == 7 ? "ask anna@private.net" : "fine " + i));
        assertThat(verdict.kind()).contains(Kind.FREE_TEXT);
        assertThat(verdict.reason()).isEqualTo("1 of 200 sampled values contain e-mail addresses");
    }

    @Test
    void aHandfulOfValuesIsACode() {
        assertThat(text("state", values(200, i -> i % 2 == 0 ? "open" : "closed"))
                        .kind())
                .isEmpty();
    }

    @Test
    void whatNobodySawIsMasked() {
        assertThat(Classifier.classify(facts("c", Family.TEXT, false, false), Optional.empty())
                        .kind())
                .contains(Kind.FREE_TEXT);
        assertThat(text("c", List.of()).confidence()).isEqualTo(Confidence.LOW);
    }

    @ParameterizedTest
    @CsvSource({
        "EMAIL,TEXT,false,false,email",
        "EMAIL,TEXT,true,true,email",
        "PERSON_NAME,TEXT,false,false,name",
        "PERSON_NAME,TEXT,true,true,hash",
        "FIRST_NAME,TEXT,false,true,name(first)",
        "PHONE,TEXT,true,false,hash",
        "PHONE,INTEGER,false,false,hash",
        "CITY,TEXT,false,false,address(city)",
        "TOKEN,TEXT,false,false,null",
        "TOKEN,TEXT,false,true,hash",
        "TOKEN,UUID,false,true,uuid",
        "IP,ADDRESS,false,true,ip",
        "BIRTH_DATE,DATE,false,true,date(30d)",
        "INCOME,NUMBER,false,true,number(10%)",
        "FREE_TEXT,DOCUMENT,false,true,blank",
        "FREE_TEXT,DOCUMENT,false,false,null",
        "COORDINATES,PLACE,true,true,keep"
    })
    void theRuleSuitsTheType(Kind kind, Family family, boolean inKey, boolean notNull, String rule) {
        assertThat(RuleChoice.rule(kind, facts("c", family, inKey, notNull))).isEqualTo(rule);
    }

    @Test
    void namesOfFieldsThatAreDataAreNotRepeated() {
        ColumnFacts column = facts("profile", Family.JSON, false, false);
        ColumnSample sample = new ColumnSample(column, Detectors.all());
        for (int i = 0; i < 40; i++) {
            sample.see("{\"mail\": \"a" + i + "@b.org\", \"age\": 7, \"by\": {\"Kanarie" + i
                    + "\": 1, \"anna\": 2}, \"vip\": true, " + "\"items\": [{\"phone\": \"+49 30 12345" + (10 + i)
                    + "\"}], \"cut off");
        }
        assertThat(RuleChoice.json(column, Optional.of(sample)))
                .isEqualTo("json(age=keep,items[].phone=phone,mail=email,vip=keep)");
    }

    @Test
    void elementsOfArrays() {
        assertThat(ArrayText.elements("{a,\"b,\\\"c\\\"\",NULL,\"NULL\",{d,e}"))
                .containsExactly("a", "b,\"c\"", "NULL", "d", "e");
    }

    private static Verdict text(String name, List<String> values) {
        return Classifier.classify(facts(name, Family.TEXT, false, false), Optional.of(observed(values)));
    }

    private static Observation observed(List<String> values) {
        Observation observation = new Observation(Detectors.all());
        values.forEach(observation::see);
        return observation;
    }

    private static List<String> values(int count, IntFunction<String> value) {
        return IntStream.range(0, count).mapToObj(value).toList();
    }

    @Test
    void theCommentOfATableSaysWhetherItsRowsArePeople() {
        List<String> values = values(50, i -> "Xq " + i);
        assertThat(named(Optional.of("All customers, since 2009"), values)).contains(Kind.PERSON_NAME);
        assertThat(named(Optional.of("Things that our customers buy"), values)).isEmpty();
        assertThat(named(Optional.empty(), values)).isEmpty();
    }

    private static Optional<Kind> named(Optional<String> tableComment, List<String> values) {
        ColumnFacts column = facts("name", Family.TEXT, false, false, tableComment);
        return Classifier.classify(column, Optional.of(observed(values))).kind();
    }

    private static ColumnFacts facts(String name, Family family, boolean inKey, boolean notNull) {
        return facts(name, family, inKey, notNull, Optional.empty());
    }

    private static ColumnFacts facts(
            String name, Family family, boolean inKey, boolean notNull, Optional<String> comment) {
        return new ColumnFacts(
                new TableId("public", "t"),
                name,
                "type",
                family,
                false,
                comment,
                Optional.empty(),
                notNull,
                false,
                inKey);
    }
}
