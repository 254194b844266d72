package swarm.node.membership;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.agent.Agent;
import swarm.node.identity.LiveIdentity;
import swarm.node.identity.NodeIdentity;
import swarm.node.rpc.ClusterClient;

/// Takes this node out of its cluster.
final class Leaving {
  private static final Logger LOG = LoggerFactory.getLogger(Leaving.class);

  private final LocalNode node;
  private final Membership.Parts parts;

  Leaving(LocalNode node) {
    this.node = node;
    this.parts = node.parts();
  }

  /// Leaves the cluster: tasks end, what was kept of it is removed.
  void leave(boolean force) throws MembershipException, InterruptedException {
    Membership.@Nullable Active now = node.active();
    @Nullable Standby waiting = node.standby();
    if (now == null && waiting != null) {
      leaveFromStandby(waiting, force);
      return;
    }
    if (now == null) {
      throw new MembershipException(503, "This node is not part of a swarm");
    }
    if (now.manager().isPresent()) {
      if (!force) {
        throw new MembershipException(503, Farewell.warning(now.manager().get()));
      }
    }
    now.renewer().close();
    // the session ends first: a heartbeat after the farewell would bring the node back
    now.agent().close();
    now.role().endAdmission();
    String self = now.manager().isPresent() ? node.own().self() : "";
    Farewell.say(
        now.manager(),
        now.client(),
        node.managers().stream().filter(m -> !m.equals(self)).toList());
    try {
      now.agent().removeTasks();
      node.stop(now);
      parts.workshop().network().removeIngress();
      node.deleteAll();
    } catch (IOException e) {
      throw new MembershipException(
          500,
          "the node left, but not all of its cluster's files could be removed: " + e.getMessage());
    }
  }

  /// Without a manager of its own that runs: a member of the log that is gone without a word would
  /// count for its majority. What is damaged may be what this needs; then the others are to demote
  /// this node.
  private void sayFarewellFromDisk() throws InterruptedException {
    try {
      if (NodeKeys.locked(parts.folder())) {
        LOG.warn("the other managers are not told that this node leaves: its key is locked");
        return;
      }
      Optional<MemberFile> known = MemberFile.load(parts.folder());
      Optional<NodeIdentity> identity =
          node.loadIdentity(NodeKeys.load(parts.folder()).orElse(null));
      if (known.isEmpty() || identity.isEmpty()) {
        return;
      }
      String self = known.get().self();
      try (var client = new ClusterClient(new LiveIdentity(identity.get()), parts.loops())) {
        Farewell.say(
            Optional.empty(),
            client,
            known.get().managers().stream().filter(m -> !m.equals(self)).toList());
      }
    } catch (IOException e) {
      LOG.warn("the other managers are not told that this node leaves: {}", e.getMessage());
    }
  }

  private void leaveFromStandby(Standby waiting, boolean force)
      throws MembershipException, InterruptedException {
    if (!force) {
      throw new MembershipException(503, waiting.why());
    }
    sayFarewellFromDisk();
    try {
      Agent.removeTasks(parts.workshop().engine());
      parts.workshop().network().removeIngress();
      node.deleteAll();
    } catch (IOException e) {
      throw new MembershipException(
          500,
          "the node left, but not all of its cluster's files could be removed: " + e.getMessage());
    }
  }
}
