package io.understudy.outbound;

import java.util.Base64;

/** The key by which a receiver knows that a request is ours, as Standard Webhooks has it: {@code whsec_} and base64. */
public final class SigningSecret {

    private static final String PREFIX = "whsec_";
    /** Between these, says Standard Webhooks. */
    private static final int LEAST_BYTES = 24;

    private static final int MOST_BYTES = 64;

    private final byte[] key;

    /** @throws IllegalArgumentException with what is wrong, as the end of a sentence that names the setting */
    public SigningSecret(String text) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("is not base64; make one with: openssl rand -base64 32");
        }
        if (bytes.length < LEAST_BYTES || bytes.length > MOST_BYTES) {
            throw new IllegalArgumentException("has " + bytes.length + " bytes; it takes " + LEAST_BYTES + " to "
                    + MOST_BYTES + " in base64, such as the output of: openssl rand -base64 32");
        }
        this.key = bytes;
    }

    byte[] key() {
        return key;
    }

    @Override
    public String toString() {
        return "(secret)";
    }
}
