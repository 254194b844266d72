package swarm.network.vip;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import swarm.network.Golden;
import swarm.network.VirtualAddresses;
import swarm.network.netlink.ConnectionTracking.Tracked;
import swarm.network.netlink.Ipv4;
import swarm.network.nft.Change;
import swarm.network.nft.Datum;
import swarm.network.nft.NftText;
import swarm.network.nft.SetSpec;
import swarm.network.nft.Statement;

class VirtualRulesTest {
  private static final VirtualAddresses TWO =
      addresses(Map.of("10.1.0.2", List.of("10.1.0.9", "10.1.0.8"), "10.1.0.3", List.of()));

  private static final VirtualAddresses KEPT =
      new VirtualAddresses(TWO.backends(), List.of(), List.of(address("10.1.0.2")));

  private static VirtualAddresses addresses(Map<String, List<String>> all) {
    var parsed = new TreeMap<Inet4Address, List<Inet4Address>>(Ipv4.ORDER);
    all.forEach(
        (vip, behind) ->
            parsed.put(address(vip), behind.stream().map(VirtualRulesTest::address).toList()));
    return new VirtualAddresses(parsed, List.of());
  }

  private static Inet4Address address(String text) {
    return Inet4Address.ofLiteral(text);
  }

  @Test
  void theTable() {
    Golden.matches("vip-rules.nft", NftText.render(VirtualRules.replace(TWO)));
  }

  @Test
  void whereCallersKeepTheirTaskTheirShareChooses() {
    String rules = NftText.render(VirtualRules.replace(KEPT));
    assertThat(rules)
        .contains(
            "nat_output ip daddr @by_caller dnat to ip daddr . jhash ip saddr mod 256 seed"
                + " 0x73776172 map @tasks\n",
            "add element ip swarm_vip by_caller { 10.1.0.2 }",
            "10.1.0.2 . 255 : 10.1.0.")
        .doesNotContain("to_2");
    assertThat(VirtualRules.difference(KEPT, KEPT)).isEmpty();
  }

  @Test
  void oneTaskLessMovesItsCallersOnly() {
    VirtualAddresses less =
        new VirtualAddresses(
            addresses(Map.of("10.1.0.2", List.of("10.1.0.9"), "10.1.0.3", List.of())).backends(),
            List.of(),
            KEPT.keeping());
    List<Change> changes = VirtualRules.difference(KEPT, less);
    assertThat(changes).hasSize(2);
    assertThat(NftText.render(changes)).contains(": 10.1.0.9").doesNotContain(": 10.1.0.8");
  }

  @Test
  void oneTaskMoreOrLessIsAFewElements() {
    Map<String, List<String>> all =
        Map.of(
            "10.1.0.2", List.of("10.1.0.7", "10.1.0.8", "10.1.0.9"),
            "10.1.0.3", List.of("10.1.0.7", "10.1.0.8", "10.1.0.9"),
            "10.1.0.4", List.of("10.1.0.7", "10.1.0.8"));
    var less = new TreeMap<>(all);
    less.put("10.1.0.3", List.of("10.1.0.7", "10.1.0.9"));
    assertThat(difference(all, less))
        .isEqualTo(
            """
            delete element ip swarm_vip to_3 { 10.1.0.3 }
            delete element ip swarm_vip tasks { 10.1.0.3 . 1, 10.1.0.3 . 2 }
            add element ip swarm_vip to_2 { 10.1.0.3 }
            add element ip swarm_vip tasks { 10.1.0.3 . 1 : 10.1.0.9 }
            """);
    assertThat(difference(less, all))
        .isEqualTo(
            """
            delete element ip swarm_vip to_2 { 10.1.0.3 }
            delete element ip swarm_vip tasks { 10.1.0.3 . 1 }
            add element ip swarm_vip to_3 { 10.1.0.3 }
            add element ip swarm_vip tasks { 10.1.0.3 . 1 : 10.1.0.8, 10.1.0.3 . 2 : 10.1.0.9 }
            """);
    assertThat(difference(all, all)).isBlank();
  }

  @Test
  void aNumberOfTasksThatNobodyHadIsARuleMore() {
    assertThat(difference(Map.of("10.1.0.2", List.of("10.1.0.7")), Map.of("10.1.0.2", List.of())))
        .isEqualTo(
            """
            delete element ip swarm_vip to_1 { 10.1.0.2 }
            delete element ip swarm_vip tasks { 10.1.0.2 . 0 }
            add element ip swarm_vip closed { 10.1.0.2 }
            flush chain ip swarm_vip nat_output
            delete set ip swarm_vip to_1
            """);
  }

  private static String difference(
      Map<String, List<String>> was, Map<String, List<String>> wanted) {
    List<Change> changes = VirtualRules.difference(addresses(was), addresses(wanted));
    return changes.isEmpty() ? "" : NftText.render(changes);
  }

  @Property(tries = 300)
  void howeverItCameAboutItIsAsMadeAfresh(@ForAll("steps") List<VirtualAddresses> steps) {
    var kernel = new Kernel();
    kernel.run(VirtualRules.replace(VirtualAddresses.NONE));
    VirtualAddresses was = VirtualAddresses.NONE;
    for (VirtualAddresses wanted : steps) {
      kernel.run(VirtualRules.difference(was, wanted));
      was = wanted;
      var fresh = new Kernel();
      fresh.run(VirtualRules.replace(wanted));
      assertThat(kernel.chains).isEqualTo(fresh.chains);
      assertThat(kernel.sets).isEqualTo(fresh.sets);
    }
  }

  @Provide
  Arbitrary<List<VirtualAddresses>> steps() {
    Arbitrary<Inet4Address> few =
        Arbitraries.integers().between(2, 5).map(last -> address("10.1.0." + last));
    Arbitrary<List<Inet4Address>> backends = few.list().uniqueElements().ofMaxSize(3);
    return Arbitraries.maps(few, backends)
        .ofMaxSize(4)
        .flatMap(
            all -> few.set().ofMaxSize(2).map(some -> new VirtualAddresses(all, List.of(), some)))
        .list()
        .ofMaxSize(8);
  }

  /// What the kernel would have: it refuses what nft would.
  private static final class Kernel {
    private final Map<String, List<List<Statement>>> chains = new TreeMap<>();
    private final Map<String, Map<String, SetSpec.Target>> sets = new TreeMap<>();

    void run(List<Change> changes) {
      for (Change change : changes) {
        switch (change) {
          case Change.AddTable _ -> {}
          case Change.DeleteTable _ -> {
            chains.clear();
            sets.clear();
          }
          case Change.AddSet add ->
              assertThat(sets.put(add.set().name(), new TreeMap<>())).isNull();
          case Change.DeleteSet delete -> {
            assertThat(chains.values().toString())
                .as("no rule asks it")
                .doesNotContain("set=" + delete.set().name() + ",");
            assertThat(sets.remove(delete.set().name())).isNotNull();
          }
          case Change.AddChain add -> assertThat(chains.put(add.chain(), List.of())).isNull();
          case Change.FlushChain flush ->
              assertThat(chains.replace(flush.chain(), List.of())).isNotNull();
          case Change.AddRule add -> {
            var rules = new ArrayList<>(chains.getOrDefault(add.chain(), List.of()));
            rules.add(add.rule());
            assertThat(chains.replace(add.chain(), rules)).isNotNull();
          }
          case Change.AddElements add ->
              add.elements()
                  .forEach(
                      e ->
                          assertThat(set(add.set()).put(key(e), e.target()))
                              .as("%s is new in %s", e, add.set().name())
                              .isNull());
          case Change.DeleteElements delete ->
              delete
                  .elements()
                  .forEach(e -> assertThat(set(delete.set()).remove(key(e))).isNotNull());
          case Change.DeleteChain _, Change.InsertRule _, Change.DeleteRule _ ->
              throw new AssertionError(change);
        }
      }
    }

    private Map<String, SetSpec.Target> set(SetSpec set) {
      return Objects.requireNonNull(sets.get(set.name()), set.name());
    }

    private static String key(SetSpec.Element element) {
      return element.key().stream().map(Datum::text).collect(Collectors.joining(" . "));
    }
  }

  @Test
  void onlyCallsToWhatIsGoneAreStale() {
    Inet4Address vip = address("10.1.0.2");
    Inet4Address task = address("10.1.0.8");
    var was = new VirtualAddresses(Map.of(vip, List.of(task)), List.of(task));
    var drained = new VirtualAddresses(Map.of(vip, List.<Inet4Address>of()), List.of(task));
    var gone = new VirtualAddresses(Map.of(vip, List.<Inet4Address>of()), List.of());
    var tcp = new Tracked(6, vip, 80, task);
    var udp = new Tracked(17, vip, 53, task);
    assertThat(StaleCalls.between(was, was).isEmpty()).isTrue();
    assertThat(StaleCalls.between(was, drained).test(tcp)).as("it goes on").isFalse();
    assertThat(StaleCalls.between(was, drained).test(udp)).as("datagrams move").isTrue();
    assertThat(StaleCalls.between(was, gone).test(tcp)).as("it is cut").isTrue();
    assertThat(StaleCalls.between(was, gone).test(new Tracked(6, task, 80, task)))
        .as("called by its own address")
        .isFalse();
  }
}
