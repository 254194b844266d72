package swarm.node.membership;

import java.io.IOException;
import java.util.List;
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

  /// Whatever this node is.
  private static final String WITHOUT_ADDRESSES =
      "the other managers are not told that this node leaves, as its files are damaged: on one of"
          + " them run 'swarm node rm --force' for it, where it was a manager 'swarm node demote'"
          + " before";

  private final LocalNode node;
  private final Membership.Parts parts;

  Leaving(LocalNode node) {
    this.node = node;
    this.parts = node.parts();
  }

  /// Ends the tasks of this node, and what runs of its membership.
  @FunctionalInterface
  private interface Ending {
    void end() throws IOException, InterruptedException;
  }

  /// Leaves the cluster: tasks end, what was kept of it is removed.
  ///
  /// @return what is left to do on another manager; empty where nothing is
  Optional<String> leave(boolean force) throws MembershipException, InterruptedException {
    Membership.@Nullable Active now = node.active();
    if (now != null) {
      return leave(now, force);
    }
    @Nullable Standby waiting = node.standby();
    if (waiting != null) {
      return leave(waiting, force);
    }
    throw new MembershipException(503, "This node is not part of a swarm");
  }

  private Optional<String> leave(Membership.Active now, boolean force)
      throws MembershipException, InterruptedException {
    if (now.manager().isPresent() && !force) {
      throw new MembershipException(503, Farewell.warning(now.manager().get()));
    }
    now.renewer().close();
    // the session ends first: a heartbeat after the farewell would bring the node back
    now.agent().close();
    now.role().endAdmission();
    boolean manager = now.manager().isPresent();
    List<String> others = others(node.managers(), manager ? node.own().self() : "");
    boolean told = Farewell.say(now.manager(), now.client(), others);
    remove(
        () -> {
          now.agent().removeTasks();
          node.stop(now);
        });
    return told
        ? Optional.empty()
        : Optional.of(
            Farewell.untold(
                "no other manager could be told that this node leaves",
                parts.description().hostname(),
                manager,
                others));
  }

  private Optional<String> leave(Standby waiting, boolean force)
      throws MembershipException, InterruptedException {
    if (!force) {
      throw new MembershipException(503, waiting.why() + beforeForce(waiting));
    }
    Optional<String> untold = sayFarewellFromDisk();
    remove(() -> Agent.removeTasks(parts.workshop().engine()));
    return untold;
  }

  /// Docker's client shows no answer of a leave that was done: what follows from it is said before.
  private static String beforeForce(Standby waiting) {
    return switch (waiting) {
      case Standby.Locked _ ->
          " To leave without the key: 'swarm leave --force'. The other managers are not told then:"
              + " run 'swarm node demote' and 'swarm node rm --force' for this node on one of them.";
      case Standby.Damaged _ -> "";
    };
  }

  private void remove(Ending tasks) throws MembershipException, InterruptedException {
    try {
      tasks.end();
      parts.workshop().network().removeIngress();
      node.deleteAll();
    } catch (IOException e) {
      throw new MembershipException(
          500,
          "the node left, but not all of its cluster's files could be removed: " + e.getMessage());
    }
  }

  private static List<String> others(List<String> managers, String self) {
    return managers.stream().filter(m -> !m.equals(self)).toList();
  }

  /// Without a manager of its own that runs: a member of the log that is gone without a word would
  /// count for its majority. Who has no key cannot show who he is, and what is damaged may be what
  /// this needs; then the others are to let this node go.
  ///
  /// @return what is left to do there; empty where nothing is
  private Optional<String> sayFarewellFromDisk() throws InterruptedException {
    Optional<MemberFile> known;
    try {
      known = MemberFile.load(parts.folder());
    } catch (IOException e) {
      LOG.warn("the other managers are not told that this node leaves: {}", e.getMessage());
      return Optional.of(WITHOUT_ADDRESSES);
    }
    if (known.isEmpty()) {
      LOG.warn("the other managers are not told that this node leaves: where they are is gone");
      return Optional.of(WITHOUT_ADDRESSES);
    }
    MemberFile member = known.get();
    List<String> others = member.others();
    Optional<String> why = others.isEmpty() ? Optional.empty() : whyUntold(others);
    why.ifPresent(LOG::warn);
    return why.map(
        text ->
            Farewell.untold(
                text, parts.description().hostname(), !member.raftId().isEmpty(), others));
  }

  /// Tells them, with the identity that is on the disk.
  ///
  /// @return why they do not know; empty where they do
  private Optional<String> whyUntold(List<String> others) throws InterruptedException {
    String start = "the other managers are not told that this node leaves, as ";
    try {
      if (NodeKeys.locked(parts.folder())) {
        return Optional.of(start + "its key is locked");
      }
      Optional<NodeIdentity> identity =
          node.loadIdentity(NodeKeys.load(parts.folder()).orElse(null));
      if (identity.isEmpty()) {
        return Optional.of(start + "its certificate is gone");
      }
      try (var client = new ClusterClient(new LiveIdentity(identity.get()), parts.loops())) {
        return Farewell.say(Optional.empty(), client, others)
            ? Optional.empty()
            : Optional.of(start + "none of them answered");
      }
    } catch (IOException e) {
      return Optional.of(start + "its files are damaged (" + e.getMessage() + ")");
    }
  }
}
