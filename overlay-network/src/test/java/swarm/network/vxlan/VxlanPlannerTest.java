package swarm.network.vxlan;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import swarm.network.netlink.Ipv4;
import swarm.network.netlink.MacAddress;
import swarm.network.netlink.Request;
import swarm.network.vxlan.VxlanPlanner.Known;

class VxlanPlannerTest {
  private static final Known NOTHING = new Known(Map.of(), Map.of());

  @Test
  void makesEachAddressKnown() {
    VxlanPlanner.Plan plan = VxlanPlanner.plan(5, 6, where(Map.of(10, 1)), NOTHING);
    assertThat(plan.additions())
        .extracting(Request::what)
        .containsExactly(
            "add forwarding of 02:42:0a:ff:00:0a to 10.0.0.1",
            "add neighbour 10.255.0.10 02:42:0a:ff:00:0a");
    assertThat(plan.removals()).isEmpty();
  }

  @Test
  void anAddressThatMovesIsOneChange() {
    VxlanPlanner.Plan plan =
        VxlanPlanner.plan(5, 6, where(Map.of(10, 2)), Known.of(where(Map.of(10, 1))));
    assertThat(plan.additions())
        .extracting(Request::what)
        .containsExactly("add forwarding of 02:42:0a:ff:00:0a to 10.0.0.2");
    assertThat(plan.removals()).isEmpty();
  }

  @Test
  void anAddressThatIsGoneIsForgotten() {
    VxlanPlanner.Plan plan =
        VxlanPlanner.plan(5, 6, where(Map.of()), Known.of(where(Map.of(10, 1))));
    assertThat(plan.additions()).isEmpty();
    assertThat(plan.removals())
        .extracting(Request::what)
        .containsExactly("delete neighbour 10.255.0.10", "delete forwarding of 02:42:0a:ff:00:0a");
  }

  @Property
  void equalStatesNeedNothing(
      @ForAll @Size(max = 20)
          Map<@IntRange(min = 2, max = 99) Integer, @IntRange(min = 1, max = 9) Integer> hosts) {
    VxlanPlanner.Plan plan = VxlanPlanner.plan(5, 6, where(hosts), Known.of(where(hosts)));
    assertThat(plan.additions()).isEmpty();
    assertThat(plan.removals()).isEmpty();
  }

  @Property
  void thePlanHasOneEntryForEachDifference(
      @ForAll @Size(max = 20)
          Map<@IntRange(min = 2, max = 30) Integer, @IntRange(min = 1, max = 3) Integer> was,
      @ForAll @Size(max = 20)
          Map<@IntRange(min = 2, max = 30) Integer, @IntRange(min = 1, max = 3) Integer> now) {
    VxlanPlanner.Plan plan = VxlanPlanner.plan(5, 6, where(now), Known.of(where(was)));
    var forwarding = new LinkedHashMap<>(was);
    List<Integer> gone = was.keySet().stream().filter(key -> !now.containsKey(key)).toList();
    gone.forEach(forwarding::remove);
    forwarding.putAll(now);
    assertThat(forwarding).isEqualTo(now);
    long added = now.keySet().stream().filter(key -> !was.containsKey(key)).count();
    long moved =
        now.keySet().stream()
            .filter(key -> was.containsKey(key) && !was.get(key).equals(now.get(key)))
            .count();
    assertThat(plan.additions()).hasSize((int) (2 * added + moved));
    assertThat(plan.removals()).hasSize(2 * gone.size());
  }

  @Test
  void ethernetAddressesAreDerived() {
    assertThat(MacAddress.derivedFrom(Inet4Address.ofLiteral("192.168.200.254")))
        .hasToString("02:42:c0:a8:c8:fe");
    assertThat(MacAddress.of(new MacAddress(0x0242c0a8c8feL).octets()).bits())
        .isEqualTo(0x0242c0a8c8feL);
  }

  private static SortedMap<Inet4Address, Inet4Address> where(Map<Integer, Integer> hosts) {
    var where = new TreeMap<Inet4Address, Inet4Address>(Ipv4.ORDER);
    hosts.forEach(
        (task, host) ->
            where.put(
                Inet4Address.ofLiteral("10.255.0." + task),
                Inet4Address.ofLiteral("10.0.0." + host)));
    return where;
  }
}
