package io.understudy.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.understudy.masking.MaskingSettings;
import io.understudy.postgres.RowIdentity;
import io.understudy.postgres.TableId;
import io.understudy.preflight.Portion;
import io.understudy.rules.Choice;
import io.understudy.rules.Policy;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.Config;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsReaderTest {

    private static final Map<String, String> TWO_URLS = Map.of(
            "understudy.source.url", "postgresql://reader:hunter2@prod/shop",
            "understudy.target.url", "postgresql://writer:hunter2@staging/shop");

    @Test
    void twoUrlsAreEnough() {
        Settings settings = SettingsReader.read(config(Map.of()));
        assertThat(settings).isEqualTo(Settings.of("understudy", settings.source(), settings.target()));
        assertThat(settings.source().place()).isEqualTo("prod:5432/shop");
    }

    @Test
    void readsEverySetting() {
        Settings settings = SettingsReader.read(config(Map.of(
                "understudy.name", "shop_1",
                "understudy.tables.include", "public.*, other.a ,",
                "understudy.tables.exclude", "public.log",
                "understudy.snapshot.workers", "2",
                "understudy.snapshot.chunk-size", "1G",
                "understudy.stream.capture", "debezium",
                "understudy.apply.batch-changes", "10",
                "understudy.apply.batch-size", "64k",
                "understudy.health.max-lag", "5m",
                "understudy.http.port", "0")));
        assertThat(settings.name()).isEqualTo("shop_1");
        assertThat(settings.tables().include()).containsExactly("public.*", "other.a");
        assertThat(settings.tables().exclude()).containsExactly("public.log");
        assertThat(settings.snapshot().workers()).isEqualTo(2);
        assertThat(settings.snapshot().chunkBytes()).isEqualTo(1L << 30);
        assertThat(settings.stream().capture()).isEqualTo(Settings.Capture.DEBEZIUM);
        assertThat(settings.apply().batchChanges()).isEqualTo(10);
        assertThat(settings.apply().batchBytes()).isEqualTo(64L << 10);
        assertThat(settings.maxLag()).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void tablesWithoutAKeyAreRefusedUnlessTheirInsertsAreEnough() {
        assertThat(SettingsReader.read(config(Map.of())).followed()).doesNotContain(RowIdentity.NONE);
        assertThat(SettingsReader.read(config(Map.of("understudy.tables.without-key", "inserts")))
                        .followed())
                .contains(RowIdentity.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "understudy.name, Shop",
        "understudy.name, a-b",
        "understudy.name, shop_inserts",
        "understudy.tables.without-key, updates",
        "understudy.source.url, prod:5432/shop",
        "understudy.target.url, jdbc:postgresql://staging/shop",
        "understudy.snapshot.workers, 0",
        "understudy.snapshot.workers, 33",
        "understudy.snapshot.workers, many",
        "understudy.snapshot.workers, 99999999999",
        "understudy.snapshot.chunk-size, 512K",
        "understudy.snapshot.chunk-size, big",
        "understudy.snapshot.chunk-size, -1M",
        "understudy.snapshot.chunk-size, 999999999999G",
        "understudy.stream.capture, wal2json",
        "understudy.stream.buffer-size, 0",
        "understudy.stream.buffer-size, 1.5G",
        "understudy.apply.batch-changes, 0",
        "understudy.apply.batch-changes, 100001",
        "understudy.apply.batch-size, 63K",
        "understudy.health.max-lag, soon",
        "understudy.health.max-lag, 999ms",
        "understudy.health.max-lag, -5s",
        "understudy.http.port, 65536",
        "understudy.http.port, web"
    })
    void refusesABadValueByItsKey(String key, String value) {
        assertThat(problems(Map.of(key, value)))
                .singleElement()
                .satisfies(problem -> assertThat(problem).startsWith(key + " "));
    }

    @ParameterizedTest
    @CsvSource({
        "understudy.sourc.url, understudy.source.url",
        "understudy.table.include, understudy.tables.include",
        "understudy.snapshot.chunksize, understudy.snapshot.chunk-size",
        "understudy.health.maxlag, understudy.health.max-lag",
        "understudy.nam, understudy.name"
    })
    void refusesAnUnknownKeyWithTheNearestOne(String key, String nearest) {
        assertThat(problems(Map.of(key, "x")))
                .containsExactly(key + " is not a setting. The nearest is " + nearest + ".");
    }

    @Test
    void readsMaskingRulesByColumnAndInOneValue() {
        MaskingSettings masking = SettingsReader.read(config(Map.of(
                        "understudy.masking.rules.\"public.person.email\"", "email( sink.example.org )",
                        "understudy.masking.rules.\"auth.Us\\\"er.E.Mail\"", "hash",
                        "understudy.masking.rules", "person.id=keep; public.log.*=text",
                        "understudy.masking.secret", "0123456789abcdef",
                        "understudy.masking.canaries", "first one, second")))
                .masking();
        assertThat(masking.rules().stream().map(rule -> rule.pattern() + "=" + rule.rule()))
                .containsExactly(
                        "public.person.id=keep",
                        "public.log.*=text",
                        "auth.Us\"er.E.Mail=hash",
                        "public.person.email=email(sink.example.org)");
        assertThat(masking.unlisted()).isEqualTo(MaskingSettings.Unlisted.REFUSE);
        assertThat(masking.canaries().texts()).containsExactly("first one", "second");
        assertThat(SettingsReader.read(config(Map.of())).masking().unlisted()).isEqualTo(MaskingSettings.Unlisted.KEEP);
    }

    @Test
    void tellsEverythingThatIsWrongWithMasksAtOnceAndNoSecret() {
        assertThat(problems(Map.of(
                        "understudy.masking.rules.\"public.person.email\"", "emial",
                        "understudy.masking.rules.\"public.person.born\"", "date(soon)",
                        "understudy.masking.rules.\"email\"", "email",
                        "understudy.masking.rules", "person.name",
                        "understudy.masking.secret", "hunter2",
                        "understudy.masking.unlisted", "maybe",
                        "understudy.masking.canaries", "hunter2, abc")))
                .hasSize(7)
                .allSatisfy(problem ->
                        assertThat(problem).startsWith("understudy.masking.").doesNotContain("hunter2", "abc"))
                .anySatisfy(problem -> assertThat(problem)
                        .startsWith(
                                "understudy.masking.rules.\"public.person.email\" is \"emial\"; there is no such rule. "
                                        + "The nearest is email."))
                .anySatisfy(problem -> assertThat(problem).contains("has 7 bytes; it takes 16"));
        assertThat(problems(Map.of("understudy.masking.rules", "person.name=name")))
                .singleElement()
                .asString()
                .startsWith(
                        "understudy.masking.secret (or UNDERSTUDY_MASKING_SECRET) is not set, and the rules need it.");
    }

    @Test
    void readsChoicesForConstraints() {
        Settings settings =
                SettingsReader.read(config(Map.of("understudy.constraints", "draft.fk=null , public.o*.a=b = keep,")));
        assertThat(settings.tables().constraints())
                .containsExactly(new Choice("draft.fk", Policy.NULL), new Choice("public.o*.a=b", Policy.KEEP));
    }

    @Test
    void tellsWhatIsWrongWithEveryChoiceForAConstraint() {
        assertThat(problems(Map.of("understudy.constraints", "draft.fk=drop, fk=keep, draft.fk, draft.fk=keep")))
                .containsExactly(
                        "understudy.constraints has \"draft.fk=drop\"; a policy is one of stop, keep, null, quarantine.",
                        "understudy.constraints has \"fk=keep\"; a constraint is named with its table: "
                                + "schema.table.constraint=policy.",
                        "understudy.constraints has \"draft.fk\"; it takes schema.table.constraint=policy.");
    }

    @Test
    void readsWhichPartOfATableIsMirrored() {
        Settings settings = SettingsReader.read(config(Map.of(
                "understudy.tables.filters.\"public.Order\"", "tenant in (1, 2) and note <> '${x}'",
                "understudy.tables.filters.item", "true",
                "understudy.tables.schema-only", "audit.*, log",
                "understudy.columns.exclude", "item.scan")));
        assertThat(settings.tables().portion())
                .isEqualTo(new Portion(
                        Map.of(
                                new TableId("public", "Order"), "tenant in (1, 2) and note <> '${x}'",
                                new TableId("public", "item"), "true"),
                        List.of("audit.*", "log"),
                        List.of("item.scan")));
    }

    @ParameterizedTest
    @CsvSource({
        "understudy.tables.filters, a=b",
        "understudy.tables.filters.\"public.*\", true",
        "understudy.tables.filters.item, ' '",
        "understudy.columns.exclude, scan"
    })
    void refusesPartsThatSayNothing(String key, String value) {
        assertThat(problems(Map.of(key, value)))
                .singleElement()
                .satisfies(problem -> assertThat(problem).startsWith(key));
    }

    @Test
    void tellsEveryProblemAtOnce() {
        Config config = new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(
                        Map.of("understudy.name", "?", "understudy.snapshot.workers", "x", "understudy.foo", "1"),
                        "test",
                        100))
                .build();
        assertThat(problems(config))
                .hasSize(5)
                .anySatisfy(problem ->
                        assertThat(problem).contains("understudy.source.url (or UNDERSTUDY_SOURCE_URL) is not set"))
                .anySatisfy(problem -> assertThat(problem).contains("understudy.target.url"));
    }

    @Test
    void neverRepeatsAPassword() {
        assertThat(SettingsReader.read(config(Map.of())).toString()).doesNotContain("hunter2");
        assertThat(problems(Map.of("understudy.source.url", "postgresql://me:hunter2@host:port/x")))
                .allSatisfy(problem -> assertThat(problem).doesNotContain("hunter2"));
    }

    private static List<String> problems(Map<String, String> changed) {
        return problems(config(changed));
    }

    private static List<String> problems(Config config) {
        return catchThrowableOfType(InvalidSettingsException.class, () -> SettingsReader.read(config))
                .problems();
    }

    private static Config config(Map<String, String> changed) {
        Map<String, String> all = new HashMap<>(TWO_URLS);
        all.putAll(changed);
        return new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(all, "test", 100))
                .build();
    }
}
