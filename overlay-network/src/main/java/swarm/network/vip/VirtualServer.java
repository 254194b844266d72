package swarm.network.vip;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import swarm.linux.NetworkNamespaces;
import swarm.network.VirtualAddresses;
import swarm.network.netlink.ConnectionTracking;
import swarm.network.nft.NftClient;

/// The virtual addresses that one container can call. The rules are in its namespace, and outlive
/// the daemon; a new one replaces them in one transaction, and connections do not notice.
/// Thread-safe.
///
/// It keeps the namespace: close it when the container ends.
public final class VirtualServer implements AutoCloseable {
  private final NetworkNamespaces.Handle netns;
  private final ReentrantLock turn = new ReentrantLock();

  // guarded by turn
  private @Nullable NftClient nft;
  private @Nullable VirtualAddresses applied;
  private boolean closed;

  private VirtualServer(NetworkNamespaces.Handle netns) {
    this.netns = netns;
  }

  /// For a container's namespace; nothing is changed there yet.
  public static VirtualServer open(Path netns) throws IOException {
    return new VirtualServer(NetworkNamespaces.open(netns));
  }

  /// Brings the container's rules to these, changing only what differs.
  ///
  /// @throws IOException naming what the kernel refused; applying again continues
  public void apply(VirtualAddresses wanted) throws IOException {
    turn.lock();
    try {
      if (closed || wanted.equals(applied)) {
        return;
      }
      VirtualAddresses was = applied;
      applied = null; // not known, should the kernel refuse
      if (nft == null) {
        nft = NftClient.open(netns); // kept: closing one waits for what was deleted
      }
      nft.apply(
          was == null
              ? VirtualRules.replace(wanted.backends())
              : VirtualRules.difference(was.backends(), wanted.backends()));
      StaleCalls stale = StaleCalls.between(was == null ? VirtualAddresses.NONE : was, wanted);
      if (!stale.isEmpty()) {
        try (ConnectionTracking connections = ConnectionTracking.open(netns)) {
          var _ = connections.forget(stale);
        }
      }
      applied = wanted;
    } finally {
      turn.unlock();
    }
  }

  /// Lets go of the namespace; the rules stay in it.
  @Override
  public void close() {
    turn.lock();
    try {
      if (!closed) {
        closed = true;
        if (nft != null) {
          nft.close();
        }
        netns.close();
      }
    } finally {
      turn.unlock();
    }
  }
}
