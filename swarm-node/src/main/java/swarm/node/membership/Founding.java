package swarm.node.membership;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.control.FoundingRoot;
import swarm.node.control.Manager;
import swarm.node.control.Outcome;
import swarm.node.control.RootPlanner;
import swarm.node.identity.NodeIdentity;
import swarm.node.identity.Peer;
import swarm.node.identity.Role;
import swarm.raft.engine.NewLog;
import swarm.raft.log.Start;
import swarm.raft.seal.Seal;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Node;

/// Begins a cluster with this node as its only manager: a new one, the one whose quorum was lost,
/// or the one that a backup is of.
final class Founding {
  private static final Logger LOG = LoggerFactory.getLogger(Founding.class);

  private final LocalNode node;
  private final Membership.Parts parts;
  private final Startup startup;

  Founding(LocalNode node, Startup startup) {
    this.node = node;
    this.parts = node.parts();
    this.startup = startup;
  }

  /// Forms a new cluster with this node as its first manager, under a new root or, where `spec` has
  /// external authorities, under theirs: one of them is asked before anything is kept.
  ///
  /// @param availability this node's from its first moment; empty for `active`
  /// @return the node's id
  String init(
      String listen,
      String advertise,
      String dataPathAddr,
      Membership.DataPath dataPath,
      JsonNode spec,
      String availability)
      throws MembershipException, InterruptedException {
    Addresses.HostPort listenAt = Addresses.listening(listen);
    String address = Addresses.advertised(advertise, listenAt);
    Addresses.checkDataPath(dataPathAddr);
    var self = new Peer(node.ids().next(), node.ids().next(), Role.MANAGER);
    FoundingRoot root = root(spec);
    try {
      NodeIdentity identity = root.identity(self, parts.clock().instant());
      var member =
          new MemberFile(
                  node.ids().next(),
                  listenAt.host(),
                  listenAt.port(),
                  address,
                  List.of(address + ":" + listenAt.port()))
              .withDataPath(dataPathAddr);
      Folders.begin(parts.folder());
      node.hold(NodeKeys.create(parts.folder()));
      identity.save(node.certificates(), node.protection());
      member.save(parts.folder());
      Membership.Active now = startup.start(identity, member, new Start.Bootstrap());
      Manager manager = now.manager().orElseThrow();
      Outcome outcome =
          manager
              .proposer()
              .propose(
                  ClusterBirth.command(
                      self,
                      root,
                      spec,
                      dataPath,
                      Described.with(parts.description(), identity),
                      address,
                      new Node.Manager(member.raftId(), member.self()),
                      availability,
                      node.ids(),
                      parts.clock().instant()));
      Optional<String> failure = outcome.failure();
      if (failure.isPresent()) {
        throw new MembershipException(500, "the cluster could not be formed: " + failure.get());
      }
      var _ = LockWatch.follow(node.keys(), manager.store().state().cluster()); // before it is told
      Folders.finished(parts.folder());
      LOG.info("formed cluster {} as node {}", self.clusterId(), self.nodeId());
      return self.nodeId();
    } catch (IOException e) {
      node.abandon();
      throw new MembershipException(500, "the cluster could not be formed: " + e.getMessage());
    } catch (MembershipException e) {
      node.abandon();
      throw e;
    }
  }

  private FoundingRoot root(JsonNode spec) throws MembershipException {
    try {
      return FoundingRoot.asked(spec, parts.clock().instant());
    } catch (RootPlanner.RefusedException e) {
      throw new MembershipException(400, String.valueOf(e.getMessage()));
    }
  }

  /// Goes on alone with all that this manager's log holds: the way back after lost quorum.
  String forceNewCluster(Membership.Active old, String listen, String advertise)
      throws MembershipException, InterruptedException {
    MemberFile before = node.own();
    if (old.manager().isEmpty()) {
      throw new MembershipException(503, "This node is not participating as a Swarm manager");
    }
    var listenAt =
        Addresses.HostPort.parse(listen.isEmpty() ? before.listenHost() : listen, before.port());
    var told = Addresses.HostPort.parse(advertise, listenAt.port());
    String address =
        told.host().isEmpty()
            ? before.address()
            : Addresses.advertise(told.host(), listenAt.host());
    String raftId = node.ids().next();
    var after =
        new MemberFile(
            raftId,
            listenAt.host(),
            listenAt.port(),
            address,
            List.of(address + ":" + listenAt.port()),
            MemberFile.newLog(raftId),
            Addresses.device(address),
            before.dataPath());
    NodeIdentity identity = old.identity();
    node.stop(old);
    try {
      Instant now = parts.clock().instant();
      Seal seal = SealKeyFile.read(parts.folder(), node.protection()).seal();
      String clusterId = identity.self().clusterId();
      Recovery.begin(
          after.log(parts.folder()),
          clusterId,
          Recovery.read(before.log(parts.folder()), clusterId, seal),
          ClusterBirth.manager(
              identity.self(), parts.description(), address, raftId, after.self(), now),
          seal,
          now);
      after.save(parts.folder()); // from here on the new log is the log
      Membership.Active alone = startup.start(identity, after, new Start.Restart());
      if (!alone.manager().orElseThrow().awaitLeader(Startup.LEADER_LIMIT)) {
        throw new IOException(
            "the new log has no leader within " + Startup.LEADER_LIMIT.toSeconds() + " s");
      }
      after.removeOtherLogs(parts.folder());
      LOG.warn(
          "node {} goes on as the only manager of cluster {}", identity.self().nodeId(), clusterId);
      return identity.self().nodeId();
    } catch (IOException e) {
      goBack(identity, before);
      throw new MembershipException(
          500, "a new cluster could not be forced, all is as it was: " + e.getMessage());
    }
  }

  private void goBack(NodeIdentity identity, MemberFile before)
      throws MembershipException, InterruptedException {
    try {
      Membership.@Nullable Active now = node.active();
      if (now != null) {
        node.stop(now);
      }
      before.save(parts.folder());
      before.removeOtherLogs(parts.folder());
      Membership.Active _ = startup.start(identity, before, new Start.Restart());
    } catch (IOException e) {
      throw new MembershipException(
          500,
          "neither a new cluster nor the old log could be started; restart the daemon: "
              + e.getMessage());
    }
  }

  /// Begins the cluster of a backup anew, with this node as its only manager.
  ///
  /// @return this node's id
  String restore(Backup.Contents contents, String listen, String advertise)
      throws MembershipException, InterruptedException {
    Addresses.HostPort listenAt = Addresses.listening(listen);
    String address = Addresses.advertised(advertise, listenAt);
    Instant now = parts.clock().instant();
    try {
      Cluster cluster = contents.cluster();
      var self = new Peer(node.ids().next(), cluster.id(), Role.MANAGER);
      String raftId = node.ids().next();
      var member =
          new MemberFile(
              raftId,
              listenAt.host(),
              listenAt.port(),
              address,
              List.of(address + ":" + listenAt.port()));
      NodeIdentity identity = Recovery.identity(cluster, self, now);
      Folders.begin(parts.folder());
      node.hold(NodeKeys.create(parts.folder()));
      identity.save(node.certificates(), node.protection());
      Seal seal = SealKeyFile.create(parts.folder(), node.protection(), now).seal();
      Recovery.begin(
          member.log(parts.folder()),
          cluster.id(),
          new Recovery.Remains(
              contents.state(), new NewLog.Position(contents.term(), contents.state().index())),
          ClusterBirth.manager(self, parts.description(), address, raftId, member.self(), now),
          seal,
          now);
      member.save(parts.folder());
      Membership.Active alone = startup.start(identity, member, new Start.Restart());
      if (!alone.manager().orElseThrow().awaitLeader(Startup.LEADER_LIMIT)) {
        throw new IOException("the restored log has no leader");
      }
      var _ =
          LockWatch.follow(node.keys(), alone.manager().orElseThrow().store().state().cluster());
      Folders.finished(parts.folder());
      LOG.info("restored cluster {} of {} as node {}", cluster.id(), contents.at(), self.nodeId());
      return self.nodeId();
    } catch (IOException e) {
      node.abandon();
      throw new MembershipException(500, "the cluster could not be restored: " + e.getMessage());
    } catch (MembershipException e) {
      node.abandon();
      throw e;
    }
  }
}
