package swarm.node.membership;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.network.HostNetwork;
import swarm.node.agent.Agent;
import swarm.node.agent.ImageSource;
import swarm.node.agent.NodeNetwork;
import swarm.node.control.Manager;
import swarm.node.control.Store;
import swarm.node.identity.LiveIdentity;
import swarm.node.identity.NodeIdentity;
import swarm.node.identity.UnlockKey;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.ClusterServer;
import swarm.node.rpc.EventLoops;
import swarm.raft.log.DamagedFileException;
import swarm.raft.log.Start;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Node;
import swarm.scheduler.state.ClusterState;

/// This node's place in a cluster. Changes of it come one at a time; reading it never waits.
/// Thread-safe.
public final class Membership implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

  /// What a membership is made with.
  ///
  /// @param folder where everything of the cluster is kept; removed by leaving
  /// @param news hears what this node's manager applies once it has caught up with the others, on
  ///   the log's thread: must hand over and return
  /// @param reading what a rehearsal does as callers of the API would; empty for no rehearsal
  /// @param onFatal told of a broken invariant: the node must stop
  public record Parts(
      Path folder,
      EventLoops loops,
      Workshop workshop,
      Node.Description description,
      Clock clock,
      Store.Watcher news,
      Optional<Reading> reading,
      Consumer<Throwable> onFatal) {}

  /// What callers of the API do with a service: their specs are read and checked, and what has come
  /// of them is shown.
  @FunctionalInterface
  public interface Reading {
    /// @param spec as a client sends it
    /// @param state in which its tasks run
    void read(byte[] spec, ClusterState state) throws IOException;
  }

  /// What the agent works with.
  public record Workshop(
      swarm.runtime.container.ContainerEngine engine,
      ImageSource images,
      HostNetwork network,
      swarm.node.overlay.ClusterNetworks overlays,
      NodeNetwork containers) {}

  /// A node that is in a cluster.
  public record Active(
      LiveIdentity live,
      ManagerRole role,
      Agent agent,
      ClusterServer server,
      ClusterClient client,
      Renewer renewer,
      String address,
      List<String> managers) {
    /// Who this node is now.
    public NodeIdentity identity() {
      return live.current();
    }

    /// This node's manager; empty while it is a worker.
    public Optional<Manager> manager() {
      return role.manager();
    }
  }

  private final Parts parts;
  private final LocalNode node;
  private final Startup startup;
  private final Founding founding;
  private final Joining joining;
  private final Leaving leaving;
  private @Nullable Rehearsal rehearsal;

  public Membership(Parts parts) {
    this.parts = parts;
    node = new LocalNode(parts);
    startup = new Startup(node, this);
    founding = new Founding(node, startup);
    joining = new Joining(node, startup);
    leaving = new Leaving(node);
  }

  /// The cluster that this node is in; empty where it is in none.
  public Optional<Active> active() {
    return Optional.ofNullable(node.active());
  }

  /// Why this node takes no part in the cluster that it is in; empty where it does, or is in none.
  public Optional<Standby> standby() {
    return Optional.ofNullable(node.standby());
  }

  /// Why this node is not yet what it is to be; empty where it is, or the managers refuse it.
  public Optional<String> pending() {
    @Nullable Active now = node.active();
    return now == null ? Optional.empty() : now.role().pending().or(() -> waiting(now));
  }

  /// Why this node's manager does not start; empty where it does, or is none.
  private Optional<String> waiting(Active now) {
    return now.manager().isPresent() || now.agent().refusal().isPresent()
        ? Optional.empty()
        : Optional.ofNullable(node.lost()).map(Lost::why);
  }

  /// Why the managers refuse this node, which has left or was removed for them; empty where they do
  /// not.
  public Optional<String> refusal() {
    @Nullable Active now = node.active();
    return now == null ? Optional.empty() : now.agent().refusal();
  }

  /// The address that others reach this node at, where no interface of this host has it; empty
  /// where one has, or this node is in no cluster.
  public Optional<String> translatedAddress() throws IOException {
    @Nullable Active now = node.active();
    return now == null || Addresses.isOwn(now.address())
        ? Optional.empty()
        : Optional.of(now.address());
  }

  /// The managers known last.
  public List<String> managers() {
    return node.managers();
  }

  /// Takes up what was before the daemon stopped.
  public synchronized void resume() throws IOException, MembershipException, InterruptedException {
    Folders.finishDiscard(parts.folder());
    if (Folders.unfinished(parts.folder())) {
      LOG.warn("removing what an unfinished init or join left");
      node.deleteAll();
    }
    try {
      if (NodeKeys.locked(parts.folder())) {
        node.standBy(new Standby.Locked());
        LOG.warn("this node is locked: {}", new Standby.Locked().why());
        return;
      }
      takeUp();
    } catch (DamagedFileException e) {
      LOG.error("{}", node.standByDamaged(e));
    }
  }

  /// Unlocks a locked node, and takes up what was.
  public synchronized void unlock(String text) throws MembershipException, InterruptedException {
    if (!(node.standby() instanceof Standby.Locked)) {
      throw new MembershipException(409, "swarm is not locked");
    }
    UnlockKey key =
        UnlockKey.parse(text)
            .orElseThrow(
                () ->
                    new MembershipException(
                        400, "invalid unlock key: it needs the form SWMKEY-1-..."));
    try {
      node.hold(
          NodeKeys.unlock(parts.folder(), key)
              .orElseThrow(
                  () ->
                      new MembershipException(
                          401, "swarm could not be unlocked: invalid key provided")));
      takeUp();
      node.standBy(null);
    } catch (DamagedFileException e) {
      throw new MembershipException(500, node.standByDamaged(e));
    } catch (IOException e) {
      throw new MembershipException(500, "the node could not start: " + e.getMessage());
    }
  }

  /// With the keys that are there, or none.
  private void takeUp() throws IOException, MembershipException, InterruptedException {
    if (node.keysOrNone() == null) {
      node.hold(NodeKeys.load(parts.folder()).orElse(null));
    }
    @Nullable NodeKeys found = node.keysOrNone();
    Optional<NodeIdentity> identity = node.loadIdentity(found);
    Optional<MemberFile> known = MemberFile.load(parts.folder());
    if (identity.isEmpty() || known.isEmpty()) {
      if (identity.isPresent() || known.isPresent() || MemberFile.hasLogs(parts.folder())) {
        throw new DamagedFileException(
            identity.isEmpty() ? node.certificates() : MemberFile.path(parts.folder()),
            "it is gone (put it back from a copy, or join this node again)");
      }
      if (Files.exists(parts.folder())) {
        LOG.warn("removing what an unfinished init or join left");
        node.deleteAll();
      }
      parts
          .reading()
          .ifPresent(
              reading ->
                  rehearsal =
                      new Rehearsal(
                          parts.folder().resolveSibling("rehearsal"),
                          parts.loops(),
                          parts.description(),
                          parts.clock(),
                          reading));
      return;
    }
    MemberFile member = node.relocate(known.get());
    node.noteLost(identity.get(), member);
    if (node.lost() == null) {
      member.removeOtherLogs(parts.folder()); // one that is gone may have been moved beside
    }
    if (found == null) {
      node.sealOldKeys(identity.get());
    }
    Active now = startup.start(identity.get(), member, new Start.Restart());
    now.manager().ifPresent(manager -> startup.admit(now, manager));
    startup.roles().changed();
    LOG.info("node {} is in its cluster again", identity.get().self().nodeId());
  }

  /// Begins again at this host's new address, where it has another one: containers run on. The
  /// others find this node by its identity.
  public synchronized void followAddress()
      throws IOException, MembershipException, InterruptedException {
    @Nullable Active now = node.active();
    if (now == null
        || now.role().entering()
        || node.own().relocated().address().equals(now.address())) {
      return;
    }
    NodeIdentity identity = now.identity();
    MemberFile member = node.relocate(node.own());
    node.stop(now);
    Active again = startup.start(identity, member, new Start.Restart());
    again.manager().ifPresent(manager -> startup.admit(again, manager));
    startup.roles().changed(); // it may wait for others
  }

  /// Forms a new cluster with this node as its first manager.
  ///
  /// @param force where this node is a manager already: it goes on alone with all that its log
  ///   holds
  /// @param availability this node's from its first moment; empty for `active`
  /// @return the node's id
  public synchronized String init(
      String listen,
      String advertise,
      int dataPathPort,
      JsonNode spec,
      boolean force,
      String availability)
      throws MembershipException, InterruptedException {
    return init(
        new Where(listen, advertise, ""),
        new DataPath(dataPathPort, null),
        spec,
        force,
        availability);
  }

  /// Where this node is to be; empty words for what suits.
  ///
  /// @param listen address, or interface, of its cluster port
  /// @param advertise the one that others reach it at
  /// @param dataPath the one for the traffic of containers
  public record Where(String listen, String advertise, String dataPath) {}

  /// How the cluster's networks are to be.
  ///
  /// @param port UDP port of VXLAN; 0 for the usual one
  /// @param pools where subnets come from that nobody chooses; null for the usual ones
  public record DataPath(int port, Cluster.@Nullable AddressPools pools) {}

  /// The same, with addresses of the user's choice.
  public synchronized String init(
      Where where, DataPath dataPath, JsonNode spec, boolean force, String availability)
      throws MembershipException, InterruptedException {
    @Nullable Active known = node.active();
    @Nullable Standby waiting = node.standby();
    if (force && waiting != null) {
      throw new MembershipException(503, waiting.why());
    }
    if (force && known != null) {
      requireManager(known);
      if (!availability.isEmpty()) {
        throw new MembershipException(
            400,
            "rpc error: code = InvalidArgument desc = this node keeps the availability that it has:"
                + " leave --availability out, and 'docker node update --availability "
                + availability
                + "' it afterwards");
      }
      return founding.forceNewCluster(known, where.listen(), where.advertise());
    }
    requireNone();
    return founding.init(
        where.listen(), where.advertise(), where.dataPath(), dataPath, spec, availability);
  }

  /// Begins the cluster of a backup anew, with this node as its only manager.
  ///
  /// @return this node's id
  public synchronized String restore(Backup.Contents contents, String listen, String advertise)
      throws MembershipException, InterruptedException {
    requireNone();
    return founding.restore(contents, listen, advertise);
  }

  /// Joins a cluster as what the token says.
  ///
  /// @param availability this node's from its first moment; empty for `active`
  public synchronized void join(
      String listen, String advertise, List<String> remotes, String tokenText, String availability)
      throws MembershipException, InterruptedException {
    join(new Where(listen, advertise, ""), remotes, tokenText, availability);
  }

  /// The same, with an address of the user's choice for the traffic of containers.
  public synchronized void join(
      Where where, List<String> remotes, String tokenText, String availability)
      throws MembershipException, InterruptedException {
    requireNone();
    joining.join(where, remotes, tokenText, availability);
  }

  /// Leaves the cluster: tasks end, what was kept of it is removed.
  ///
  /// @return what is left to do on another manager; empty where nothing is
  public synchronized Optional<String> leave(boolean force)
      throws MembershipException, InterruptedException {
    return leaving.leave(force);
  }

  private void requireNone() throws MembershipException {
    if (rehearsal != null) {
      rehearsal.end(); // whatever it has not gone through yet the real thing will
    }
    if (node.active() != null || node.standby() != null) {
      throw new MembershipException(
          503,
          "This node is already part of a swarm. Use \"docker swarm leave\" to leave this swarm and join another one.");
    }
  }

  private Manager requireManager(@Nullable Active now) throws MembershipException {
    Optional<Manager> manager = now == null ? Optional.empty() : now.manager();
    if (manager.isEmpty()) {
      throw new MembershipException(
          503, pending().orElse("This node is not participating as a Swarm manager"));
    }
    return manager.get();
  }

  /// What a backup holds: the state as this manager has it after everything that was acknowledged
  /// before the call.
  public Backup.Contents backup() throws MembershipException, InterruptedException {
    @Nullable Active now = node.active();
    Manager manager = requireManager(now);
    ClusterState state =
        manager
            .freshState()
            .orElseThrow(
                () ->
                    new MembershipException(
                        500,
                        "the swarm does not have a leader; a backup must hold everything that was"
                            + " acknowledged. Where the majority is lost: 'swarm init"
                            + " --force-new-cluster'"));
    return new Backup.Contents(state, manager.leadership().term(), parts.clock().instant());
  }

  /// The daemon stops; the cluster keeps this node's tasks for its lease.
  @Override
  public synchronized void close() {
    if (rehearsal != null) {
      rehearsal.close();
    }
    @Nullable Active now = node.active();
    if (now != null) {
      now.manager().ifPresent(Manager::resign);
      node.stop(now);
    }
  }
}
