package swarm.runtime.container;

import java.util.List;

/// How names are resolved in a container. Part of [ContainerConfig], whose record on disk has its
/// components. Immutable.
///
/// @param extraHosts `name:address` lines for `/etc/hosts`; the address may be [#HOST_GATEWAY]
/// @param dnsServers for `/etc/resolv.conf`; read by the network port too
/// @param dnsSearch search domains
/// @param dnsOptions resolver options
public record NameResolution(
    List<String> extraHosts,
    List<String> dnsServers,
    List<String> dnsSearch,
    List<String> dnsOptions) {
  /// The address of an extra host that stands for the host itself; it is looked up at each start.
  public static final String HOST_GATEWAY = "host-gateway";

  // A component that is missing in a file of an older version is null here.
  public NameResolution {
    extraHosts = extraHosts == null ? List.of() : List.copyOf(extraHosts);
    dnsServers = dnsServers == null ? List.of() : List.copyOf(dnsServers);
    dnsSearch = dnsSearch == null ? List.of() : List.copyOf(dnsSearch);
    dnsOptions = dnsOptions == null ? List.of() : List.copyOf(dnsOptions);
  }
}
