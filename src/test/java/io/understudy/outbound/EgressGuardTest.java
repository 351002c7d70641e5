package io.understudy.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EgressGuardTest {

    private static final EgressGuard WITHOUT_LIST = new EgressGuard(List.of());

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, the unspecified address",
        "0.1.2.3, the unspecified address",
        "10.255.255.255, a private address",
        "100.64.0.1, an address behind a carrier's translation",
        "100.127.255.255, an address behind a carrier's translation",
        "127.0.0.1, a loopback address",
        "127.255.0.1, a loopback address",
        "169.254.169.254, a link-local address",
        "172.16.0.1, a private address",
        "172.31.255.255, a private address",
        "192.0.0.8, a reserved address",
        "192.0.2.1, an address for documentation",
        "192.88.99.1, a reserved address",
        "192.168.0.1, a private address",
        "198.18.0.1, an address for benchmarks",
        "198.19.255.255, an address for benchmarks",
        "198.51.100.1, an address for documentation",
        "203.0.113.1, an address for documentation",
        "224.0.0.1, a multicast address",
        "239.255.255.255, a multicast address",
        "240.0.0.1, a reserved address",
        "255.255.255.255, the broadcast address",
        "::, the unspecified address",
        "::1, a loopback address",
        "::10.0.0.1, a reserved address",
        "::ffff:10.0.0.1, a private address",
        "::ffff:0:8.8.8.8, a reserved address",
        "64:ff9b::10.0.0.1, a private address",
        "64:ff9b::7f00:1, a loopback address",
        "64:ff9b:1::1, a reserved address",
        "100::1, a reserved address",
        "2001::1, a reserved address",
        "2001:2::1, a reserved address",
        "2001:db8::1, an address for documentation",
        "2002:0a00:0001::1, a private address",
        "2002:7f00:0001::, a loopback address",
        "3fff::1, an address for documentation",
        "5f00::1, a reserved address",
        "fc00::1, a unique local address",
        "fdff::1, a unique local address",
        "fe80::1, a link-local address",
        "febf::1, a link-local address",
        "fec0::1, a private address",
        "ff02::1, a multicast address",
    })
    void refusesWhatIsNotPublicUnlessItIsListed(String address, String kind) throws Exception {
        InetAddress resolved = InetAddress.getByName(address);
        assertThat(WITHOUT_LIST.problem(address, 443))
                .hasValueSatisfying(problem ->
                        assertThat(problem).contains(kind, "add " + address + " to understudy.outbound.allowed-hosts"));
        assertThat(WITHOUT_LIST.problem("crm.example", 443, resolved))
                .hasValueSatisfying(problem -> assertThat(problem).contains("whose address ", " is " + kind));
        assertThat(guard(address).problem(address, 443)).isEmpty();
        assertThat(guard(address).problem("crm.example", 443, resolved)).isEmpty();
        assertThat(guard("crm.example").problem("crm.example", 443, resolved)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.1",
                "172.15.255.255",
                "172.32.0.0",
                "192.0.1.1",
                "198.17.255.255",
                "198.20.0.0",
                "223.255.255.255",
                "2606:4700::1111",
                "2001:4860:4860::8888",
                "2002:0808:0808::1",
                "64:ff9b::8.8.8.8",
                "::ffff:8.8.8.8",
            })
    void withoutAListWhatIsPublicIsAllowed(String address) throws Exception {
        assertThat(WITHOUT_LIST.problem(address, 443)).isEmpty();
        assertThat(WITHOUT_LIST.problem("crm.example", 443, InetAddress.getByName(address)))
                .isEmpty();
    }

    /** Java makes an IPv4 address of it only where it reads it. */
    @Test
    void looksIntoIpv4InIpv6() throws Exception {
        byte[] mapped = new byte[16];
        mapped[10] = mapped[11] = -1;
        mapped[12] = 10;
        InetAddress address = Inet6Address.getByAddress("crm.example", mapped, -1);
        assertThat(address).isInstanceOf(Inet6Address.class);
        assertThat(WITHOUT_LIST.problem("crm.example", 443, address)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "a.localhost"})
    void knowsNamesOfThisMachineWithoutANetwork(String host) {
        assertThat(WITHOUT_LIST.problem(host, 80))
                .hasValueSatisfying(problem -> assertThat(problem).contains("a loopback address"));
        assertThat(guard(host).problem(host, 80)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "crm.example, crm.example, 443",
        "CRM.Example., crm.example, 443",
        "crm.example:8443, crm.example, 8443",
        "*.example, crm.example, 443",
        "*.example, a.b.example, 443",
        "*.example:8443, a.b.example, 8443",
        "bücher.example, xn--bcher-kva.example, 1",
        "10.1.2.3, 10.1.2.3, 443",
        "10.1.2.3:80, 10.1.2.3, 80",
        "::1, ::1, 443",
        "0:0::1, ::1, 443",
        "[::1], ::1, 443",
        "[::1]:8080, ::1, 8080",
        "::ffff:10.1.2.3, 10.1.2.3, 1",
    })
    void listedHostsAreAllowed(String entry, String host, int port) throws Exception {
        assertThat(guard(entry).problem(host, port)).isEmpty();
        assertThat(guard("other.example", entry).problem(host, port)).isEmpty();
        assertThat(guard(entry).problem(host, port, InetAddress.getByName("127.0.0.1")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "crm.example, other.example, 443",
        "crm.example, crm.example.evil.example, 443",
        "crm.example, acrm.example, 443",
        "crm.example, a.crm.example, 443",
        "crm.example:8443, crm.example, 443",
        "*.crm.example, crm.example, 443",
        "*.crm.example, evilcrm.example, 443",
        "*.crm.example:1, a.crm.example, 2",
        "crm.example, 1.1.1.1, 443",
        "crm.example, localhost, 443",
        "10.1.2.3, 10.1.2.4, 443",
        "10.1.2.3:80, 10.1.2.3, 443",
        "[::1]:8080, ::1, 8081",
        "1.1.1.1, 1.0.0.1, 443",
    })
    void withAListOthersAreNot(String entry, String host, int port) {
        assertThat(guard(entry).problem(host, port))
                .hasValueSatisfying(problem ->
                        assertThat(problem).startsWith("leads to ").contains("understudy.outbound.allowed-hosts"));
    }

    @Test
    void aNameThatIsNotListedMayLeadToAListedAddressOnly() throws Exception {
        EgressGuard guard = guard("10.1.2.3:443");
        assertThat(guard.problem("crm.example", 443)).isEmpty();
        assertThat(guard.problem("crm.example", 443, InetAddress.getByName("10.1.2.3")))
                .isEmpty();
        assertThat(guard.problem("crm.example", 80, InetAddress.getByName("10.1.2.3")))
                .isPresent();
        assertThat(guard.problem("crm.example", 443, InetAddress.getByName("1.1.1.1")))
                .isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "*.",
                "*.10.1.2.3",
                "a.*.example",
                "10.0.0.0/8",
                "https://crm.example",
                "crm.example/path",
                "crm.example:0",
                "crm.example:x",
                "user@crm.example",
                "0x7f.1",
                "[::1",
                "[::1]8080",
                ":80",
                "a:b:c",
            })
    void refusesOtherEntries(String entry) {
        assertThatThrownBy(() -> guard("crm.example", entry))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lists \"" + entry + "\", which ");
    }

    @Test
    void looksAtEveryBroker() {
        Destination kafka =
                Destination.parse("k", "kafka://1.1.1.1,[::1]:7/t", Optional.empty(), Duration.ofSeconds(1), 1);
        assertThat(WITHOUT_LIST.problem(kafka))
                .hasValueSatisfying(problem -> assertThat(problem).startsWith("leads to [::1]:7, a loopback address"));
        assertThat(guard("1.1.1.1", "::1").problem(kafka)).isEmpty();
    }

    private static EgressGuard guard(String... allowed) {
        return new EgressGuard(List.of(allowed));
    }
}
