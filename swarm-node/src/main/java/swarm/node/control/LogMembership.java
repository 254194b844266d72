package swarm.node.control;

import io.grpc.StatusException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.identity.Peer;
import swarm.node.identity.Role;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.Messages;
import swarm.raft.log.Leadership;
import swarm.raft.log.Member;
import swarm.raft.log.ReplicatedLog;
import swarm.scheduler.model.Node;
import swarm.scheduler.state.Command;

/// Who takes part in the log, where the log and the cluster's state have to agree on it.
/// Thread-safe.
final class LogMembership {
  private static final Logger LOG = LoggerFactory.getLogger(LogMembership.class);

  private final ReplicatedLog log;
  private final String raftId;
  private final Store store;
  private final Proposer proposer;
  private final ClusterClient client;
  private final Whereabouts whereabouts;
  private final Supplier<Instant> lastCertificateEnds;
  private final Clock clock;
  private final RaftMembers members;
  private final SealKeyRotation sealKeys;

  /// @param raftId this manager's
  /// @param lastCertificateEnds when the last certificate that a node may have got by now will have
  ///   expired
  LogMembership(
      ReplicatedLog log,
      String raftId,
      SealKeyRotation sealKeys,
      Store store,
      Proposer proposer,
      ClusterClient client,
      Whereabouts whereabouts,
      Supplier<Instant> lastCertificateEnds,
      Clock clock) {
    this.log = log;
    this.raftId = raftId;
    this.sealKeys = sealKeys;
    this.store = store;
    this.proposer = proposer;
    this.client = client;
    this.whereabouts = whereabouts;
    this.lastCertificateEnds = lastCertificateEnds;
    this.clock = clock;
    this.members = new RaftMembers(log);
  }

  /// What the keeper of roles does to the log.
  RoleKeeper.Effects effects() {
    return new RoleEffects();
  }

  /// Has the leader take a node into the log.
  Messages.MemberReply addMember(Peer peer, Messages.MemberRequest request) throws StatusException {
    learnAddress(peer, request);
    Leadership now = log.leadership();
    if (!now.ready()) {
      Optional<Member> leader = now.leader().filter(l -> !l.id().equals(raftId));
      return leader.isPresent()
          ? client.addMember(whereabouts.of(leader.get()), request)
          : new Messages.MemberReply(Messages.MemberOutcome.NO_LEADER, "the swarm has no leader");
    }
    Node node = store.state().nodes().get(request.nodeId());
    if (node == null
        || store.state().revoked().containsKey(node.id())
        || !Role.MANAGER.apiName().equals(node.spec().role())) {
      return new Messages.MemberReply(
          Messages.MemberOutcome.REFUSED,
          "node "
              + request.nodeId()
              + " is not to be a manager of this swarm (any more): 'leave --force' there, and join"
              + " again");
    }
    var member = new Node.Manager(request.raftId(), request.address());
    Messages.MemberReply reply =
        sealKeys.admitting(
            new Member(request.raftId(), request.address()), added -> members.add(node, added));
    if (reply.outcome() == Messages.MemberOutcome.DONE && !member.equals(node.manager())) {
      proposer.demand(new Command.SetNodeManager(request.nodeId(), member, clock.instant()));
    }
    return reply;
  }

  /// A manager whose address is another than the log says tells all that it knows: the leader may
  /// be out of reach until they listen to it again.
  private void learnAddress(Peer peer, Messages.MemberRequest request) {
    Node node = store.state().nodes().get(request.nodeId());
    boolean own =
        node != null
            && node.manager() != null
            && node.manager().raftId().equals(request.raftId())
            && (peer.nodeId().equals(request.nodeId()) || peer.role() == Role.MANAGER);
    if (own) {
      whereabouts.said(request.raftId(), request.address());
    }
  }

  private final class RoleEffects implements RoleKeeper.Effects {
    @Override
    public boolean remove(Node node, Node.Manager member) throws StatusException {
      if (!RoleKeeper.done(members.remove(member.raftId()), node)) {
        return false;
      }
      proposer.demand(
          new Command.SetNodeManager(node.id(), null, member.raftId(), clock.instant()));
      return true;
    }

    @Override
    public void resign() {
      LogMembership.this.resign();
    }
  }

  /// Hands leadership to another manager, where this one has it: before it leaves or stops, so that
  /// nobody has to find out by waiting.
  void resign() {
    for (Member member : log.members()) {
      if (!log.leadership().ready()) {
        return;
      }
      if (!member.id().equals(raftId)) {
        try {
          Messages.MemberReply reply = members.handTo(member);
          LOG.info("handing leadership to {}: {} {}", member.id(), reply.outcome(), reply.error());
        } catch (StatusException e) {
          LOG.debug("leadership stays: {}", e.getMessage()); // interrupted: the daemon stops
          return;
        }
      }
    }
  }

  /// A node goes.
  Messages.MemberReply leave(Peer peer, Messages.LeaveRequest request) throws StatusException {
    Node node = store.state().nodes().get(peer.nodeId());
    if (node == null) {
      return Messages.MemberReply.done();
    }
    Node.Manager member = node.manager();
    if (member != null) {
      if (!log.leadership().ready()) {
        return new Messages.MemberReply(Messages.MemberOutcome.NO_LEADER, "not the leader");
      }
      Messages.MemberReply reply = members.remove(member.raftId());
      if (reply.outcome() != Messages.MemberOutcome.DONE) {
        return reply;
      }
    }
    proposer.demand(
        new Command.LeaveNode(peer.nodeId(), lastCertificateEnds.get(), clock.instant()));
    return Messages.MemberReply.done();
  }
}
