package swarm.runtime.container;

import java.util.List;

/// What a container has to know of its networks.
///
/// @param hosts further lines of `/etc/hosts`: address, white space, names
/// @param resolvConf content of `/etc/resolv.conf`; empty for the host's servers or those
///   configured
public record NetworkAttachment(List<String> hosts, String resolvConf) {
  /// Nothing.
  public static final NetworkAttachment NONE = new NetworkAttachment(List.of(), "");

  public NetworkAttachment {
    hosts = List.copyOf(hosts);
  }
}
