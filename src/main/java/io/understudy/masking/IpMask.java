package io.understudy.masking;

import java.util.HashMap;
import java.util.Map;

/**
 * Another address of the same version and netmask, no two the same: the bits of a version 4 address are permuted, those
 * of a version 6 address are a digest. A cidr has only its network's bits, and only these change.
 */
final class IpMask implements Mask {

    private final Secret secret;
    private final KeyedHash hash;
    private final boolean network;
    /** By how many bits they permute. */
    private final Map<Integer, Permutation> permutations = new HashMap<>();

    IpMask(Secret secret, KeyedHash hash, boolean network) {
        this.secret = secret;
        this.hash = hash;
        this.network = network;
    }

    /** Null for what is no address. */
    @Override
    public String of(String value, String seed) {
        IpText address = IpText.parse(value);
        if (address == null) {
            return null;
        }
        int bits = network ? address.bits() : 8 * address.bytes().length;
        byte[] bytes = address.bytes().length == 4 ? four(address, bits) : six(address, bits);
        return new IpText(bytes, address.bits(), address.masked()).toString();
    }

    @Override
    public double capacity() {
        return Double.POSITIVE_INFINITY;
    }

    private byte[] four(IpText address, int bits) {
        byte[] bytes = address.bytes();
        long number = 0;
        for (byte part : bytes) {
            number = number << 8 | part & 0xff;
        }
        long kept = number & (1L << 32 - bits) - 1;
        long result = bits == 0 ? number : permuted(number >>> 32 - bits, bits) << 32 - bits | kept;
        byte[] other = new byte[4];
        for (int i = 0; i < 4; i++) {
            other[i] = (byte) (result >>> 24 - 8 * i);
        }
        return other;
    }

    private long permuted(long number, int bits) {
        return permutations
                .computeIfAbsent(bits, any -> new Permutation(secret, 1L << bits))
                .of(number);
    }

    /** 128 bits are too many to permute, and so many that no two digests of real addresses are the same. */
    private byte[] six(IpText address, int bits) {
        byte[] digest = hash.digest(new IpText(address.bytes(), bits, true).toString());
        byte[] other = address.bytes().clone();
        for (int bit = 0; bit < bits; bit++) {
            int place = 7 - bit % 8;
            int chosen = digest[bit / 8] >> place & 1;
            other[bit / 8] = (byte) (other[bit / 8] & ~(1 << place) | chosen << place);
        }
        return other;
    }
}
