package io.understudy.outbound;

import java.net.IDN;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Names and addresses of hosts, in the one form in which they are compared, resolved and sent: lower case, ASCII,
 * without brackets and without the dot at the end. What programs read differently has no such form.
 */
final class HostName {

    private static final int LONGEST = 253;
    private static final Pattern NAME =
            Pattern.compile("(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?");
    /** Such a host is an IPv4 address to browsers and to resolvers, which read 0x7f.1 and 2130706433 as 127.0.0.1. */
    private static final Pattern ENDS_IN_NUMBER = Pattern.compile("(?:.*\\.)?(?:[0-9]+|0x[0-9a-f]*)");

    private static final String BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final Pattern IPV4 = Pattern.compile(BYTE + "(?:\\." + BYTE + "){3}");
    /** The two editions of the standard make different names of these: ß, ς, and the joiners that nobody sees. */
    private static final Pattern AMBIGUOUS = Pattern.compile("[\u00DF\u1E9E\u03C2\u200C\u200D]");

    private HostName() {}

    /**
     * @param text as in a URL: an IPv6 address in brackets
     * @throws IllegalArgumentException with what is wrong, as the end of a sentence that names the setting
     */
    static String of(String text) {
        if (text.startsWith("[")) {
            return bracketed(text);
        }
        if (text.contains(":")) {
            throw new IllegalArgumentException("has a colon in its host; an IPv6 address is written in brackets");
        }
        String host = ascii(text).toLowerCase(Locale.ROOT);
        if (host.endsWith(".")) {
            host = host.substring(0, host.length() - 1);
        }
        if (host.length() > LONGEST || !NAME.matcher(host).matches()) {
            throw new IllegalArgumentException("has no host, or one that is neither a name nor an address");
        }
        if (ENDS_IN_NUMBER.matcher(host).matches() && !IPV4.matcher(host).matches()) {
            throw new IllegalArgumentException("has a host that ends in a number, which some programs read as an IPv4"
                    + " address; write it as four numbers such as 10.1.2.3, without zeros in front");
        }
        return host;
    }

    private static String bracketed(String text) {
        String inside = text.substring(1, Math.max(text.length() - 1, 1));
        if (!text.endsWith("]")
                || !inside.matches("[0-9a-fA-F.]*:[0-9a-fA-F:.]*")
                || literal(inside).isEmpty()) {
            throw new IllegalArgumentException("has brackets around what is no IPv6 address");
        }
        return inside.toLowerCase(Locale.ROOT);
    }

    private static String ascii(String text) {
        if (text.chars().allMatch(letter -> letter < 0x80)) {
            return text;
        }
        if (AMBIGUOUS.matcher(text).find()) {
            throw new IllegalArgumentException("has a letter in its host that programs write differently in ASCII;"
                    + " write the host as it is registered, xn--…");
        }
        try {
            return IDN.toASCII(text, IDN.USE_STD3_ASCII_RULES);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("has a host that cannot be written in ASCII");
        }
    }

    /** The address that a host is, without asking anybody. */
    static Optional<InetAddress> literal(String host) {
        try {
            if (host.contains(":")) {
                // Brackets keep it from being looked up as a name.
                return Optional.of(InetAddress.getByName("[" + host + "]"));
            }
            return IPV4.matcher(host).matches() ? Optional.of(InetAddress.getByName(host)) : Optional.empty();
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /** As in {@code Host}. */
    static String withPort(String host, int port) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** @throws IllegalArgumentException with what is wrong, as the end of a sentence that names the setting */
    static int port(String text) {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > 65535) {
            throw new IllegalArgumentException("has a port that is not one of 1 to 65535");
        }
        return Integer.parseInt(text);
    }
}
