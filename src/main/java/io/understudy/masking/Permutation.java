package io.understudy.masking;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * Every number from 0 to less than the size becomes another one of these, no two the same one: a Feistel network over
 * as many bits as the size needs (AES in its rounds, as in FF1), walked on from results that are too large.
 */
final class Permutation {

    /** As many as FF1 has. */
    private static final int ROUNDS = 10;

    private final long size;
    private final int leftBits;
    private final int rightBits;
    private final Cipher cipher;
    private final byte[] block = new byte[16];
    private final byte[] mixed = new byte[16];
    private final ByteBuffer input = ByteBuffer.wrap(block);
    private final ByteBuffer output = ByteBuffer.wrap(mixed);

    /** @param size at least 1; {@link Long#MIN_VALUE} means 2 to the power of 63 */
    Permutation(Secret secret, long size) {
        this.size = size;
        int bits = Math.max(2, Long.SIZE - Long.numberOfLeadingZeros(size - 1));
        this.leftBits = bits / 2;
        this.rightBits = bits - leftBits;
        this.cipher = aes(new KeyedHash(secret, "permutation", false).digest(Long.toString(size)));
    }

    long of(long number) {
        long result = number;
        do {
            result = step(result);
        } while (Long.compareUnsigned(result, size) >= 0);
        return result;
    }

    /** The halves change sides in every round, and their widths with them. */
    private long step(long number) {
        int width = rightBits;
        int other = leftBits;
        long left = number >>> width;
        long right = number & (1L << width) - 1;
        for (int round = 0; round < ROUNDS; round++) {
            long sum = (left ^ mix(round, right)) & (1L << other) - 1;
            left = right;
            right = sum;
            int swapped = width;
            width = other;
            other = swapped;
        }
        return left << width | right;
    }

    private long mix(int round, long half) {
        input.putLong(0, round).putLong(8, half);
        try {
            cipher.update(block, 0, block.length, mixed, 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES of this Java runtime refuses a block; use another runtime", e);
        }
        return output.getLong(0);
    }

    private static Cipher aes(byte[] key) {
        try {
            // One block at a time, each of which is a different input: no chaining is wanted.
            Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(Arrays.copyOf(key, 16), "AES"));
            return cipher;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java runtime has no AES, which every runtime must have", e);
        }
    }
}
