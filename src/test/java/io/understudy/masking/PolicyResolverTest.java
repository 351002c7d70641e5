package io.understudy.masking;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.masking.MaskingProblem.Weight;
import io.understudy.masking.MaskingSettings.Unlisted;
import io.understudy.postgres.ForeignKey;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.Table;
import io.understudy.postgres.Tables;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What becomes of which column, and what stands against it. */
class PolicyResolverTest {

    private static final Table PERSON = Tables.table("person", "email", "full_name", "notes");
    private static final Table LOGIN = Tables.table("login", "id", "email", "boss");
    private static final List<ForeignKey> KEYS = List.of(
            new ForeignKey("login_email_fkey", LOGIN.id(), List.of("email"), PERSON.id(), List.of("email"), true));

    private static PolicyResolver resolver(Unlisted unlisted, String... rules) {
        Map<io.understudy.postgres.TableId, MirroredTable> mirrored = new HashMap<>();
        for (Table table : List.of(PERSON, LOGIN)) {
            mirrored.put(table.id(), Tables.mirrored(table));
        }
        MaskingSettings settings = new MaskingSettings(
                Stream.of(rules).map(PolicyResolverTest::rule).toList(),
                Optional.of(new Secret("a secret of the tests, long enough")),
                unlisted,
                Canaries.NONE);
        return new PolicyResolver(settings, List.of(PERSON, LOGIN), mirrored, KEYS, Map.of(), List.of());
    }

    private static ColumnRule rule(String text) {
        int equals = text.indexOf('=');
        return new ColumnRule(text.substring(0, equals), MaskRule.parse(text.substring(equals + 1)));
    }

    private static List<String> problems(String... rules) {
        PolicyResolver resolver = resolver(Unlisted.KEEP, rules);
        resolver.resolve();
        return resolver.problems().stream().map(MaskingProblem::what).toList();
    }

    @Test
    void withoutRulesEverythingLeavesAsItIs() {
        assertThat(resolver(Unlisted.KEEP).resolve().isOpen()).isTrue();
    }

    @Test
    void aRuleHoldsForWhatForeignKeysTieToItsColumn() {
        MaskingPolicy policy =
                resolver(Unlisted.KEEP, "public.login.email=email").resolve();
        assertThat(policy.rules(PERSON.id())).isEqualTo(Map.of("email", "email"));
        assertThat(policy.signatures(PERSON.id()).get("email"))
                .isEqualTo(policy.signatures(LOGIN.id()).get("email"));
        assertThat(row(policy, "a@b.c", "x", "y")[0])
                .isEqualTo(policy.masker(LOGIN.id(), List.of("email"), 0)
                        .mask(new String[] {"a@b.c"})
                        .values()[0]);
    }

    private static String[] row(MaskingPolicy policy, String... values) {
        return policy.masker(PERSON.id(), List.of("email", "full_name", "notes"), 0)
                .mask(values)
                .values();
    }

    @Test
    void tiedColumnsWithDifferentRulesAreRefused() {
        assertThat(problems("public.login.email=email", "public.person.email=hash"))
                .singleElement()
                .asString()
                .contains("tie columns together that have different rules")
                .contains("public.person.email=hash")
                .contains("public.login.email=email");
    }

    @Test
    void whatIsWrittenForAColumnCountsMoreThanAPattern() {
        MaskingPolicy policy = resolver(
                        Unlisted.KEEP, "public.person.*=text", "public.person.full_name=name", "*.email=hash")
                .resolve();
        assertThat(policy.rules(PERSON.id())).containsEntry("full_name", "name").containsEntry("notes", "text");
    }

    @Test
    void pseudonymsThatMeetInAUniqueColumnAreForecast() {
        assertThat(problems("public.person.email=name"))
                .singleElement()
                .asString()
                .contains("(email) of public.person is unique", "email=name", "same pseudonym");
        assertThat(problems("public.person.email=constant(x)")).hasSize(1);
        assertThat(problems("public.person.email=hash", "public.person.full_name=name"))
                .isEmpty();
    }

    @Test
    void namesThatAreNowhereAreToldWithTheNearest() {
        assertThat(problems("public.person.emial=email", "public.persn.email=email"))
                .satisfiesExactly(
                        column -> assertThat(column).contains("\"public.person.emial\", which names no column"),
                        table -> assertThat(table).contains("\"public.persn.email\", which names no column"));
    }

    @Test
    void aKeyCannotBeEmptied() {
        assertThat(problems("public.person.email=null")).anyMatch(what -> what.contains("must not be null"));
    }

    @Test
    void withoutASecretNothingLeaves() {
        MaskingSettings settings = new MaskingSettings(
                List.of(rule("public.person.notes=text")), Optional.empty(), Unlisted.KEEP, Canaries.NONE);
        PolicyResolver resolver =
                new PolicyResolver(settings, List.of(PERSON), Map.of(), List.of(), Map.of(), List.of());
        MaskingPolicy policy = resolver.resolve();
        assertThat(resolver.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.weight()).isEqualTo(Weight.BLOCKS));
        assertThat(row(policy, "k", "n", "raw")).containsExactly("k", "n", null);
    }

    @Test
    void unlistedColumnsDoNotLeaveUnlessTheyMay() {
        PolicyResolver resolver = resolver(
                Unlisted.REFUSE,
                "public.person.email=email",
                "public.person.full_name=keep",
                "public.login.id=keep",
                "public.login.boss=keep");
        MaskingPolicy policy = resolver.resolve();
        assertThat(policy.withheld(PERSON.id())).containsExactly("notes");
        assertThat(policy.withheld(LOGIN.id())).isEmpty();
        assertThat(row(policy, "k", "n", "raw")[2]).isNull();
        assertThat(resolver.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.weight()).isEqualTo(Weight.BLOCKS_FIRST_COPY);
            assertThat(problem.what()).contains("The column notes of public.person has no rule");
        });
    }

    /** News of the source, met before anybody has looked at it. */
    @Test
    void whatThePolicyDoesNotKnowDoesNotLeave() {
        MaskingPolicy policy =
                resolver(Unlisted.KEEP, "public.person.notes=text").resolve();
        assertThat(policy.knows(PERSON.id(), List.of("email", "added"), 0)).isFalse();
        assertThat(policy.masker(PERSON.id(), List.of("email", "added"), 0)
                        .mask(new String[] {"k", "raw"})
                        .values())
                .containsExactly("k", null);
        assertThat(policy.masker(Tables.id("renamed"), List.of("email"), 77)
                        .mask(new String[] {"raw"})
                        .values())
                .containsOnlyNulls();
    }

    @Test
    void aColumnThatCameWithARuleThatNamesNothingMayBeTheOneThatWasMeant() {
        PolicyResolver resolver = new PolicyResolver(
                new MaskingSettings(
                        List.of(rule("public.person.mail=email")),
                        Optional.of(new Secret("a secret of the tests, long enough")),
                        Unlisted.KEEP,
                        Canaries.NONE),
                List.of(PERSON),
                Map.of(PERSON.id(), Tables.mirrored(PERSON)),
                List.of(),
                Map.of(),
                List.of(new PolicyResolver.Remembered(
                        PERSON.id(), PERSON.relation(), Set.of("email", "full_name", "mail"))));
        MaskingPolicy policy = resolver.resolve();
        assertThat(row(policy, "k", "n", "raw")).containsExactly("k", "n", null);
    }
}
