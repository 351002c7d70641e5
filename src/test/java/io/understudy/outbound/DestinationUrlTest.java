package io.understudy.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationUrlTest {

    private static final SigningSecret SECRET = new SigningSecret("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

    @ParameterizedTest
    @CsvSource({
        "https://hooks.example.com, hooks.example.com, 443, /, hooks.example.com",
        "HTTPS://Hooks.Example.COM./a, hooks.example.com, 443, /a, hooks.example.com",
        "http://crm:8080?tenant=7, crm, 8080, /?tenant=7, crm:8080",
        "http://crm_receiver:80/a/b?c=d/e?f, crm_receiver, 80, /a/b?c=d/e?f, crm_receiver",
        "http://crm:443/, crm, 443, /, crm:443",
        "https://[::1]:8443/x, ::1, 8443, /x, [::1]:8443",
        "https://[2606:4700::1111]/x, 2606:4700::1111, 443, /x, [2606:4700::1111]",
        "https://10.1.2.3/%7Ex, 10.1.2.3, 443, /%7Ex, 10.1.2.3",
        "https://bücher.example/, xn--bcher-kva.example, 443, /, xn--bcher-kva.example",
        "https://１２７.0.0.1/, 127.0.0.1, 443, /, 127.0.0.1",
        "https://a。example/, a.example, 443, /, a.example",
    })
    void readsHttp(String url, String host, int port, String path, String header) {
        Destination.Http http = (Destination.Http) parse(url);
        assertThat(http.host()).isEqualTo(host);
        assertThat(http.port()).isEqualTo(port);
        assertThat(http.pathAndQuery()).isEqualTo(path);
        assertThat(http.hostHeader()).isEqualTo(header);
        assertThat(http.tls()).isEqualTo(url.toLowerCase().startsWith("https"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ftp://host/",
                "hooks.example.com/path",
                "https:///path",
                "https://",
                "https://host:0/",
                "https://host:65536/",
                "https://host:/",
                "https://host:-1/",
                "https://host:80:80/",
                "https://::1/",
                "https://[::1/",
                "https://[::1]x/",
                "https://[]/",
                "https://[fe80::1%25eth0]/",
                "https://[10.1.2.3]/",
                "https://user@host/",
                "https://good.example:secret@evil.example/",
                "https://good.example\\@evil.example/",
                "https://evil.example\\.good.example/",
                "https://%65vil.example/",
                "https://evil.example#@good.example/",
                "https://host/path#part",
                "https://ho st/",
                "https://-host/",
                "https://host..example/",
                "https://../",
                "https://host/a b",
                "https://host/a\r\nwebhook-id: 1",
                "https://host/a\nb",
                "https://host\r\n/a",
                "https://host:80\r\n/a",
                "https://host/%",
                "https://host/%zz",
                "https://host/ä",
                "https://host/a\\b",
                "https://host/\u0000",
                "https://straße.example/",
                "https://a\u200Db.example/",
                "https://exam\u2100ple.com/",
                // To some programs 127.0.0.1, to others names or other addresses
                "http://2130706433/",
                "http://0x7f.1/",
                "http://0x7f000001/",
                "http://127.1/",
                "http://0177.0.0.1/",
                "http://127.0.0.01/",
                "http://127.0.0.1.1/",
                "http://256.0.0.1/",
                "http://a.example.0x/",
                "http://０x7f.1/",
            })
    void refusesWhatIsNotExactlyOnePlace(String url) {
        assertThatThrownBy(() -> parse(url)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void tellsNothingOfUserOrQuery() {
        assertThatThrownBy(() -> parse("https://me:hunter2@host/")).hasMessageNotContaining("hunter2");
        assertThat(parse("https://host/in?token=hunter2").place()).isEqualTo("https://host:443/in?…");
        assertThat(parse("https://[::1]/in").place()).isEqualTo("https://[::1]:443/in");
        assertThat(parse("https://host/in?token=hunter2").toString()).doesNotContain("hunter2");
    }

    @Test
    void httpTakesASecret() {
        assertThatThrownBy(() -> Destination.parse("crm", "https://host/", Optional.empty(), Duration.ofSeconds(1), 1))
                .hasMessageContaining("without its secret");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kafka://Broker/topic | [broker:9092]",
                "kafka://a:1,b.example.:2/t | [a:1, b.example:2]",
                "KAFKA://[::1],[::1]:7/t | [[::1]:9092, [::1]:7]",
                "kafka://10.0.0.1,kafka_1:9093/a.b_c-D | [10.0.0.1:9092, kafka_1:9093]",
            })
    void readsKafka(String url, String brokers) {
        assertThat(((Destination.Kafka) parse(url)).brokers()).hasToString(brokers);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kafka://a",
                "kafka://a/",
                "kafka:///t",
                "kafka://a,/t",
                "kafka://a:0/t",
                "kafka://a:65536/t",
                "kafka://a:99999/t",
                "kafka://a/..",
                "kafka://a/t?x=1",
                "kafka://a/t/u",
                "kafka://user@a/t",
                "kafka://::1/t",
                "kafka://0x7f.1/t",
                "kafka://a/t\n",
            })
    void refusesOtherKafka(String url) {
        assertThatThrownBy(() -> parse(url)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFileOfCertificatesTakesTls(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("ca.pem"), "no certificate");
        assertThatThrownBy(() -> new CaFile(file.toString())).hasMessageContaining("holds no certificates");
        assertThatThrownBy(() -> new CaFile(directory.resolve("none.pem").toString()))
                .hasMessageContaining("cannot be read");
        assertThatThrownBy(() -> new CaFile("\0")).hasMessageContaining("cannot be read");
    }

    private static Destination parse(String url) {
        Optional<SigningSecret> secret =
                url.toLowerCase(Locale.ROOT).startsWith("kafka:") ? Optional.empty() : Optional.of(SECRET);
        return Destination.parse("crm", url, secret, Duration.ofSeconds(1), 1);
    }
}
