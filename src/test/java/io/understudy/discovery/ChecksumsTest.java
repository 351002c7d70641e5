package io.understudy.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChecksumsTest {

    @ParameterizedTest
    @ValueSource(strings = {"4111111111111111", "5555555555554444", "378282246310005", "6011111111111117"})
    void luhn(String card) {
        assertThat(Checksums.luhn(card)).isTrue();
        failsWithAnyOtherLastDigit(card, Checksums::luhn);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DE89370400440532013000",
                "GB82WEST12345698765432",
                "FR1420041010050500013M02606",
                "NL91ABNA0417164300",
                "NO9386011117947"
            })
    void iban(String iban) {
        assertThat(Checksums.iban(iban)).isTrue();
        failsWithAnyOtherLastDigit(iban, Checksums::iban);
        assertThat(Checksums.iban(iban + "0")).as("too long for its country").isFalse();
    }

    @Test
    void anIbanOfNoCountryIsNone() {
        assertThat(Checksums.iban("QQ89370400440532013000")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"86095742719", "47036892816", "65929970489"})
    void germanTaxId(String id) {
        assertThat(Checksums.germanTaxId(id)).isTrue();
        failsWithAnyOtherLastDigit(id, Checksums::germanTaxId);
    }

    @ParameterizedTest
    @ValueSource(strings = {"01234567890", "12345678903", "11112345678"})
    void noGermanTaxId(String id) {
        assertThat(Checksums.germanTaxId(id)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"255081416802538", "195022B06817389"})
    void frenchNirHasAKey(String nir) {
        String right = nir.substring(0, 13) + String.format("%02d", key(nir));
        assertThat(Checksums.frenchNir(right)).isTrue();
        assertThat(Checksums.frenchNir(right.substring(0, 13) + String.format("%02d", key(nir) % 97 + 1)))
                .isFalse();
    }

    private static long key(String nir) {
        return 97 - Long.parseLong(nir.substring(0, 13).replace("2B", "18")) % 97;
    }

    @Test
    void frenchNirAsPublished() {
        assertThat(Checksums.frenchNir("255081416802538")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"12345678Z,true", "12345678A,false", "X1234567L,true", "X1234567T,false", "00000000T,true"})
    void spanishDni(String dni, boolean right) {
        assertThat(Checksums.spanishDni(dni)).isEqualTo(right);
    }

    @ParameterizedTest
    @CsvSource({"7569217076985,true", "7569217076984,false"})
    void swissAhv(String ahv, boolean right) {
        assertThat(Checksums.ean13(ahv)).isEqualTo(right);
    }

    @ParameterizedTest
    @CsvSource({"52998224725,true", "52998224724,false", "11111111111,false", "11144477735,true"})
    void brazilianCpf(String cpf, boolean right) {
        assertThat(Checksums.cpf(cpf)).isEqualTo(right);
    }

    @ParameterizedTest
    @CsvSource({"111222333,true", "123456782,true", "123456789,false", "000000000,false"})
    void dutchBsn(String bsn, boolean right) {
        assertThat(Checksums.bsn(bsn)).isEqualTo(right);
    }

    @ParameterizedTest
    @CsvSource({"44051401359,true", "44051401358,false", "44991401359,false", "02070803628,true"})
    void polishPesel(String pesel, boolean right) {
        assertThat(Checksums.pesel(pesel)).isEqualTo(right);
    }

    /** The thresholds of the search rest on this: a random number passes no more often than its detector says. */
    @Test
    void randomNumbersPassNoMoreOftenThanTheDetectorsSay() {
        Random random = new Random(1);
        for (Detector detector : Detectors.all()) {
            if (!detector.proves() || detector.chance() < 0.01) {
                continue;
            }
            int formed = 0;
            int passed = 0;
            for (int i = 0; i < 200_000; i++) {
                String digits = digits(random, 8 + random.nextInt(9));
                Detector.Outcome outcome = detector.look(digits);
                formed += outcome == Detector.Outcome.NOTHING ? 0 : 1;
                passed += outcome == Detector.Outcome.IS ? 1 : 0;
            }
            assertThat(passed)
                    .as("%s: %d of %d", detector.kind(), passed, formed)
                    .isLessThanOrEqualTo((int) (formed * detector.chance() * 1.2) + 1);
        }
    }

    private static String digits(Random random, int length) {
        StringBuilder digits = new StringBuilder();
        for (int i = 0; i < length; i++) {
            digits.append(random.nextInt(10));
        }
        return digits.toString();
    }

    private static void failsWithAnyOtherLastDigit(String number, Predicate<String> check) {
        String body = number.substring(0, number.length() - 1);
        for (int digit = 0; digit < 10; digit++) {
            if (number.charAt(number.length() - 1) - '0' != digit) {
                assertThat(check.test(body + digit)).as(body + digit).isFalse();
            }
        }
    }
}
