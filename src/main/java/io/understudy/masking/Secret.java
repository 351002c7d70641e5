package io.understudy.masking;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** The key of every pseudonym. Whoever has it can find out by trying which value a pseudonym stands for. */
public final class Secret {

    private static final int LEAST_BYTES = 16;
    /** 48 bits tell two secrets apart, and say nothing about either. */
    private static final int FINGERPRINT_BYTES = 6;

    private final byte[] key;

    /** @throws IllegalArgumentException with what is wrong, as the end of a sentence that names the setting */
    public Secret(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length < LEAST_BYTES) {
            throw new IllegalArgumentException("has " + bytes.length + " bytes; it takes " + LEAST_BYTES
                    + " or more that nobody can guess, such as the output of: openssl rand -base64 32");
        }
        this.key = bytes;
    }

    /** Equal for equal secrets; can be kept beside the pseudonyms. */
    public String fingerprint() {
        byte[] digest = new KeyedHash(this, "fingerprint", false).digest("");
        return HexFormat.of().formatHex(digest, 0, FINGERPRINT_BYTES);
    }

    byte[] key() {
        return key;
    }

    @Override
    public String toString() {
        return "secret " + fingerprint();
    }
}
