package swarm.node.dispatch;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import swarm.node.rpc.SessionMessages;
import swarm.scheduler.model.Node;
import swarm.scheduler.state.ClusterState;

/// Whether a node may be where it says that it is. What is meant for a node goes to its address,
/// and what is meant for its containers to its data path address, so two must not have the same,
/// and a worker must not take another's: neither while that one is there nor in the moment in which
/// its daemon starts again. Pure.
///
/// A host may be behind a translation of addresses, or send from another of its own; so that a
/// claim comes from elsewhere says nothing by itself. But who calls from the address has more to
/// say about it than who does not.
final class AddressClaim {
  private AddressClaim() {}

  /// @param claimed what the node says of itself
  /// @param from where its connection comes from
  /// @return why it may not; empty where it may
  static Optional<String> refusal(
      ClusterState state, String nodeId, SessionMessages.Hello claimed, InetAddress from) {
    return Stream.of(claimed.address(), claimed.description().dataPath())
        .filter(address -> address != null)
        .distinct()
        .flatMap(address -> refusal(state, nodeId, address, from).stream())
        .findFirst();
  }

  private static Optional<String> refusal(
      ClusterState state, String nodeId, String address, InetAddress from) {
    if (!literal(address)) {
      return Optional.of(
          "node " + nodeId + " says that it is at '" + address + "', which is no IPv4 address");
    }
    boolean there = from.isLoopbackAddress() || from.getHostAddress().equals(address);
    return state.nodes().values().stream()
        .filter(other -> !other.id().equals(nodeId) && !state.revoked().containsKey(other.id()))
        .filter(
            other -> other.status().address().equals(address) || other.dataPath().equals(address))
        .filter(other -> excludes(other.status().state(), there))
        .findFirst()
        .map(
            holder ->
                "node "
                    + nodeId
                    + " says that it is at "
                    + address
                    + ", which is the address of node "
                    + holder.id()
                    + " ("
                    + holder.description().hostname()
                    + "). If that one is gone for good, run 'docker node rm --force "
                    + holder.id()
                    + "' on a manager; else this node must leave and join with another "
                    + (holder.status().address().equals(address)
                        ? "--advertise-addr"
                        : "--data-path-addr"));
  }

  /// Every node reads it.
  private static boolean literal(@Nullable String address) {
    try {
      return Inet4Address.ofLiteral(address).getHostAddress().equals(address);
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  /// Whether a node that has the address already keeps it. A machine that joined anew calls from
  /// it, and what it was before is soon seen to be gone.
  ///
  /// @param there whether the other one calls from the address
  private static boolean excludes(Node.State holder, boolean there) {
    return switch (holder) {
      case READY -> true;
      case DISCONNECTED, DOWN -> !there;
      case UNKNOWN -> false; // it was never there
    };
  }
}
