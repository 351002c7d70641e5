package io.understudy.outbound;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Addresses that are not on the public internet, by IANA's registries for special purposes.
 *
 * @param kind for people, with its article
 */
record AddressBlock(byte[] start, int bits, String kind) {

    private static final String PRIVATE = "a private address";
    private static final String LOOPBACK = "a loopback address";
    private static final String LINK_LOCAL = "a link-local address";
    private static final String UNSPECIFIED = "the unspecified address";
    private static final String DOCUMENTATION = "an address for documentation";
    private static final String BENCHMARK = "an address for benchmarks";
    private static final String MULTICAST = "a multicast address";
    private static final String RESERVED = "a reserved address";

    private static final List<AddressBlock> IPV4 = List.of(
            of(UNSPECIFIED, 8, 0),
            of(PRIVATE, 8, 10),
            of("an address behind a carrier's translation", 10, 100, 64),
            of(LOOPBACK, 8, 127),
            of(LINK_LOCAL, 16, 169, 254),
            of(PRIVATE, 12, 172, 16),
            of(RESERVED, 24, 192, 0, 0),
            of(DOCUMENTATION, 24, 192, 0, 2),
            of(RESERVED, 24, 192, 88, 99),
            of(PRIVATE, 16, 192, 168),
            of(BENCHMARK, 15, 198, 18),
            of(DOCUMENTATION, 24, 198, 51, 100),
            of(DOCUMENTATION, 24, 203, 0, 113),
            of(MULTICAST, 4, 224),
            of("the broadcast address", 32, 255, 255, 255, 255),
            of(RESERVED, 4, 240));

    private static final List<AddressBlock> IPV6 = List.of(
            of(UNSPECIFIED, 128),
            of(LOOPBACK, 128, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
            of("a unique local address", 7, 0xFC),
            of(LINK_LOCAL, 10, 0xFE, 0x80),
            of(PRIVATE, 10, 0xFE, 0xC0),
            of(MULTICAST, 8, 0xFF),
            // Teredo, benchmarks, ORCHID and the like
            of(RESERVED, 23, 0x20, 0x01),
            of(DOCUMENTATION, 32, 0x20, 0x01, 0x0D, 0xB8),
            of(DOCUMENTATION, 20, 0x3F, 0xFF));

    private static final AddressBlock GLOBAL = of("a global address", 3, 0x20);
    /** These three embed an IPv4 address. */
    private static final AddressBlock MAPPED =
            of("an IPv4-mapped address", 96, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF);

    private static final AddressBlock TRANSLATED = of("a NAT64 address", 96, 0, 0x64, 0xFF, 0x9B);
    private static final AddressBlock SIX_TO_FOUR = of("a 6to4 address", 16, 0x20, 0x02);

    /** @param start its first bytes; the others are zero */
    private static AddressBlock of(String kind, int bits, int... start) {
        byte[] bytes = new byte[16];
        for (int i = 0; i < start.length; i++) {
            bytes[i] = (byte) start[i];
        }
        return new AddressBlock(bytes, bits, kind);
    }

    /** What an address is that is not public. Where one embeds an IPv4 address, that one decides. */
    static Optional<String> kind(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (address instanceof Inet4Address) {
            return kind(bytes, IPV4);
        }
        Optional<String> known = kind(bytes, IPV6);
        if (known.isPresent()) {
            return known;
        }
        // Java makes an IPv4 address of a mapped one wherever it reads one; a resolver need not.
        if (MAPPED.has(bytes) || TRANSLATED.has(bytes)) {
            return kind(Arrays.copyOfRange(bytes, 12, 16), IPV4);
        }
        if (SIX_TO_FOUR.has(bytes)) {
            return kind(Arrays.copyOfRange(bytes, 2, 6), IPV4);
        }
        return GLOBAL.has(bytes) ? Optional.empty() : Optional.of(RESERVED);
    }

    private static Optional<String> kind(byte[] address, List<AddressBlock> blocks) {
        return blocks.stream()
                .filter(block -> block.has(address))
                .map(AddressBlock::kind)
                .findFirst();
    }

    private boolean has(byte[] address) {
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> bit % 8;
            if (((address[bit / 8] ^ start[bit / 8]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }
}
