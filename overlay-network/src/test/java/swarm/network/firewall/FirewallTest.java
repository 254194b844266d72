package swarm.network.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Inet4Address;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import swarm.network.HostNetwork;
import swarm.network.HostNetworkOptions;
import swarm.network.Inet4Network;
import swarm.network.NetworkBridge;
import swarm.network.TestHost;

/// With the kernel, and rules as firewalls make them.
class FirewallTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static final String STRICT =
      """
      table inet strict {
        set banned { type ipv4_addr; elements = { 192.0.2.1 } }
        chain in {
          type filter hook input priority 0; policy drop;
          ct state vmap { established : accept, related : accept, invalid : drop }
          iifname { "lo", "tun0" } accept
          ip saddr @banned drop
          meta l4proto icmp accept
          tcp dport { 22, 2000-2100 } accept
        }
        chain pass {
          type filter hook forward priority 0; policy drop;
          ct state established,related accept
        }
      }
      """;

  /// The rules of `ufw enable`, shortened, in the syntax of iptables-restore.
  private static final String UFW =
      """
      *filter
      :INPUT DROP [0:0]
      :FORWARD DROP [0:0]
      :OUTPUT ACCEPT [0:0]
      :ufw-before-input - [0:0]
      :ufw-before-forward - [0:0]
      :ufw-after-logging-input - [0:0]
      :ufw-not-local - [0:0]
      :ufw-user-input - [0:0]
      :ufw-user-forward - [0:0]
      :ufw-user-limit - [0:0]
      -A INPUT -j ufw-before-input
      -A INPUT -j ufw-after-logging-input
      -A FORWARD -j ufw-before-forward
      -A ufw-before-input -i lo -j ACCEPT
      -A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
      -A ufw-before-input -m conntrack --ctstate INVALID -j DROP
      -A ufw-before-input -p icmp --icmp-type 8 -j ACCEPT
      -A ufw-before-input -p udp --sport 67 --dport 68 -j ACCEPT
      -A ufw-before-input -j ufw-not-local
      -A ufw-before-input -d 224.0.0.251/32 -p udp --dport 5353 -j ACCEPT
      -A ufw-before-input -j ufw-user-input
      -A ufw-not-local -m addrtype --dst-type LOCAL -j RETURN
      -A ufw-not-local -m addrtype --dst-type MULTICAST -j RETURN
      -A ufw-not-local -j DROP
      -A ufw-user-input -p tcp --dport 22 -j ACCEPT
      -A ufw-user-input -p tcp -m multiport --dports 80,443 -j ACCEPT
      -A ufw-before-forward -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
      -A ufw-before-forward -p icmp --icmp-type 8 -j ACCEPT
      -A ufw-before-forward -j ufw-user-forward
      -A ufw-after-logging-input -m limit --limit 3/min --limit-burst 10 -j LOG --log-prefix "[UFW BLOCK] "
      COMMIT
      """;

  /// As Docker 20.10 has it that found forwarding off.
  private static final String DOCKER =
      """
      *filter
      :INPUT ACCEPT [0:0]
      :FORWARD DROP [0:0]
      :OUTPUT ACCEPT [0:0]
      :DOCKER - [0:0]
      :DOCKER-ISOLATION-STAGE-1 - [0:0]
      :DOCKER-ISOLATION-STAGE-2 - [0:0]
      :DOCKER-USER - [0:0]
      -A FORWARD -j DOCKER-USER
      -A FORWARD -j DOCKER-ISOLATION-STAGE-1
      -A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
      -A FORWARD -o docker0 -j DOCKER
      -A FORWARD -i docker0 ! -o docker0 -j ACCEPT
      -A FORWARD -i docker0 -o docker0 -j ACCEPT
      -A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
      -A DOCKER-ISOLATION-STAGE-1 -j RETURN
      -A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
      -A DOCKER-ISOLATION-STAGE-2 -j RETURN
      -A DOCKER-USER -d 192.0.2.100/32 -j DROP
      -A DOCKER-USER -j RETURN
      COMMIT
      """;

  private static final String FIREWALLD =
      """
      table inet firewalld {
        chain filter_INPUT {
          type filter hook input priority 10; policy accept;
          ct state { established, related } accept
          ct status dnat accept
          iifname "lo" accept
          ct state invalid drop
          jump filter_INPUT_ZONES
          reject with icmpx admin-prohibited
        }
        chain filter_FORWARD {
          type filter hook forward priority 10; policy accept;
          ct state { established, related } accept
          ct status dnat accept
          iifname "lo" accept
          ct state invalid drop
          ip6 daddr { ::/96, fe80::/10 } reject with icmpv6 addr-unreachable
          jump filter_FORWARD_ZONES
          reject with icmpx admin-prohibited
        }
        chain filter_INPUT_ZONES {
          iifname "eth0" goto filter_IN_public
          goto filter_IN_public
        }
        chain filter_FORWARD_ZONES {
          iifname "eth0" goto filter_FWD_public
          goto filter_FWD_public
        }
        chain filter_IN_public {
          jump filter_IN_public_allow
          meta l4proto { icmp, ipv6-icmp } accept
        }
        chain filter_IN_public_allow {
          tcp dport 22 accept
          ip6 daddr fe80::/64 udp dport 546 accept
        }
        chain filter_FWD_public {
          iifname "eth0" oifname "eth0" accept
        }
      }
      """;

  private final List<TestHost> hosts = new java.util.ArrayList<>();
  private TestHost host;
  private HostNetwork network;

  @BeforeAll
  static void mayMakeNamespaces() throws IOException {
    TestHost.assumeRoot();
    TestHost.removeLeftovers();
  }

  @BeforeEach
  void open() throws IOException {
    hosts.addAll(TestHost.lan(1));
    host = hosts.getFirst();
    network = HostNetwork.open(HostNetworkOptions.defaults().withNetns(host.netns()));
  }

  @AfterEach
  void close() {
    network.close();
    hosts.forEach(TestHost::close);
  }

  private static Firewall.Ports ports() {
    return new Firewall.Ports(
        Optional.of(Inet4Address.ofLiteral("10.77.0.1")),
        Set.of(2377),
        Set.of(7946),
        OptionalInt.of(4789));
  }

  private Firewall watch(boolean manage) throws IOException {
    return network.watchFirewall(new Firewall.Options(manage, FirewallTest::ports));
  }

  private void load(String ruleset) {
    host.execWithInput(ruleset, "nft", "-f", "-");
  }

  private String rules(String table) {
    return host.exec("nft", "-a", "list", "table", "inet", table);
  }

  private static void await(String what, BooleanSupplier state) {
    Instant end = Instant.now().plus(LIMIT);
    while (!state.getAsBoolean()) {
      assertThat(Instant.now()).as("until " + what).isBefore(end);
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  private static List<String> stopped(Firewall firewall) {
    return firewall.status().findings().stream()
        .filter(Finding::certain)
        .flatMap(finding -> finding.stopped().stream())
        .map(Opening::name)
        .sorted()
        .toList();
  }

  @Test
  void whereNothingDropsNothingIsTold() throws IOException {
    load("table inet mild { chain in { type filter hook input priority 0; tcp dport 25 drop; }; }");
    try (Firewall firewall = watch(false)) {
      assertThat(firewall.status().findings()).isEmpty();
    }
  }

  @Test
  void policiesAreNamedAsSoonAsTheyAreThereAndNoMoreWhenTheyAreGone() throws IOException {
    try (Firewall firewall = watch(false)) {
      assertThat(firewall.status().findings()).isEmpty();
      load(STRICT);
      await("the rules are seen", () -> firewall.status().findings().size() == 2);
      assertThat(stopped(firewall))
          .contains("from swarm0", "tcp 2377", "to swarm0", "udp 4789", "udp 7946");
      assertThat(firewall.status().drops())
          .anySatisfy(
              text ->
                  assertThat(text)
                      .contains("policy drop in chain pass of table inet strict")
                      .contains("--manage-firewall")
                      .contains("nft 'insert rule inet strict pass oifname \"swarm0\" accept'"));
      host.exec("nft", "delete", "table", "inet", "strict");
      await("they are gone", () -> firewall.status().findings().isEmpty());
    }
  }

  @Test
  void managedRulesLetPassAndComeBackAndGo() throws IOException {
    load(STRICT);
    try (Firewall firewall = watch(true)) {
      assertThat(firewall.status().findings()).isEmpty();
      assertThat(rules("strict"))
          .contains("oifname \"swarm0\" accept comment \"swarm firewall: to swarm0\"")
          .contains("tcp dport 2377 accept comment \"swarm firewall: tcp 2377\"")
          .containsPattern("(?s)@banned drop.*swarm firewall: tcp 2377");
      load("delete table inet strict; " + STRICT);
      await("they are back", () -> rules("strict").contains("swarm firewall: tcp 2377"));
      host.exec("nft", "insert", "rule", "inet", "strict", "in", "tcp", "dport", "2377", "drop");
      await(
          "they are before what was put before them",
          () ->
              rules("strict").indexOf("swarm firewall: tcp 2377")
                      < rules("strict").indexOf("tcp dport 2377 drop")
                  && rules("strict").split("swarm firewall: tcp 2377", -1).length == 2);
    }
    assertThat(rules("strict")).contains("swarm firewall: ");
    try (Firewall firewall = watch(false)) {
      assertThat(rules("strict")).doesNotContain("swarm firewall: ").contains("@banned drop");
      assertThat(firewall.status().findings()).isNotEmpty();
    }
  }

  @Test
  void asUfwHasIt() throws IOException {
    host.execWithInput(UFW, "iptables-nft-restore");
    try (Firewall firewall = watch(false)) {
      assertThat(stopped(firewall))
          .contains("from swarm0", "tcp 2377", "to swarm0", "udp 4789", "udp 7946");
      assertThat(String.join("\n", firewall.status().drops()))
          .contains("policy drop in chain FORWARD of table ip filter")
          .contains("ufw allow 2377/tcp")
          .contains("ufw route allow out on swarm0");
    }
    try (Firewall firewall = watch(true)) {
      assertThat(firewall.status().findings()).isEmpty();
      assertThat(host.exec("iptables-nft", "-S"))
          .contains("swarm firewall: tcp 2377")
          .contains("-A FORWARD -o swarm0")
          .contains("-A ufw-user-input -p tcp -m tcp --dport 22 -j ACCEPT");
      host.exec("iptables-nft", "-F", "FORWARD");
      await(
          "they are back",
          () -> host.exec("iptables-nft", "-S", "FORWARD").contains("-A FORWARD -o swarm0"));
    }
  }

  @Test
  void asFirewalldHasIt() throws IOException {
    load(FIREWALLD);
    try (Firewall firewall = watch(false)) {
      assertThat(stopped(firewall)).contains("from swarm0", "tcp 2377").doesNotContain("to swarm0");
      assertThat(String.join("\n", firewall.status().drops()))
          .contains("(reject) in chain filter_INPUT of table inet firewalld")
          .contains("firewall-cmd --permanent --add-port=2377/tcp");
    }
    try (Firewall firewall = watch(true)) {
      assertThat(firewall.status().findings()).isEmpty();
      assertThat(rules("firewalld"))
          .containsPattern("udp dport 7946 accept[^}]*reject with icmpx admin-prohibited");
    }
  }

  @Test
  void besideDockerItsOwnChainIsEnough() throws IOException {
    host.execWithInput(DOCKER, "iptables-nft-restore");
    network.close();
    network = HostNetwork.open(HostNetworkOptions.defaults().withNetns(host.netns()));
    try (Firewall firewall = watch(true)) {
      assertThat(firewall.status().findings()).isEmpty();
      assertThat(host.exec("iptables-nft", "-S")).doesNotContain("swarm firewall");
    }
    host.exec("iptables-nft", "-F", "DOCKER-USER");
    try (Firewall firewall = watch(false)) {
      assertThat(String.join("\n", firewall.status().drops()))
          .contains("policy drop in chain FORWARD of table ip filter");
    }
  }

  @Test
  void rulesOfABridgeComeAndGoWithIt() throws IOException {
    load(STRICT);
    String id = "0123456789ab".repeat(5) + "0123";
    try (Firewall firewall = watch(true)) {
      network
          .networks()
          .add(
              new NetworkBridge(
                  id,
                  "br-0123456789ab",
                  Inet4Network.parse("172.31.0.0/16"),
                  Inet4Address.ofLiteral("172.31.0.1"),
                  false,
                  true,
                  true,
                  1500));
      await("its rules are there", () -> rules("strict").contains("from br-0123456789ab"));
      network.networks().remove(id);
      await("its rules are gone", () -> !rules("strict").contains("br-0123456789ab"));
      assertThat(firewall.status().findings()).isEmpty();
    }
    network.removeAll();
    assertThat(rules("strict")).doesNotContain("swarm firewall");
  }

  @Test
  void whatIsNotReadIsNoClaim() throws IOException {
    host.execWithInput(
        """
        *filter
        :INPUT ACCEPT [0:0]
        -A INPUT -p tcp -m string --string x --algo bm -j DROP
        -A INPUT -s 10.77.0.9/32 -p udp -j DROP
        COMMIT
        """,
        "iptables-nft-restore");
    try (Firewall firewall = watch(true)) {
      assertThat(firewall.status().drops()).isEmpty();
      assertThat(firewall.status().doubts()).singleElement().asString().contains("may drop");
      assertThat(host.exec("iptables-nft", "-S")).doesNotContain("swarm firewall");
    }
  }
}
