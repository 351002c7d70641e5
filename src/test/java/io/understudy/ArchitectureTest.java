package io.understudy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.understudy.masking.MaskedRow;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The one direction of the packages, and what only one of them may do. */
class ArchitectureTest {

    /** From the top; packages on one line do not know each other. */
    private static final List<List<String>> LINES = List.of(
            List.of("cli"),
            List.of("demo", "status", "api"),
            List.of("mirror"),
            List.of("reconcile", "orphans"),
            List.of("preflight", "drift"),
            List.of("snapshot", "apply"),
            List.of("outbound"),
            List.of("stream", "ledger", "rules", "discovery"),
            List.of("masking"),
            List.of("postgres"));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.understudy");

    @TestFactory
    Stream<DynamicTest> packagesImportOnlyFromRoomsBelow() {
        return LINES.stream()
                .flatMap(List::stream)
                .map(room -> DynamicTest.dynamicTest(
                        room,
                        () -> noClasses()
                                .that()
                                .resideInAPackage(in(room))
                                .should()
                                .dependOnClassesThat()
                                .resideInAnyPackage(notBelow(room))
                                .because(
                                        "imports point one way (ARCHITECTURE.md). Instead: move what both need to a room below, or let "
                                                + "the room above hand it in, as a value or a function (SnapshotRun gets the fence as a statement)")
                                .check(CLASSES)));
    }

    @Test
    void onlyPostgresOpensConnections() {
        noClasses()
                .that()
                .resideOutsideOfPackages(in("postgres"), in("demo"))
                .should()
                .dependOnClassesThat()
                .haveNameMatching(
                        "java\\.sql\\.(DriverManager|Driver)|javax\\.sql\\.DataSource|org\\.postgresql\\.(Driver|ds\\..*)"
                                + "|io\\.vertx\\.(pgclient\\.Pg(Builder|ConnectOptions|Connection)|sqlclient\\.Pool(Options)?)")
                .because(
                        "every session of ours carries the settings on which the text of values depends, a name and a limit. "
                                + "Instead: ask SourceDatabase or TargetDatabase for a session, or give them a method that hands one out")
                .check(CLASSES);
    }

    @Test
    void onlyStreamKnowsWhatCaptures() {
        noClasses()
                .that()
                .resideInAnyPackage(roomsBut("stream"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.debezium..", "org.apache.kafka.connect..")
                .because(
                        "the capture is a seam and will be substituted. Instead: put what you need into Change, TransactionPart or "
                                + "ChangeCapture, in words of ours")
                .check(CLASSES);
    }

    @Test
    void onlyStreamAndOutboundKnowKafka() {
        noClasses()
                .that()
                .resideInAnyPackage(roomsBut("stream", "outbound"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.kafka..")
                .because(
                        "Debezium speaks in Kafka's classes, and a topic may be a destination; for all others a delivery is a "
                                + "Delivery and what became of it an Outcome. Instead: put what you need into KafkaSink or KafkaSettings")
                .check(CLASSES);
    }

    @Test
    void onlyMaskingMakesMaskedRows() {
        noClasses()
                .that()
                .resideOutsideOfPackage(in("masking"))
                .and()
                .doNotHaveSimpleName("ChangeText")
                .should()
                .callMethod(MaskedRow.class, "released", String[].class)
                .because(
                        "whoever holds a MaskedRow relies on its having been masked; only what was read from the target, where it is "
                                + "already, may become one without. Instead: ask a RowMasker of the MaskingPolicy")
                .check(CLASSES);
    }

    @Test
    void nobodyBelowTheCommandsPrints() {
        noClasses()
                .that()
                .resideOutsideOfPackages(in("cli"), in("demo"))
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .because(
                        "standard output belongs to the commands and is read by scripts. Instead: log, or return what is to be said")
                .check(CLASSES);
    }

    private static String[] roomsBut(String... rooms) {
        return LINES.stream()
                .flatMap(List::stream)
                .filter(room -> !List.of(rooms).contains(room))
                .map(ArchitectureTest::in)
                .toArray(String[]::new);
    }

    private static String in(String room) {
        return "io.understudy." + room + "..";
    }

    private static String[] notBelow(String room) {
        return Stream.concat(
                        LINES.stream().takeWhile(line -> !line.contains(room)).flatMap(List::stream),
                        siblings(room).stream())
                .map(ArchitectureTest::in)
                .toArray(String[]::new);
    }

    private static List<String> siblings(String room) {
        return LINES.stream()
                .filter(line -> line.contains(room))
                .flatMap(List::stream)
                .filter(other -> !other.equals(room))
                .toList();
    }
}
