package swarm.node.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
  @ParameterizedTest
  @CsvSource({
    "'', '', 2377",
    "10.0.0.1, 10.0.0.1, 2377",
    "10.0.0.1:1, 10.0.0.1, 1",
    "0.0.0.0:65535, 0.0.0.0, 65535",
    "eth0:4000, eth0, 4000",
    "host.example, host.example, 2377",
    ":4000, '', 4000",
  })
  void aPortMayBeMissing(String text, String host, int port) throws MembershipException {
    assertThat(Addresses.HostPort.parse(text, 2377)).isEqualTo(new Addresses.HostPort(host, port));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a:", "a:0", "a:65536", "a:x", "a:-1", "a:+5", "a: 5", "a:99999999999"})
  void aPortIsANumberOf16Bits(String text) {
    assertThatThrownBy(() -> Addresses.HostPort.parse(text, 2377))
        .isInstanceOfSatisfying(
            MembershipException.class, e -> assertThat(e.httpStatus()).isEqualTo(400))
        .hasMessage(
            "'" + text + "' must be an address, or ADDRESS:PORT with a port from 1 to 65535");
  }

  @ParameterizedTest
  @ValueSource(strings = {"::1", "[::1]:2377", "[fe80::1%eth0]:2377", "2001:db8::1", "a:b:1"})
  void ipv6IsRefusedInsteadOfMisread(String text) {
    assertThatThrownBy(() -> Addresses.HostPort.parse(text, 2377))
        .isInstanceOfSatisfying(
            MembershipException.class, e -> assertThat(e.httpStatus()).isEqualTo(400))
        .hasMessageContaining("use an IPv4 address");
  }

  @Test
  void whatTheUserAdvertisesCountsMost() throws MembershipException {
    assertThat(Addresses.advertise("192.0.2.1", "127.0.0.1")).isEqualTo("192.0.2.1");
    assertThat(Addresses.advertise("lo", "")).isEqualTo("127.0.0.1");
    assertThat(Addresses.advertise("", "192.0.2.7")).isEqualTo("192.0.2.7");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nosuch0",
        "example.org",
        "1.2.3",
        "fe80::1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255"
      })
  void onlyIpv4AddressesAndInterfacesAreAdvertised(String asked) {
    assertThatThrownBy(() -> Addresses.advertise(asked, ""))
        .isInstanceOf(MembershipException.class)
        .hasMessageContaining("not '" + asked + "'");
  }

  @Test
  void anAddressThatNoInterfaceHasIsATranslatedOne() throws IOException {
    assertThat(Addresses.isOwn("127.0.0.1")).isTrue();
    assertThat(Addresses.isOwn("192.0.2.1")).isFalse(); // for documentation: RFC 5737
  }

  @Test
  void aNodeReachesItselfWhateverItAdvertises() {
    assertThat(Addresses.toSelf("0.0.0.0", 2377)).isEqualTo("127.0.0.1:2377");
    assertThat(Addresses.toSelf("", 2377)).isEqualTo("127.0.0.1:2377");
    assertThat(Addresses.toSelf("192.0.2.7", 99)).isEqualTo("192.0.2.7:99");
  }

  @Test
  void whoJoinsOthersIsNotAtAnAddressOfItsOwnHostAlone() throws Exception {
    var there = new Addresses.HostPort("10.0.0.1", 2377);
    var here = new Addresses.HostPort("127.0.0.1", 2377);
    assertThatThrownBy(() -> Addresses.refuseLoopback("127.0.0.5", List.of(there)))
        .isInstanceOf(MembershipException.class)
        .hasMessageContaining("127.0.0.5")
        .hasMessageContaining("--advertise-addr");
    Addresses.refuseLoopback("10.0.0.2", List.of(there));
    Addresses.refuseLoopback("127.0.0.1", List.of(here, there));
  }

  @Test
  void listensAtAnAddressOrAnInterface() throws Exception {
    assertThat(Addresses.listening("")).isEqualTo(new Addresses.HostPort("0.0.0.0", 2377));
    assertThat(Addresses.listening("lo:99")).isEqualTo(new Addresses.HostPort("127.0.0.1", 99));
    assertThat(Addresses.listening("10.1.2.3")).isEqualTo(new Addresses.HostPort("10.1.2.3", 2377));
    for (String wrong : new String[] {"nothing", "nothing:2377", "1.2.3"}) {
      assertThatThrownBy(() -> Addresses.listening(wrong))
          .isInstanceOf(MembershipException.class)
          .hasMessage(
              "listen address must be an IP address or network interface (with optional port"
                  + " number), not '%s'",
              wrong);
    }
  }

  @Test
  void whatCannotBeListenedAtIsSaidBeforeAnybodyIsAsked() throws Exception {
    assertThatThrownBy(() -> Addresses.checkListening(new Addresses.HostPort("192.0.2.1", 2377)))
        .isInstanceOf(MembershipException.class)
        .hasMessageContaining("192.0.2.1:2377")
        .hasMessageContaining("--listen-addr");
    Addresses.checkListening(new Addresses.HostPort("127.0.0.1", 0));
  }
}
