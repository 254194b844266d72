package swarm.network.bridge;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import swarm.linux.NetworkNamespaces;
import swarm.network.netlink.ConnectionTracking;
import swarm.network.netlink.RouteClient;
import swarm.network.nft.NftClient;

/// The kernel's networking in the host's namespace, from whichever thread. Thread-safe.
///
/// @param netns the namespace itself
/// @param routes links, addresses, routes and neighbours
/// @param nft packet rules
/// @param connections tracked connections
/// @param remover removes links
public record HostKernel(
    NetworkNamespaces.Handle netns,
    RouteClient routes,
    NftClient nft,
    ConnectionTracking connections,
    LinkRemover remover)
    implements AutoCloseable {

  /// Opens the namespace of a file, or the calling thread's.
  public static HostKernel open(Optional<Path> file) throws IOException {
    var netns = NetworkNamespaces.open(file.orElse(Path.of("/proc/thread-self/ns/net")));
    Deque<Runnable> opened = new ArrayDeque<>();
    opened.push(netns::close);
    try {
      RouteClient routes = RouteClient.open(netns);
      opened.push(routes::close);
      NftClient nft = NftClient.open(netns);
      opened.push(nft::close);
      ConnectionTracking connections = ConnectionTracking.open(netns);
      return new HostKernel(netns, routes, nft, connections, new LinkRemover(routes));
    } catch (IOException | RuntimeException e) {
      opened.forEach(Runnable::run);
      throw e;
    }
  }

  /// Closes the connections to the kernel; everything in it stays.
  @Override
  public void close() {
    connections.close();
    nft.close();
    routes.close();
    netns.close();
  }
}
