package io.understudy.masking;

import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Locale;

/**
 * HMAC-SHA256 of values. The states after the two padded keys are computed once and cloned for each value, which saves
 * half of the work.
 *
 * <p>Kinds of rules are kept apart, so that a name says nothing about an address made from the same text. Tables and
 * columns are not: a person has to be the same person in all of them.
 */
final class KeyedHash {

    static final int BYTES = 32;

    private static final int BLOCK = 64;

    private final MessageDigest inner;
    private final MessageDigest outer;
    private final boolean ignoresCase;
    private final byte[] result = new byte[BYTES];

    /**
     * @param ignoresCase whether the column does (citext). Only then are Ann and ann one person: elsewhere they are two
     *     different values, which a unique index must still be able to tell apart.
     */
    KeyedHash(Secret secret, String kind, boolean ignoresCase) {
        this.ignoresCase = ignoresCase;
        this.inner = sha256();
        this.outer = sha256();
        byte[] key = secret.key().length > BLOCK ? sha256().digest(secret.key()) : secret.key();
        inner.update(padded(key, (byte) 0x36));
        outer.update(padded(key, (byte) 0x5c));
        inner.update(kind.getBytes(StandardCharsets.UTF_8));
        inner.update((byte) 0);
    }

    /** The array is the same one every time. */
    byte[] digest(String value) {
        String text = ignoresCase ? value.toLowerCase(Locale.ROOT) : value;
        try {
            MessageDigest digest = (MessageDigest) inner.clone();
            digest.update(text.getBytes(StandardCharsets.UTF_8));
            digest.digest(result, 0, BYTES);
            digest = (MessageDigest) outer.clone();
            digest.update(result);
            digest.digest(result, 0, BYTES);
            return result;
        } catch (CloneNotSupportedException | DigestException e) {
            throw new IllegalStateException("SHA-256 of this Java runtime cannot be cloned; use another runtime", e);
        }
    }

    Draw draw(String value) {
        return new Draw(digest(value));
    }

    private static byte[] padded(byte[] key, byte pad) {
        byte[] block = Arrays.copyOf(key, BLOCK);
        for (int i = 0; i < BLOCK; i++) {
            block[i] ^= pad;
        }
        return block;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This Java runtime has no SHA-256, which every runtime must have", e);
        }
    }
}
