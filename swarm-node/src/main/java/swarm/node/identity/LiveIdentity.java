package swarm.node.identity;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A node's identity as it is now: certificate, role and trusted roots change while the node runs.
/// What is open goes on with what it began with; whatever is opened next uses the new one.
/// Thread-safe.
public final class LiveIdentity {
  /// Hears of every change, one at a time, on the thread that made it: must hand over and return.
  @FunctionalInterface
  public interface Listener {
    /// @param before differs from `after` in certificate and key, in roots, or in both; where
    ///   `before.self().role()` is not `after.self().role()`, the node has changed its role
    void replaced(NodeIdentity before, NodeIdentity after);
  }

  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private volatile NodeIdentity current;

  public LiveIdentity(NodeIdentity first) {
    this.current = first;
  }

  /// The identity to use for whatever begins now.
  public NodeIdentity current() {
    return current;
  }

  /// The node that this is, with its present role.
  public Peer self() {
    return current.self();
  }

  /// Puts another one in its place. It must be on the disk by then.
  ///
  /// @throws IllegalArgumentException where it is another node's, or of another cluster
  public synchronized void replace(NodeIdentity next) {
    NodeIdentity before = current;
    Peer was = before.self();
    Peer is = next.self();
    if (!was.nodeId().equals(is.nodeId()) || !was.clusterId().equals(is.clusterId())) {
      throw new IllegalArgumentException(is + " cannot take the place of " + was);
    }
    current = next;
    listeners.forEach(each -> each.replaced(before, next));
  }

  /// Adds a listener; it hears of changes from now on.
  public void listen(Listener listener) {
    listeners.add(listener);
  }

  /// Ends that.
  public void unlisten(Listener listener) {
    listeners.remove(listener);
  }
}
