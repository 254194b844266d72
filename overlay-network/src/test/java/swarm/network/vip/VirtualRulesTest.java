package swarm.network.vip;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
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
import swarm.network.nft.NftText;
import swarm.network.nft.SetSpec;
import swarm.network.nft.Statement;

class VirtualRulesTest {
  private static final VirtualAddresses TWO =
      addresses(Map.of("10.1.0.2", List.of("10.1.0.9", "10.1.0.8"), "10.1.0.3", List.of()));

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
    Golden.matches("vip-rules.nft", NftText.render(VirtualRules.replace(TWO.backends())));
  }

  @Test
  void oneTaskMoreIsOneRule() {
    VirtualAddresses more =
        addresses(
            Map.of("10.1.0.2", List.of("10.1.0.9", "10.1.0.8"), "10.1.0.3", List.of("10.1.0.7")));
    assertThat(NftText.render(VirtualRules.difference(TWO.backends(), more.backends())))
        .isEqualTo(
            """
            delete element ip swarm_vip closed { 10.1.0.3 }
            add chain ip swarm_vip to_10_1_0_3
            add rule ip swarm_vip to_10_1_0_3 dnat to numgen random mod 1 map { 0 : 10.1.0.7 }
            add element ip swarm_vip addresses { 10.1.0.3 : goto to_10_1_0_3 }
            """);
    VirtualAddresses less =
        addresses(Map.of("10.1.0.2", List.of("10.1.0.9"), "10.1.0.3", List.of()));
    assertThat(NftText.render(VirtualRules.difference(TWO.backends(), less.backends())))
        .isEqualTo(
            """
            flush chain ip swarm_vip to_10_1_0_2
            add rule ip swarm_vip to_10_1_0_2 dnat to numgen random mod 1 map { 0 : 10.1.0.9 }
            """);
    assertThat(VirtualRules.difference(TWO.backends(), TWO.backends())).isEmpty();
  }

  @Property(tries = 300)
  void howeverItCameAboutItIsAsMadeAfresh(
      @ForAll("steps") List<SortedMap<Inet4Address, List<Inet4Address>>> steps) {
    var kernel = new Kernel();
    kernel.run(VirtualRules.replace(Collections.emptySortedMap()));
    SortedMap<Inet4Address, List<Inet4Address>> was = Collections.emptySortedMap();
    for (var wanted : steps) {
      kernel.run(VirtualRules.difference(was, wanted));
      was = wanted;
      var fresh = new Kernel();
      fresh.run(VirtualRules.replace(wanted));
      assertThat(kernel.chains).isEqualTo(fresh.chains);
      assertThat(kernel.elements).isEqualTo(fresh.elements);
    }
  }

  @Provide
  Arbitrary<List<SortedMap<Inet4Address, List<Inet4Address>>>> steps() {
    Arbitrary<Inet4Address> few =
        Arbitraries.integers().between(2, 5).map(last -> address("10.1.0." + last));
    Arbitrary<List<Inet4Address>> backends = few.list().uniqueElements().ofMaxSize(3);
    return Arbitraries.maps(few, backends)
        .ofMaxSize(4)
        .map(all -> new VirtualAddresses(all, List.of()).backends())
        .list()
        .ofMaxSize(8);
  }

  /// What the kernel would have: it refuses what nft would.
  private static final class Kernel {
    private boolean table;
    private final Map<String, List<List<Statement>>> chains = new TreeMap<>();
    private final Map<String, String> elements = new TreeMap<>();

    void run(List<Change> changes) {
      for (Change change : changes) {
        switch (change) {
          case Change.AddTable _ -> table = true;
          case Change.DeleteTable _ -> {
            table = false;
            chains.clear();
            elements.clear();
          }
          case Change.AddSet _ -> assertThat(table).isTrue();
          case Change.AddChain add -> assertThat(chains.put(add.chain(), List.of())).isNull();
          case Change.FlushChain flush ->
              assertThat(chains.replace(flush.chain(), List.of())).isNotNull();
          case Change.DeleteChain delete -> {
            assertThat(elements).as("nothing leads there").doesNotContainValue(delete.chain());
            assertThat(chains.remove(delete.chain())).isEmpty();
          }
          case Change.AddRule add ->
              chains.compute(
                  add.chain(),
                  (_, rules) -> {
                    assertThat(rules).isNotNull();
                    var all = new java.util.ArrayList<>(rules == null ? List.of() : rules);
                    all.add(add.rule());
                    return all;
                  });
          case Change.AddElements add -> add.elements().forEach(e -> put(add.set(), e));
          case Change.DeleteElements delete ->
              delete
                  .elements()
                  .forEach(e -> assertThat(elements.remove(key(delete.set(), e))).isNotNull());
          case Change.InsertRule _, Change.DeleteRule _ -> throw new AssertionError(change);
        }
      }
    }

    private void put(SetSpec set, SetSpec.Element element) {
      String target = "";
      if (element.target() instanceof SetSpec.Target.Goto(String chain)) {
        assertThat(chains).containsKey(chain);
        target = chain;
      }
      assertThat(elements.put(key(set, element), target)).isNull();
    }

    private static String key(SetSpec set, SetSpec.Element element) {
      return set.name() + " " + element.key().getFirst().text();
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
