package io.understudy.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SigningSecretTest {

    private static final String TEXT = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    @Test
    void isTheSameWithAndWithoutItsPrefix() {
        assertThat(new SigningSecret("whsec_" + TEXT).key())
                .isEqualTo(new SigningSecret(TEXT).key())
                .hasSize(24);
    }

    @Test
    void printsNothingOfItself() {
        assertThat(new SigningSecret(TEXT)).hasToString("(secret)");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 23, 65})
    void refusesOtherLengths(int bytes) {
        String text = Base64.getEncoder().encodeToString(new byte[bytes]);
        assertThatThrownBy(() -> new SigningSecret(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has " + bytes + " bytes")
                .hasMessageContaining("openssl rand");
    }

    @ParameterizedTest
    @ValueSource(strings = {"whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "hunter2 hunter2 hunter2 hunter2!"})
    void refusesWhatIsNotBase64WithoutRepeatingIt(String text) {
        assertThatThrownBy(() -> new SigningSecret(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not base64")
                .hasMessageNotContaining("hunter2")
                .hasMessageNotContaining("MfKQ");
    }

    /** The example of its specification. */
    @Test
    void signsAsStandardWebhooksHasIt() {
        assertThat(new WebhookSignature(new SigningSecret("whsec_" + TEXT))
                        .of(
                                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                                "1614265330",
                                "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
