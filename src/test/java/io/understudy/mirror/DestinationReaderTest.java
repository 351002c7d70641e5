package io.understudy.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.understudy.outbound.Destination;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.Config;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DestinationReaderTest {

    private static final String SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String CRM = "understudy.outbound.destinations.crm.";
    private static final String VARIABLE = "UNDERSTUDY_OUTBOUND_DESTINATIONS_";

    private final List<String> problems = new ArrayList<>();

    @Test
    void urlAndSecretAreEnough() {
        Destination.Http crm =
                http(read(Map.of(CRM + "url", "https://crm.example/in", CRM + "secret", SECRET), Map.of())
                        .get("crm"));
        assertThat(problems).isEmpty();
        assertThat(crm.name()).isEqualTo("crm");
        assertThat(crm.place()).isEqualTo("https://crm.example:443/in");
        assertThat(crm.timeout()).isEqualTo(Duration.ofSeconds(15));
        assertThat(crm.concurrency()).isEqualTo(32);
        assertThat(crm.caFile()).isEmpty();
    }

    @Test
    void readsSeveralWithAllTheyHave() {
        Map<String, Destination> destinations = read(
                Map.of(
                        CRM + "url",
                        "https://crm.example/in",
                        CRM + "secret",
                        "whsec_" + SECRET,
                        CRM + "timeout",
                        "3s",
                        CRM + "concurrency",
                        "1000",
                        "understudy.outbound.destinations.\"event-bus\".url",
                        "kafka://broker/changes"),
                Map.of());
        assertThat(problems).isEmpty();
        assertThat(destinations).containsOnlyKeys("crm", "event-bus");
        assertThat(destinations.get("crm").timeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(destinations.get("crm").concurrency()).isEqualTo(1000);
        assertThat(destinations.get("event-bus")).isInstanceOf(Destination.Kafka.class);
    }

    @Test
    void readsTheEnvironmentAlone() {
        Map<String, Destination> destinations = read(
                Map.of(),
                Map.of(
                        VARIABLE + "CRM_URL", "https://crm.example/",
                        VARIABLE + "CRM_SECRET", SECRET,
                        VARIABLE + "CRM_TIMEOUT", "1s",
                        VARIABLE + "CRM_EU_URL", "https://crm-eu.example/",
                        VARIABLE + "CRM_EU_SECRET", SECRET,
                        VARIABLE + "CRM_EU_CONCURRENCY", "2"));
        assertThat(problems).isEmpty();
        assertThat(destinations).containsOnlyKeys("crm", "crm_eu");
        assertThat(destinations.get("crm").timeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(destinations.get("crm_eu").concurrency()).isEqualTo(2);
    }

    @Test
    void aNameOfAFileIsTheOneThatCounts() {
        Map<String, Destination> destinations = read(
                Map.of("understudy.outbound.destinations.crm-eu.url", "https://crm-eu.example/"),
                Map.of(VARIABLE + "CRM_EU_SECRET", SECRET));
        assertThat(problems).isEmpty();
        assertThat(destinations).containsOnlyKeys("crm-eu");
    }

    @Test
    void alsoWhereTheEnvironmentReplacesItsOnlyKey() {
        Map<String, Destination> destinations = read(
                Map.of("understudy.outbound.destinations.crm-eu.url", "https://old.example/"),
                Map.of(VARIABLE + "CRM_EU_SECRET", SECRET, VARIABLE + "CRM_EU_URL", "https://new.example/"));
        assertThat(problems).isEmpty();
        assertThat(destinations).containsOnlyKeys("crm-eu");
        assertThat(destinations.get("crm-eu").place()).isEqualTo("https://new.example:443/");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "url | ftp://crm.example/ | .url is not a URL of http, https or kafka",
                "url | https://crm.example:0/ | .url has a port that is not one of 1 to 65535",
                "url | http://2130706433/ | .url has a host that ends in a number",
                "url | https://user:hunter2@crm.example/ | .url has a user in it",
                "secret | hunter2 | .secret has",
                "secret | hunter2! | .secret is not base64",
                "timeout | 0s | .timeout is \"0s\"; it takes 1s to 5m.",
                "timeout | 301s | .timeout is \"301s\"; it takes 1s to 5m.",
                "timeout | soon | .timeout is \"soon\"; it takes 1s to 5m.",
                "timeout | 99999999999999999999 | .timeout is ",
                "timeout | 9223372036854775807d | .timeout is ",
                "concurrency | 0 | .concurrency is \"0\"; it takes a whole number from 1 to 1000.",
                "concurrency | 1001 | .concurrency is \"1001\"",
                "concurrency | -1 | .concurrency is \"-1\"",
                "ca-file | /none.pem | .ca-file is \"/none.pem\", a file that cannot be read",
                "uri | x | is not a setting. The nearest is understudy.outbound.destinations.NAME.url.",
                "ca_file | x | is not a setting. The nearest is understudy.outbound.destinations.NAME.ca-file.",
            })
    void saysWhatIsWrongWithWhich(String field, String value, String problem) {
        Map<String, String> properties =
                new HashMap<>(Map.of(CRM + "url", "https://crm.example/in", CRM + "secret", SECRET));
        properties.put(CRM + field, value);
        read(properties, Map.of());
        assertThat(problems)
                .singleElement()
                .satisfies(said -> assertThat(said)
                        .startsWith(CRM + "" + (problem.startsWith(".") ? problem.substring(1) : field + " " + problem))
                        .endsWith(".")
                        .doesNotContain("hunter2"));
    }

    @Test
    void urlAndSecretMustBeThere() {
        read(Map.of(CRM + "timeout", "3s"), Map.of());
        read(Map.of(CRM + "url", "https://crm.example/in"), Map.of());
        assertThat(problems)
                .satisfiesExactly(
                        first -> assertThat(first).startsWith(CRM + "url is not set."),
                        second -> assertThat(second).startsWith(CRM + "url is set without its secret"));
    }

    @Test
    void nothingIsSignedForKafka() {
        assertThat(read(Map.of(CRM + "url", "kafka://broker/changes", CRM + "secret", SECRET), Map.of()))
                .isEmpty();
        assertThat(problems)
                .singleElement()
                .asString()
                .startsWith(CRM + "url is kafka, where nothing is signed, so that its secret would have no effect;")
                .doesNotContain(SECRET);
    }

    @Test
    void saysWhichVariablesAreNone() {
        read(Map.of(), Map.of(VARIABLE + "CRM_URI", "x", VARIABLE + "URL", "https://crm.example/"));
        assertThat(problems)
                .satisfiesExactly(
                        first -> assertThat(first).startsWith(VARIABLE + "CRM_URI is not a setting. The nearest is"),
                        second -> assertThat(second).startsWith(VARIABLE + "URL names the destination \"\""));
    }

    @Test
    void namesAreSimple() {
        read(Map.of("understudy.outbound.destinations.\"a b\".url", "https://crm.example/"), Map.of());
        assertThat(problems).singleElement().asString().contains("names the destination \"a b\"");
    }

    @Test
    void aFileOfCertificatesIsOfHttps(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("ca.pem"), "-----BEGIN CERTIFICATE-----\nhunter2\n");
        read(
                Map.of(CRM + "url", "https://crm.example/", CRM + "secret", SECRET, CRM + "ca-file", file.toString()),
                Map.of());
        read(Map.of(), Map.of(VARIABLE + "CRM_CA_FILE", file.toString(), VARIABLE + "CRM_URL", "kafka://a/t"));
        assertThat(problems)
                .hasSize(2)
                .allSatisfy(said ->
                        assertThat(said).startsWith(CRM + "ca-file is \"" + file + "\", which holds no certificates"));
    }

    @Test
    void aStartIsRefusedWhenADestinationIsNotAllowed() {
        assertThat(startProblems("https://10.1.2.3/", ""))
                .singleElement()
                .asString()
                .isEqualTo(CRM + "url leads to 10.1.2.3:443, a private address, where nothing is delivered unless it is"
                        + " listed; add 10.1.2.3 to understudy.outbound.allowed-hosts if it may go there.");
        assertThat(startProblems("https://crm.example/", "other.example"))
                .singleElement()
                .asString()
                .startsWith(
                        CRM + "url leads to crm.example:443, which understudy.outbound.allowed-hosts does not list");
        assertThat(startProblems("https://crm.example/", "crm.example,10.0.0.0/8"))
                .singleElement()
                .asString()
                .startsWith("understudy.outbound.allowed-hosts lists \"10.0.0.0/8\"");
    }

    private static List<String> startProblems(String url, String allowedHosts) {
        Config config = config(
                Map.of(
                        "understudy.source.url",
                        "postgresql://reader:hunter2@prod/shop",
                        "understudy.target.url",
                        "postgresql://writer:hunter2@staging/shop",
                        "understudy.outbound.allowed-hosts",
                        allowedHosts,
                        CRM + "url",
                        url,
                        CRM + "secret",
                        SECRET),
                Map.of());
        return catchThrowableOfType(InvalidSettingsException.class, () -> SettingsReader.read(config))
                .problems();
    }

    private Map<String, Destination> read(Map<String, String> properties, Map<String, String> variables) {
        return new DestinationReader(config(properties, variables), variables, problems).read();
    }

    private static Destination.Http http(Destination destination) {
        return (Destination.Http) destination;
    }

    private static Config config(Map<String, String> properties, Map<String, String> variables) {
        return new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(properties, "test", 100), new EnvConfigSource(variables, 300))
                .build();
    }
}
