package io.understudy.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.discovery.Detector.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DetectorsTest {

    private static final String JWT =
            base64("{\"alg\":\"HS256\",\"typ\":\"JWT\"}") + "." + base64("{\"sub\":\"1\"}") + ".abc_-";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "EMAIL|anna.o'neil+x@mail.co.uk",
                "PHONE|+49 30 1234567",
                "PHONE|(212) 555-7890",
                "PHONE|030/1234567",
                "PHONE|01701234567",
                "PAYMENT_CARD|4111 1111 1111 1111",
                "PAYMENT_CARD|3782-822463-10005",
                "IBAN|DE89 3704 0044 0532 0130 00",
                "IP|203.0.113.7",
                "IP|2001:db8::1",
                "IP|10.0.0.0/8",
                "MAC|08:00:2b:01:02:03",
                "API_KEY|AKIAIOSFODNN7EXAMPLE",
                "API_KEY|xoxb-1234567890-abcdef",
                "WEBHOOK|https://hooks.somewhere.com/services/T0AAAAAAA/B0BBBBBB/x",
                "WEBHOOK|https://a.b/c?token=abcdef",
                "WEBHOOK|postgres://user:pass@host/db",
                "PASSWORD_HASH|$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$aGFzaA",
                "PASSWORD_HASH|pbkdf2_sha256$260000$abcdefgh$0123456789abcdef",
                "TOKEN|Zk3Q9xT7vB2mN8cR4wL6yH1p",
                "US_SSN|123-45-6789",
                "UK_NINO|AB 12 34 56 C",
                "GERMAN_TAX_ID|86 095 742 719",
                "SWISS_AHV|756.9217.0769.85",
                "BRAZILIAN_CPF|529.982.247-25",
                "PERSON_NAME|Anna Schmidt",
                "PERSON_NAME|Schmidt, Anna",
                "FIRST_NAME|José",
                "STREET|Lange Straße 12a",
                "STREET|12 Baker Street",
                "STREET|12 bis rue de la Paix",
                "COORDINATES|52.5200, 13.4050",
                "USER_AGENT|Mozilla/5.0 (X11)"
            })
    void knows(Kind kind, String value) {
        assertThat(looks(Detectors.all(), kind, value)).isEqualTo(Outcome.IS);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "EMAIL|anna at mail.com",
                "EMAIL|@handle",
                "PHONE|2024-01-31",
                "PHONE|31.12.2024",
                "PHONE|1234567",
                "PHONE|12.5000000",
                "PHONE|203.0.113.7",
                "PHONE|123-45-6789",
                "PHONE|(212) 555-0123",
                "PAYMENT_CARD|4111111111111112",
                "PAYMENT_CARD|9999999999999995",
                "IBAN|DE00370400440532013000",
                "IP|256.1.1.1",
                "IP|1.2.3",
                "IP|12:30:45",
                "JWT|eyJhYmNkZWZ.abc.def",
                "TOKEN|internationalization-of-everything",
                "TOKEN|6f1ed002ab5595859014ebf0951522d9",
                "US_SSN|000-12-3456",
                "UK_NINO|BG123456A",
                "PERSON_NAME|Wooden Chair",
                "FIRST_NAME|Chair",
                "STREET|Chair number 12"
            })
    void doesNotTake(Kind kind, String value) {
        assertThat(looks(Detectors.all(), kind, value)).isNotIn(Outcome.IS, Outcome.CONTAINED);
    }

    @Test
    void knowsASignedToken() {
        assertThat(looks(Detectors.all(), Kind.JWT, JWT)).isEqualTo(Outcome.IS);
        assertThat(looks(Detectors.all(), Kind.JWT, "Bearer " + JWT)).isEqualTo(Outcome.CONTAINED);
    }

    @Test
    void knowsAPrivateKeyByItsFirstLine() {
        assertThat(looks(Detectors.all(), Kind.PRIVATE_KEY, "-----BEGIN RSA PRIVATE KEY-----\nMIIE"))
                .isEqualTo(Outcome.IS);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "EMAIL|please write to anna@mail.com, or call",
                "IBAN|pay to DE89370400440532013000 soon",
                "PAYMENT_CARD|card 4111111111111111 was refused",
                "PHONE|call +49 30 1234567 today"
            })
    void findsInTexts(Kind kind, String text) {
        assertThat(looks(Detectors.all(), kind, text)).isEqualTo(Outcome.CONTAINED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a@example.com",
                "a@sub.example.org",
                "a@x.invalid",
                "a@b.test",
                "a@sink.staging.io",
                "a@x.example"
            })
    void mailThatReachesNobodyIsNotUnmasked(String mail) {
        Set<String> harmless = Set.of("Sink.staging.io");
        assertThat(looks(Detectors.ofUnmasked(harmless), Kind.EMAIL, mail)).isEqualTo(Outcome.FORM);
        assertThat(looks(Detectors.all(), Kind.EMAIL, mail)).isEqualTo(Outcome.IS);
        assertThat(looks(Detectors.ofUnmasked(harmless), Kind.EMAIL, "a@notsink.staging.io"))
                .isEqualTo(Outcome.IS);
    }

    @Test
    void aMaskOfTheSameShapeIsNoAddress() {
        assertThat(looks(Detectors.ofMasked(Set.of()), Kind.EMAIL, "qwzk@xkjr.qzv"))
                .isEqualTo(Outcome.FORM);
        assertThat(looks(Detectors.ofMasked(Set.of()), Kind.EMAIL, "anna@mail.com"))
                .isEqualTo(Outcome.IS);
    }

    private static Outcome looks(List<Detector> detectors, Kind kind, String value) {
        return detectors.stream()
                .filter(detector -> detector.kind() == kind)
                .map(detector -> detector.look(value))
                .max(Enum::compareTo)
                .orElseThrow();
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
