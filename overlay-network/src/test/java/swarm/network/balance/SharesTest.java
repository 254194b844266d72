package swarm.network.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;
import org.junit.jupiter.api.Test;
import swarm.network.netlink.Ipv4;

class SharesTest {
  private static List<Inet4Address> backends(int... last) {
    return IntStream.of(last).mapToObj(n -> Ipv4.of(10 << 24 | n)).toList();
  }

  /// Hosts of different builds must find the same: never change this.
  @Test
  void everyBuildFindsTheSame() {
    List<Inet4Address> three = backends(2, 3, 4);
    List<Integer> owners =
        Shares.of(three).stream().limit(16).map(each -> Ipv4.toInt(each) & 0xff).toList();
    assertThat(owners).hasToString("[3, 4, 3, 4, 3, 2, 4, 3, 3, 4, 3, 4, 2, 4, 3, 4]");
    assertThat(Shares.of(List.of())).isEmpty();
    assertThat(Shares.of(backends(7))).hasSize(Shares.COUNT).containsOnly(backends(7).getFirst());
  }

  @Property
  void whoGoesMovesItsSharesAndNoOthers(
      @ForAll @Size(min = 2, max = 12) @UniqueElements
          List<@IntRange(min = 1, max = 4000) Integer> all) {
    List<Inet4Address> backends = backends(all.stream().mapToInt(Integer::intValue).toArray());
    Inet4Address gone = backends.getFirst();
    List<Inet4Address> before = Shares.of(backends);
    List<Inet4Address> after = Shares.of(backends.subList(1, backends.size()));
    for (int share = 0; share < Shares.COUNT; share++) {
      if (!before.get(share).equals(gone)) {
        assertThat(after.get(share)).isEqualTo(before.get(share));
      }
    }
    assertThat(after).doesNotContain(gone);
    assertThat(Shares.of(backends.reversed())).as("in whatever order").isEqualTo(before);
  }

  @Test
  void sharesAreNearlyEven() {
    for (int count = 2; count <= 8; count++) {
      List<Inet4Address> backends = backends(IntStream.rangeClosed(2, count + 1).toArray());
      List<Inet4Address> shares = Shares.of(backends);
      double even = (double) Shares.COUNT / count;
      for (Inet4Address each : backends) {
        assertThat((double) Collections.frequency(shares, each)).isBetween(0.5 * even, 1.6 * even);
      }
    }
  }
}
