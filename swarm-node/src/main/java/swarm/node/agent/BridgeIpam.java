package swarm.node.agent;

import java.io.IOException;
import java.net.Inet4Address;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import swarm.network.HostNetwork;

/// Which container has which address on the bridge of those that name no network. Thread-safe: any
/// container's thread may reserve, and no two get the same.
final class BridgeIpam {
  private final HostNetwork host;

  // guarded by this
  private final Map<String, Inet4Address> addresses = new TreeMap<>();
  private Optional<Inet4Address> lastAddress = Optional.empty();

  BridgeIpam(HostNetwork host) {
    this.host = host;
  }

  /// The address that a container has already, or a free one.
  ///
  /// @throws IOException where none is free
  synchronized Inet4Address reserve(String containerId) throws IOException {
    Inet4Address mine = addresses.get(containerId);
    if (mine != null) {
      return mine;
    }
    Set<Inet4Address> used = new HashSet<>(addresses.values());
    used.addAll(host.bridgeAddresses()); // of containers whose files were lost, too
    Inet4Address free =
        HostNetwork.allocate(host.bridgeSubnet(), used, lastAddress)
            .orElseThrow(
                () ->
                    new IOException(
                        "no free address in "
                            + host.bridgeSubnet()
                            + ": "
                            + used.size()
                            + " are taken; remove containers or give the daemon a larger bridge"));
    addresses.put(containerId, free);
    lastAddress = Optional.of(free);
    return free;
  }

  /// A container has one since an earlier daemon.
  synchronized void recall(String containerId, Inet4Address address) {
    addresses.put(containerId, address);
  }

  synchronized void release(String containerId) {
    addresses.remove(containerId);
  }
}
