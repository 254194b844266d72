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
  private final VirtualPlans plans;
  private final ReentrantLock turn = new ReentrantLock();

  // guarded by turn
  private @Nullable NftClient nft;
  private @Nullable VirtualAddresses applied;
  private @Nullable VirtualAddresses settled; // calls that these left stale have been cut
  private StaleCalls stale = StaleCalls.NONE; // what has become so since
  private boolean closed;

  private VirtualServer(NetworkNamespaces.Handle netns, VirtualPlans plans) {
    this.netns = netns;
    this.plans = plans;
  }

  /// For a container's namespace; nothing is changed there yet.
  ///
  /// @param plans shared by all containers
  public static VirtualServer open(Path netns, VirtualPlans plans) throws IOException {
    return new VirtualServer(NetworkNamespaces.open(netns), plans);
  }

  /// Brings the container's rules to these, changing only what differs: calls that begin from now
  /// on follow them. Those that lead where they should not any more go on until [#settle].
  ///
  /// @throws IOException naming what the kernel refused; applying again continues
  public void apply(VirtualAddresses wanted) throws IOException {
    turn.lock();
    try {
      if (closed) {
        return;
      }
      if (wanted.equals(applied)) {
        applied = wanted; // the next step from it is planned for all that have this very one
        return;
      }
      VirtualAddresses was = applied;
      VirtualAddresses cut = settled == null ? wanted : settled;
      applied = null; // not known, should the kernel refuse
      if (nft == null) {
        nft = NftClient.open(netns); // kept: closing one waits for what was deleted
      }
      if (was == null) {
        nft.apply(VirtualRules.replace(wanted));
        stale = StaleCalls.between(cut, wanted);
      } else {
        VirtualPlans.Step step = plans.step(was, wanted);
        nft.apply(step.changes());
        stale = cut.equals(was) ? step.stale() : StaleCalls.between(cut, wanted);
      }
      settled = cut;
      applied = wanted;
    } finally {
      turn.unlock();
    }
  }

  /// Writes the rules anew where the namespace has lost them.
  ///
  /// @return whether it had
  public boolean mend() throws IOException {
    turn.lock();
    try {
      VirtualAddresses wanted = applied;
      if (closed || wanted == null || wanted.backends().isEmpty()) {
        return false;
      }
      if (nft == null || nft.exists(VirtualRules.TABLE)) {
        return false;
      }
      nft.apply(VirtualRules.replace(wanted));
      return true;
    } finally {
      turn.unlock();
    }
  }

  /// Cuts the calls that what was applied left stale. It takes a walk through all of the host's
  /// connections: where several containers' rules change, all of them are changed first.
  ///
  /// @throws IOException naming what the kernel refused; settling again continues
  public void settle() throws IOException {
    turn.lock();
    try {
      if (closed || applied == null) {
        return;
      }
      if (!stale.isEmpty()) {
        try (ConnectionTracking connections = ConnectionTracking.open(netns)) {
          if (connections.count() > 0) {
            var _ = connections.forget(stale);
          }
        }
      }
      stale = StaleCalls.NONE;
      settled = applied;
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
