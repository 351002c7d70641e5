package io.understudy.masking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class SecretTest {

    @Test
    void refusesWhatCouldBeGuessedAndDoesNotRepeatIt() {
        assertThatThrownBy(() -> new Secret("fifteen letters"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("has 15 bytes; it takes 16 or more")
                .hasMessageNotContaining("fifteen letters");
        assertThat(new Secret("ääääääää")).isNotNull();
    }

    @Test
    void isToldByItsFingerprintOnly() {
        Secret secret = new Secret("correct horse battery staple");
        assertThat(secret.fingerprint())
                .hasSize(12)
                .isEqualTo(new Secret("correct horse battery staple").fingerprint())
                .isNotEqualTo(new Secret("correct horse battery stable").fingerprint());
        assertThat(secret.toString()).doesNotContain("horse");
    }

    @Test
    void hashIsTheOneEverybodyCanCompute() throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        for (String text : new String[] {"correct horse battery staple", "long ".repeat(40)}) {
            mac.init(new SecretKeySpec(text.getBytes(), "HmacSHA256"));
            byte[] expected = mac.doFinal("email\0ann@example.org".getBytes());
            byte[] digest = new KeyedHash(new Secret(text), "email", true).digest("Ann@Example.org");
            assertThat(HexFormat.of().formatHex(digest))
                    .isEqualTo(HexFormat.of().formatHex(expected));
        }
    }
}
