package swarm.node.networks;

import java.net.Inet4Address;
import java.util.List;
import java.util.Optional;
import swarm.network.dns.Names;

/// What a container sees by name on the networks of its host, and where that is nothing, on those
/// of the cluster.
///
/// @param host also says whether others may be asked: it knows all of the container's networks
record AllNames(Names host, Names cluster) implements Names {
  @Override
  public List<Inet4Address> addresses(String name) {
    List<Inet4Address> here = host.addresses(name);
    return here.isEmpty() ? cluster.addresses(name) : here;
  }

  @Override
  public Optional<String> name(Inet4Address address) {
    return host.name(address).or(() -> cluster.name(address));
  }

  @Override
  public boolean asksOthers() {
    return host.asksOthers();
  }
}
