package swarm.scheduler.state;

import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.PortConfig;

/// The ports that hold the swarm together, which no service may publish: on the routing mesh it
/// would take them from every host, and nobody could remove it any more. Pure.
public final class ReservedPorts {
  private ReservedPorts() {}

  /// A port as `protocol/number`.
  public static String key(PortConfig port) {
    return port.protocolOrTcp() + "/" + port.publishedOrZero();
  }

  /// Where managers listen, where VXLAN packets go and where gossip does, each as [#key] has it.
  public static Set<String> of(@Nullable Cluster cluster, Iterable<Node> nodes) {
    var all = new TreeSet<String>();
    if (cluster != null) {
      all.add("udp/" + cluster.ingress().dataPathPort());
    }
    for (Node node : nodes) {
      Node.@Nullable Gossip gossip = node.description().gossip();
      if (gossip != null) {
        all.add("udp/" + gossip.port());
      }
      Node.@Nullable Manager manager = node.manager();
      if (manager != null) {
        all.add("tcp/" + manager.address().substring(manager.address().lastIndexOf(':') + 1));
      }
    }
    return all;
  }
}
