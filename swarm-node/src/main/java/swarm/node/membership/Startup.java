package swarm.node.membership;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import swarm.node.agent.Agent;
import swarm.node.control.Manager;
import swarm.node.identity.LiveIdentity;
import swarm.node.identity.NodeIdentity;
import swarm.node.identity.Role;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.ClusterServer;
import swarm.raft.log.Start;

/// Brings this node up: the cluster port, its agent, and its manager where it is one.
final class Startup {
  /// So long a restarted manager's log may open before its agent looks for another manager: the
  /// lease of its tasks runs meanwhile.
  private static final Duration WITHOUT_AGENT = Duration.ofSeconds(1);

  /// How long a log with one member may be without a leader.
  static final Duration LEADER_LIMIT = Duration.ofSeconds(10);

  private final LocalNode node;
  private final Membership.Parts parts;
  private final RoleChange roles;

  /// @param lock held while this node changes
  Startup(LocalNode node, Object lock) {
    this.node = node;
    this.parts = node.parts();
    this.roles = new RoleChange(node, this, lock);
  }

  /// What happens where this node's role changes.
  RoleChange roles() {
    return roles;
  }

  /// Starts this node as what its certificate says.
  ///
  /// @param how what its manager, where it is to be one, begins with
  Membership.Active start(NodeIdentity identity, MemberFile member, Start how)
      throws IOException, MembershipException, InterruptedException {
    node.known(member);
    var live = new LiveIdentity(identity);
    var client = new ClusterClient(live, parts.loops());
    var role =
        new ManagerRole(
            new ManagerRole.Parts(
                parts.folder(),
                live,
                client,
                parts.clock(),
                node.ids(),
                parts.onFatal(),
                roles::removedFromLog,
                parts.news(),
                node.keys(),
                node::resealIdentity));
    ClusterServer server = null;
    Agent begun = null;
    Opening opening = Opening.NOTHING;
    try {
      if (identity.self().role() == Role.MANAGER) {
        if (!(how instanceof Start.Restart)) {
          Manager _ = role.start(member, how);
        } else if (ManagerRole.startable(parts.folder(), member)) {
          opening = Opening.begin(() -> role.start(member, how));
          opening.await(WITHOUT_AGENT);
        }
      }
      server =
          new ClusterServer(
              new InetSocketAddress(member.listenHost(), member.port()),
              live,
              parts.loops(),
              role.handler());
      if (how instanceof Start.Bootstrap
          && !role.manager().orElseThrow().awaitLeader(LEADER_LIMIT)) {
        throw new MembershipException(500, "the new cluster's first manager does not lead");
      }
      var renewer =
          new Renewer(
              live,
              new RenewalCall(
                  () -> Optional.ofNullable(node.active()).flatMap(Membership.Active::manager),
                  node::managers,
                  client,
                  parts.loops(),
                  parts.clock()),
              node::keepIdentity,
              parts.clock());
      Agent agent = agent(live, role, renewer, client, member);
      begun = agent;
      live.listen(
          (before, after) -> {
            if (before.certificate().equals(after.certificate())) {
              agent.describeAgain();
            } else {
              agent.sessionAgain();
            }
            if (before.self().role() != after.self().role()) {
              roles.changed();
            }
          });
      opening.await();
      role.manager().ifPresent(m -> m.observe(new GossipHints(agent::opinions)));
      var now =
          new Membership.Active(
              live, role, agent, server, client, renewer, member.address(), member.managers());
      node.become(now);
      renewer.start(); // it asks this node's own manager first
      return now;
    } catch (IOException | MembershipException | InterruptedException | RuntimeException e) {
      if (begun != null) {
        begun.close();
      }
      if (server != null) {
        server.close();
      }
      opening.end();
      role.end();
      client.close();
      throw e;
    }
  }

  private Agent agent(
      LiveIdentity live, ManagerRole role, Renewer renewer, ClusterClient client, MemberFile member)
      throws IOException {
    String dataPath = member.dataPathAddress();
    return new Agent(
        parts.workshop().engine(),
        parts.workshop().images(),
        parts.workshop().network(),
        parts.workshop().overlays(),
        parts.workshop().containers(),
        client,
        parts.clock(),
        new Agent.Settings(
            live.self().nodeId(),
            member.listenHost(),
            () -> role.manager().map(_ -> Addresses.toSelf(member.listenHost(), member.port())),
            node::managers,
            node::keepManagers,
            renewer::wanted,
            () ->
                Described.with(parts.description(), live.current())
                    .withDataPath(member.dataPath() == null ? null : dataPath),
            member.address(),
            dataPath,
            member.port()));
  }

  /// Its way into the log.
  Admission admission(Membership.Active now, Manager manager) {
    return now.role().admission(manager, node.own(), node::managers);
  }

  /// Brings a manager that was started into the log, where it is not there since long.
  void admit(Membership.Active now, Manager manager) {
    Admission admission = admission(now, manager);
    if (!admission.writtenDown()) {
      now.role().goOn(admission);
    }
  }
}
