package io.understudy.masking;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;

/**
 * As many choices as are needed, all from one digest (xoroshiro128++). Who guesses its state from the choices has
 * learnt a part of the digest, and nothing of the value.
 */
final class Draw {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private long a;
    private long b;

    Draw(byte[] digest) {
        this.a = (long) LONGS.get(digest, 0);
        // A generator that starts at zero stays there.
        this.b = (long) LONGS.get(digest, 8) | 1;
    }

    long bits() {
        long sum = Long.rotateLeft(a + b, 17) + a;
        long mixed = a ^ b;
        a = Long.rotateLeft(a, 49) ^ mixed ^ (mixed << 21);
        b = Long.rotateLeft(mixed, 28);
        return sum;
    }

    /** From 0 to less than the bound. */
    int below(int bound) {
        return (int) (((bits() >>> 32) * bound) >>> 32);
    }

    <T> T of(List<T> list) {
        return list.get(below(list.size()));
    }
}
