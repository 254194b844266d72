package swarm.scheduler.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A container that is no task, on a network that users made for the whole cluster.
///
/// @param nodeId where it runs
/// @param name the container's
/// @param aliases further names of it on this network; null for none
/// @param address IPv4, as an int
public record Attachment(
    String id,
    Version version,
    String networkId,
    String nodeId,
    String containerId,
    String name,
    @Nullable List<String> aliases,
    int address) {
  /// Further names of it on this network.
  public List<String> aliasesOrNone() {
    return NonNulls.of(aliases);
  }

  /// Its address.
  public NetworkAddress networkAddress() {
    return new NetworkAddress(networkId, address);
  }
}
