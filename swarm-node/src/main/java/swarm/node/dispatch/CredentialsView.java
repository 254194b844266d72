package swarm.node.dispatch;

import java.util.Optional;
import swarm.node.rpc.SessionMessages;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Node;
import swarm.scheduler.state.Change;
import swarm.scheduler.state.ClusterState;

/// What a node's certificate is to be, as the state has it. Pure.
final class CredentialsView {
  private CredentialsView() {}

  /// Whether a change may alter any node's, or where the managers are.
  static boolean concerns(Change change) {
    return switch (change) {
      case Change.OfCluster _ -> true;
      case Change.OfNode n ->
          n.before() == null
              || n.after() == null
              || n.before().spec().manager() != n.after().spec().manager()
              || !java.util.Objects.equals(n.before().manager(), n.after().manager());
      case Change.OfService _,
          Change.OfTask _,
          Change.OfPayload _,
          Change.OfNetwork _,
          Change.OfAttachment _ ->
          false;
    };
  }

  /// One node's; empty for who is none of the cluster's.
  static Optional<SessionMessages.Credentials> of(ClusterState state, String nodeId) {
    Cluster cluster = state.cluster();
    Node node = state.nodes().get(nodeId);
    return cluster == null || node == null
        ? Optional.empty()
        : Optional.of(
            new SessionMessages.Credentials(
                node.holdsManagerRole() ? "manager" : "worker",
                cluster.trustedRoots(),
                cluster.issuerCertificate()));
  }
}
