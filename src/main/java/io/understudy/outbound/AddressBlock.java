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
            of("0.0.0.0", 8, UNSPECIFIED),
            of("10.0.0.0", 8, PRIVATE),
            of("100.64.0.0", 10, "an address behind a carrier's translation"),
            of("127.0.0.0", 8, LOOPBACK),
            of("169.254.0.0", 16, LINK_LOCAL),
            of("172.16.0.0", 12, PRIVATE),
            of("192.0.0.0", 24, RESERVED),
            of("192.0.2.0", 24, DOCUMENTATION),
            of("192.88.99.0", 24, RESERVED),
            of("192.168.0.0", 16, PRIVATE),
            of("198.18.0.0", 15, BENCHMARK),
            of("198.51.100.0", 24, DOCUMENTATION),
            of("203.0.113.0", 24, DOCUMENTATION),
            of("224.0.0.0", 4, MULTICAST),
            of("255.255.255.255", 32, "the broadcast address"),
            of("240.0.0.0", 4, RESERVED));

    private static final List<AddressBlock> IPV6 = List.of(
            of("::", 128, UNSPECIFIED),
            of("::1", 128, LOOPBACK),
            of("fc00::", 7, "a unique local address"),
            of("fe80::", 10, LINK_LOCAL),
            of("fec0::", 10, PRIVATE),
            of("ff00::", 8, MULTICAST),
            // Teredo, benchmarks, ORCHID and the like
            of("2001::", 23, RESERVED),
            of("2001:db8::", 32, DOCUMENTATION),
            of("3fff::", 20, DOCUMENTATION));

    private static final AddressBlock GLOBAL = of("2000::", 3, "a global address");
    private static final AddressBlock SIX_TO_FOUR = of("2002::", 16, "a 6to4 address");
    private static final AddressBlock TRANSLATED = of("64:ff9b::", 96, "a NAT64 address");

    private static AddressBlock of(String start, int bits, String kind) {
        return new AddressBlock(HostName.literal(start).orElseThrow().getAddress(), bits, kind);
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
        if (isIpv4Mapped(bytes) || TRANSLATED.has(bytes)) {
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

    /** Java makes an IPv4 address of these, wherever it reads one; a resolver need not. */
    private static boolean isIpv4Mapped(byte[] address) {
        for (int i = 0; i < 10; i++) {
            if (address[i] != 0) {
                return false;
            }
        }
        return address[10] == -1 && address[11] == -1;
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
