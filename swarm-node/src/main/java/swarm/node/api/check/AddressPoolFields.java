package swarm.node.api.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import swarm.node.api.error.ApiException;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Subnet;

/// Where a new cluster takes its networks' subnets from (`DefaultAddrPool` and `SubnetSize` of an
/// init), checked in Docker's words. Pure.
public final class AddressPoolFields {
  private static final int LEAST_PREFIX = 8;
  private static final int MOST_PREFIX = 29;

  private AddressPoolFields() {}

  /// @param size 0 where nothing is said
  /// @return null where nothing is asked for but what is usual
  /// @throws ApiException 400 for what is wrong
  public static Cluster.@Nullable AddressPools read(JsonNode pools, long size) throws ApiException {
    Cluster.AddressPools usual = Cluster.AddressPools.USUAL;
    if (pools.isEmpty() && (size == 0 || size == usual.subnetSize())) {
      return null;
    }
    long prefix = size == 0 ? usual.subnetSize() : size;
    if (prefix < LEAST_PREFIX || prefix > MOST_PREFIX) {
      throw ApiException.bad("subnet size is out of range: " + size);
    }
    var known = new ArrayList<Subnet>();
    for (JsonNode pool : pools) {
      known.add(checked(pool.asText(), prefix, known));
    }
    return new Cluster.AddressPools(
        known.isEmpty() ? usual.subnets() : known.stream().map(Subnet::toString).toList(),
        Math.toIntExact(prefix));
  }

  private static Subnet checked(String text, long prefix, List<Subnet> known) throws ApiException {
    Subnet pool =
        Subnet.parse(text)
            .orElseThrow(
                () -> ApiException.bad("invalid base pool " + text + ": invalid CIDR address"));
    if (prefix < pool.prefix()) {
      throw ApiException.bad(
          "invalid CIDR: \"" + text + "\". Subnet size is too small for pool: " + prefix);
    }
    if (pool.prefix() < LEAST_PREFIX) {
      throw ApiException.bad(
          "invalid base pool " + text + ": it must be from /" + LEAST_PREFIX + " on");
    }
    for (Subnet other : known) {
      if (other.overlaps(pool)) {
        throw ApiException.bad("invalid CIDR: \"" + text + "\" overlaps with \"" + other + "\"");
      }
    }
    return pool;
  }
}
