package io.understudy.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.understudy.DatabasePair;
import io.understudy.UnderstudyProcess;
import io.understudy.mirror.Mirror;
import io.understudy.postgres.Catalog;
import io.understudy.postgres.Sql;
import io.understudy.postgres.Table;
import io.understudy.postgres.TableId;
import io.understudy.postgres.TargetDatabase;
import java.io.IOException;
import java.io.StringReader;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The commands {@code masks suggest} and {@code masks scan} against a shop as they are. */
class DiscoveryIT {

    private static final String SHOP = Sql.file(DiscoveryIT.class, "shop.sql");

    private DatabasePair pair;

    @BeforeEach
    void databases() {
        pair = new DatabasePair();
    }

    @AfterEach
    void close() throws SQLException {
        pair.close();
    }

    @Test
    void suggestsARuleForEveryColumnAndNeverPrintsAValue() throws IOException {
        pair.source().run(SHOP);
        try (UnderstudyProcess suggest = UnderstudyProcess.of(pair, "masks", "suggest")) {
            assertThat(suggest.exitCode()).as(suggest.errors()).isZero();
            Properties rules = new Properties();
            rules.load(new StringReader(suggest.output()));
            assertThat(rules)
                    .hasSize((int) pair.source()
                            .count("select count(*) from information_schema.columns where table_schema = 'public'"
                                    + " and is_generated = 'NEVER'"))
                    .contains(
                            rule("person.id", "keep"),
                            rule("person.first_name", "name(first)"),
                            rule("person.nachname", "name(last)"),
                            rule("person.email", "email"),
                            rule("person.phone", "phone"),
                            rule("person.geburtsdatum", "date(30d)"),
                            rule("person.strasse", "address(street)"),
                            rule("person.plz", "address(postcode)"),
                            rule("person.ort", "address(city)"),
                            rule("person.ssn", "text"),
                            rule("person.is_active", "keep"),
                            rule("person.tier", "keep"),
                            rule("person.email_verified_at", "keep"),
                            rule("customer.person_id", "keep"),
                            rule("customer.profile", "constant({})"),
                            rule("customer.tags", "keep"),
                            rule("customer.contact_addresses", "email"),
                            rule("customer.status", "keep"),
                            rule("customer.notes", "text"),
                            rule("customer.kunden_info", "name(last)"),
                            rule("payment.pan", "text"),
                            rule("payment.iban", "text"),
                            rule("payment.order_number", "keep"),
                            rule("payment.payer_ip", "ip"),
                            rule("payment.callback", "null"),
                            rule("device.owner_email", "email"),
                            rule("device.push_token", "null"),
                            rule("device.userAgent", "keep"),
                            rule("device.client_ip", "ip"),
                            rule("device.lat", "number(1%)"),
                            rule("device.password_hash", "hash"),
                            rule("device.api_key", "null"),
                            rule("audit_log.action", "keep"),
                            rule("audit_log.details", "json(ip=ip,ok=keep)"),
                            rule("product.sku", "keep"),
                            rule("product.name", "keep"),
                            rule("product.barcode", "keep"),
                            rule("Order.E.Mail", "email"),
                            rule("Order.a=b: c#\\d", "keep"),
                            rule("Order.naïve \"quoted\"", "keep"),
                            rule("empty_one.anything", "text"),
                            rule("empty_one.vorname", "name(first)"));
            assertThat(suggest.output())
                    .contains("# high: 120 of 120 sampled values look like e-mail addresses; the name says so\n")
                    .contains("# foreign key to public.person.id: masked as that is\n")
                    .contains("# full_name needs no rule: generated");
            assertThat(suggest.errors())
                    .containsPattern("8 tables, 62 columns looked at, \\d+ to mask, \\d+\\.\\d s\\.");
            assertNoValueIn(suggest.output() + suggest.errors());
        }
        try (UnderstudyProcess suggest =
                UnderstudyProcess.of(pair, "masks", "suggest", "--json", "per*", "--sample", "50")) {
            assertThat(suggest.exitCode()).as(suggest.errors()).isZero();
            JsonNode said = new ObjectMapper().readTree(suggest.output());
            assertThat(said.path("tables").asInt()).isEqualTo(1);
            assertThat(said.at("/suggestions/0/rowsSampled").asInt()).isEqualTo(50);
            assertThat(said.at("/suggestions/0/columns/3/rule").asText()).isEqualTo("email");
            assertNoValueIn(suggest.output());
        }
    }

    @Test
    void suggestsByNamesWhereItMayNotLookAndSaysSo() {
        pair.source().run("create table person (id int primary key, email text, other text)");
        String role = pair.name() + "_blind";
        pair.source().run("create role " + role + " login");
        try (UnderstudyProcess suggest = UnderstudyProcess.start(
                Map.of(
                        "UNDERSTUDY_SOURCE_URL",
                        UnderstudyProcess.url(pair.source().url())
                                .replaceFirst("//postgres(:[^@]*)?@", "//" + role + "@"),
                        "UNDERSTUDY_TARGET_URL",
                        UnderstudyProcess.url(pair.target().url())),
                "masks",
                "suggest")) {
            assertThat(suggest.exitCode()).as(suggest.errors()).isEqualTo(3);
            assertThat(suggest.errors()).contains("Rows of public.person could not be looked at");
            assertThat(suggest.output())
                    .contains("\"public.person.email\"=email")
                    .contains("\"public.person.other\"=text");
        } finally {
            pair.source().run("drop role " + role);
        }
    }

    @Test
    void scanFindsWhatIsNotMaskedAndNothingElse() {
        pair.both(SHOP);
        try (UnderstudyProcess scan = UnderstudyProcess.of(pair, "masks", "scan")) {
            assertThat(scan.exitCode()).as(scan.errors()).isEqualTo(1);
            assertThat(scan.output())
                    .contains("public.person.email\n  120 of 120 values look like e-mail addresses\n"
                            + "    would be masked by understudy.masking.rules.\"public.person.email\"=email\n")
                    .contains("at contact.email: 120 of 120 values look like e-mail addresses")
                    .contains("120 of 1,320 names of fields look like e-mail addresses")
                    .contains("public.customer.notes\n  12 of 120 values contain e-mail addresses")
                    .contains("public.payment.iban\n  120 of 120 values look like IBANs")
                    .contains("public.payment.pan")
                    .contains("public.device.api_key")
                    .doesNotContain("public.product")
                    .doesNotContain("order_number")
                    .doesNotContain("audit_log");
            assertNoValueIn(scan.output() + scan.errors());
        }
        pair.target()
                .run(
                        "truncate customer, payment, device, \"Order\"",
                        "update person set email = 'p' || id || '@example.com', phone = '+1 212 555 0123', ssn = null");
        try (UnderstudyProcess scan = UnderstudyProcess.of(pair, "masks", "scan")) {
            assertThat(scan.exitCode()).as(scan.errors()).isZero();
            assertThat(scan.output()).startsWith("Nothing that looks unmasked was found");
        }
    }

    @Test
    void aTableThatCouldNotBeLookedAtIsNotFine() throws SQLException {
        pair.both("create table t (id int primary key, c text)", "create table u (id int primary key, c text)");
        String role = pair.name() + "_blind";
        pair.target().run("create role " + role + " login", "grant select on u to " + role);
        try (UnderstudyProcess scan = UnderstudyProcess.start(
                Map.of(
                        "UNDERSTUDY_SOURCE_URL",
                        UnderstudyProcess.url(pair.source().url()),
                        "UNDERSTUDY_TARGET_URL",
                        UnderstudyProcess.url(pair.target().url())
                                .replaceFirst("//postgres(:[^@]*)?@", "//" + role + "@")),
                "masks",
                "scan")) {
            assertThat(scan.exitCode()).as(scan.errors()).isEqualTo(3);
            assertThat(scan.errors()).contains("Not looked at: public.t").doesNotContain("public.u");
            assertThat(scan.output()).doesNotContain("Nothing");
        } finally {
            pair.target().run("drop owned by " + role, "drop role " + role);
        }
    }

    @Test
    void scanLooksAtWhatTheMirrorWroteAndMissesNoneOfIt() {
        pair.both("create table t (id int primary key, c text)", "create table u (id int primary key, c text)")
                .adopt();
        pair.source().run("insert into t values (1, 'kanarie@first.org')");
        pair.target().run("create table own (c text)", "insert into own values ('kanarie@first.org')");
        Mirror mirror = pair.start();
        pair.awaitReached(mirror);
        DatabasePair.stop(mirror);
        try (UnderstudyProcess scan = UnderstudyProcess.of(pair, "masks", "scan")) {
            assertThat(scan.exitCode()).as(scan.errors()).isEqualTo(1);
            assertThat(scan.output()).contains("public.t.c\n  1 of 1 values").doesNotContain("own");
        }
        pair.target().run("drop table u");
        try (UnderstudyProcess scan = UnderstudyProcess.of(pair, "masks", "scan", "--json")) {
            assertThat(scan.exitCode()).as(scan.errors()).isEqualTo(3);
            assertThat(scan.errors()).contains("Not looked at: public.u: it is mirrored, but not at the target");
            assertThat(scan.output()).contains("\"table\" : \"public.u\"");
        }
    }

    @Test
    void canariesAreFoundInEveryRowAndToldByTheirNumber() {
        pair.target().run(SHOP, "update audit_log set details = '{\"deep\": [\"the Bird42 sings\"]}' where id = 5999");
        pair.target().run("update customer set tags = array['x', 'Bird42'] where person_id = 7");
        Scan.Result result = scan(Map.of(), List.of("never planted", "Bird42"));
        assertThat(result.findings())
                .filteredOn(finding -> finding.what().contains("canary"))
                .extracting(finding ->
                        finding.table().name() + "." + finding.column() + " " + finding.found() + " " + finding.what())
                .containsExactlyInAnyOrder(
                        "audit_log.details 1 rows contain canary number 2",
                        "customer.tags 1 rows contain canary number 2");
    }

    @Test
    void columnsWithARuleAreReportedForStrongEvidenceOnly() {
        pair.target().run(SHOP);
        Map<String, String> person = new HashMap<>(Map.of("phone", "phone", "ssn", "text", "email", "text"));
        Map<TableId, Map<String, String>> rules = Map.of(new TableId("public", "person"), person);
        assertThat(scan(rules, List.of()).findings())
                .filteredOn(finding -> finding.table().name().equals("person"))
                .extracting(ScanFinding::column)
                .containsExactly("email");
        pair.target().run("update person set email = translate(email::text, 'kanriemldov', 'qzxwvbtygpj')");
        assertThat(scan(rules, List.of()).findings())
                .filteredOn(finding -> finding.table().name().equals("person"))
                .isEmpty();
    }

    private Scan.Result scan(Map<TableId, Map<String, String>> rules, List<String> canaries) {
        try (TargetDatabase target =
                TargetDatabase.open(pair.vertx(), pair.target().url(), pair.name())) {
            List<Table> tables =
                    List.copyOf(Catalog.read(target.client()).tables().values());
            return new Scan(target.client(), new Scan.Request(500, Set.of(), rules, canaries))
                    .look(tables, (table, done, of) -> {});
        }
    }

    /** Every personal value of the shop has one of these in it; those without letters have digits of their own. */
    private static void assertNoValueIn(String output) {
        assertThat(output.toLowerCase())
                .doesNotContain(
                        "kanarie", "@", "4111", "5555", "370400", "203.0.113", "198.51.100", "$2a$", "sk_live", "+49");
    }

    private static Map.Entry<Object, Object> rule(String column, String rule) {
        String path = "public." + column;
        return entry("understudy.masking.rules.\"" + path.replace("\\", "\\\\").replace("\"", "\\\"") + "\"", rule);
    }
}
