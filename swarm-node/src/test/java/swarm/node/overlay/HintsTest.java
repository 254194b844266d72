package swarm.node.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import swarm.network.VirtualAddresses;
import swarm.network.balance.Hints;
import swarm.network.netlink.Ipv4;
import swarm.node.rpc.SessionMessages;
import swarm.scheduler.model.Subnet;

/// Virtual addresses and names heed the same hints, and only they do: connections and neighbours go
/// by what managers say.
class HintsTest {
  private static final String A = "192.0.2.1";
  private static final String B = "192.0.2.2";
  private static final ClusterNetwork NETWORK =
      ClusterNetwork.of(
              "n", new SessionMessages.OverlayNetwork("front", 4097, 4789, 0, 8, false, 0))
          .with(
              new SessionMessages.OverlayChange(
                  "n",
                  null,
                  List.of(
                      task("10.1.0.3", A, "web", "t1"),
                      task("10.1.0.4", B, "web", "t2"),
                      task("10.1.0.5", B, "db", "t3"),
                      new SessionMessages.OverlayEndpoint(
                          address("10.1.0.6"), B, List.of("box"), "", true)),
                  List.of(),
                  List.of(
                      new SessionMessages.OverlayService(
                          "web", "web", address("10.1.0.2"), List.of()),
                      new SessionMessages.OverlayService("db", "db", 0, List.of())),
                  List.of()));
  private static final Hints ENDED = new Hints(List.of(), Set.of(new Hints.Ended("t2", B)));
  private static final Hints SILENT = new Hints(List.of(B), Set.of());

  private static SessionMessages.OverlayEndpoint task(
      String address, String host, String service, String id) {
    return new SessionMessages.OverlayEndpoint(
        address(address), host, List.of(service + ".1." + id), service, true, id);
  }

  private static int address(String text) {
    return Subnet.address(text).orElseThrow();
  }

  private static List<Inet4Address> all(String... texts) {
    return List.of(texts).stream().map(Inet4Address::ofLiteral).toList();
  }

  @Test
  void whoIsHeldOutIsInNoVirtualAddress() {
    VirtualAddresses before = ClusterNetwork.virtual(List.of(NETWORK));
    assertThat(before.backends()).containsValue(all("10.1.0.3", "10.1.0.4"));
    for (Hints hints : List.of(ENDED, SILENT)) {
      VirtualAddresses after = ClusterNetwork.virtual(List.of(NETWORK.heeding(hints)));
      assertThat(after.backends()).isEqualTo(Map.of(Ipv4.of(address("10.1.0.2")), all("10.1.0.3")));
      assertThat(after.equals(before)).isFalse();
    }
  }

  @Test
  void whoIsHeldOutIsInNoAnswer() {
    for (Hints hints : List.of(ENDED, SILENT)) {
      var names = new ClusterNames(() -> List.of(NETWORK.heeding(hints)));
      assertThat(names.addresses("tasks.web")).isEqualTo(all("10.1.0.3"));
      assertThat(names.addresses("web.1.t2")).isEmpty();
      assertThat(names.addresses("db")).as("the last").isEqualTo(all("10.1.0.5"));
      assertThat(names.addresses("box")).as("no task").isEqualTo(all("10.1.0.6"));
    }
  }

  @Test
  void frameForwardingAndOpenConnectionsGoByWhatManagersSay() {
    ClusterNetwork after = NETWORK.heeding(ENDED);
    Inet4Address self = Inet4Address.ofLiteral("192.0.2.9");
    assertThat(after.onHost(self)).isEqualTo(NETWORK.onHost(self));
    assertThat(NETWORK.heeding(Hints.NONE)).isSameAs(NETWORK);
    assertThat(NETWORK.heeding(new Hints(List.of(), Set.of(new Hints.Ended("t2", A)))))
        .as("of another's task")
        .isSameAs(NETWORK);
  }

  @Test
  void whatManagersSayAndWhatIsHeardComeInAnyOrder() throws Exception {
    var networks = new TreeMap<>(Map.of("n", NETWORK));
    Inet4Address self = Inet4Address.ofLiteral("192.0.2.9");
    var book = new NetworkBook();
    book.heed(ENDED);
    book.learn(networks, self, 1);
    assertThat(book.find("n")).isEqualTo(NETWORK.heeding(ENDED));
    long version = book.await(0).version();
    book.heed(SILENT); // the same are held out
    assertThat(book.await(0).version()).as("nothing to do").isEqualTo(version);
    book.heed(Hints.NONE);
    assertThat(book.find("n")).isEqualTo(NETWORK);
    assertThat(book.await(version).told()).as("nothing new from managers").isEqualTo(1);
  }
}
