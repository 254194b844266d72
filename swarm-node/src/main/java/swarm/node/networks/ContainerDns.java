package swarm.node.networks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import swarm.linux.HostText;
import swarm.network.dns.DnsServer;
import swarm.network.dns.Names;
import swarm.network.nft.Table;

/// The name servers of containers that are on networks of users'. Thread-safe.
public final class ContainerDns implements AutoCloseable {
  private static final Path HOST_FILE = Path.of("/etc/resolv.conf");

  private final Supplier<Collection<Peer>> peers;
  private final Function<String, Names> clusterNames;
  private final Map<String, DnsServer> servers = new ConcurrentHashMap<>();

  /// @param peers every running container
  /// @param clusterNames what a container sees by name on the cluster's networks, by its id
  public ContainerDns(Supplier<Collection<Peer>> peers, Function<String, Names> clusterNames) {
    this.peers = peers;
    this.clusterNames = clusterNames;
  }

  /// How a container asks.
  ///
  /// @param servers its own; none: the host's
  /// @param search its own domains; none: the host's
  /// @param options its own; none: the host's
  public record Asking(List<String> servers, List<String> search, List<String> options) {}

  /// Opens a container's server, unless it is open.
  ///
  /// @param netns file of its network namespace, whose loopback is up
  public void open(String containerId, Path netns, List<String> ownServers) throws IOException {
    if (servers.containsKey(containerId)) {
      return;
    }
    var names =
        new AllNames(
            new PeerNames(containerId, peers, !ownServers.isEmpty()),
            clusterNames.apply(containerId));
    DnsServer server =
        DnsServer.open(netns, names, ResolvConf.upstreams(ownServers, HostText.of(HOST_FILE)));
    Optional.ofNullable(servers.put(containerId, server)).ifPresent(DnsServer::close);
  }

  /// Leads a container's questions to its server again, where its namespace has lost the rules.
  ///
  /// @param there the tables in it
  /// @return whether it had
  public boolean mend(String containerId, Set<Table> there) throws IOException {
    DnsServer server = servers.get(containerId);
    return server != null && server.mend(there);
  }

  /// What the container has to have as `/etc/resolv.conf`.
  public String resolvConf(Asking asking) throws IOException {
    return ResolvConf.text(asking.search(), asking.options(), HostText.of(HOST_FILE));
  }

  /// Closes a container's server, where it has one.
  public void close(String containerId) {
    Optional.ofNullable(servers.remove(containerId)).ifPresent(DnsServer::close);
  }

  /// Closes all of them; containers' questions wait for the next daemon.
  @Override
  public void close() {
    List.copyOf(servers.keySet()).forEach(this::close);
  }
}
