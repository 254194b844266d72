package swarm.network.balance;

import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Which backend answers which share of the callers, where each caller is to keep its backend.
/// Pure.
///
/// Callers are parted into shares by a hash of their address, in the kernel. A share belongs to the
/// backend with the highest weight for it (rendezvous hashing, Thaler and Ravishankar 1998): when a
/// backend comes or goes, only the shares move that it gets or had, and every host finds the same
/// without asking another.
public final class Shares {
  /// How many there are.
  public static final int COUNT = 256;

  private Shares() {}

  /// The backend of each share; empty where there is none.
  public static List<Inet4Address> of(List<Inet4Address> backends) {
    var all = new ArrayList<Inet4Address>();
    for (int share = 0; share < COUNT && !backends.isEmpty(); share++) {
      Inet4Address best = backends.getFirst();
      for (Inet4Address each : backends) {
        if (above(each, best, share)) {
          best = each;
        }
      }
      all.add(best);
    }
    return List.copyOf(all);
  }

  private static boolean above(Inet4Address one, Inet4Address other, int share) {
    int byWeight = Long.compareUnsigned(weight(one, share), weight(other, share));
    return byWeight != 0 ? byWeight > 0 : Integer.compareUnsigned(bits(one), bits(other)) > 0;
  }

  /// Hosts of all builds must find the same: it never changes. (SplitMix64's mixer.)
  private static long weight(Inet4Address backend, int share) {
    long z = (Integer.toUnsignedLong(bits(backend)) << 32 | share) + 0x9e3779b97f4a7c15L;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  private static int bits(Inet4Address address) {
    return ByteBuffer.wrap(address.getAddress()).getInt();
  }
}
