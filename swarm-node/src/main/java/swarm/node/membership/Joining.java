package swarm.node.membership;

import java.io.IOException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.control.SealKeys;
import swarm.node.identity.CertificateAuthority;
import swarm.node.identity.JoinToken;
import swarm.node.identity.LiveIdentity;
import swarm.node.identity.NodeIdentity;
import swarm.node.identity.Pem;
import swarm.node.identity.Role;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.Messages;
import swarm.raft.log.Start;

/// Joins a cluster that is there.
final class Joining {
  private static final Logger LOG = LoggerFactory.getLogger(Joining.class);

  /// How long the caller of a join waits: many times of what it takes on a loaded machine.
  static final Duration LIMIT = Duration.ofSeconds(30);

  /// Longer than it takes until what this machine was before is seen to be gone.
  private static final Duration REFUSED = Duration.ofSeconds(5);

  private static final Duration LOOK = Duration.ofMillis(500);

  private final LocalNode node;
  private final Membership.Parts parts;
  private final Startup startup;

  Joining(LocalNode node, Startup startup) {
    this.node = node;
    this.parts = node.parts();
    this.startup = startup;
  }

  /// Joins a cluster as what the token says.
  void join(Membership.Where where, List<String> remotes, String tokenText, String availability)
      throws MembershipException, InterruptedException {
    JoinToken token =
        JoinToken.parse(tokenText)
            .orElseThrow(
                () ->
                    new MembershipException(
                        400,
                        "invalid join token: it needs the form SWMTKN-1-DIGEST-SECRET with 50 and 25 letters and digits; 'docker swarm join-token worker' on a"
                            + " manager prints one"));
    if (remotes.isEmpty()) {
      throw new MembershipException(400, "at least one RemoteAddr is required to join");
    }
    Addresses.HostPort listenAt = Addresses.listening(where.listen());
    String address = Addresses.advertised(where.advertise(), listenAt);
    Addresses.checkDataPath(where.dataPath());
    KeyPair pair = CertificateAuthority.newKeyPair();
    var at = new ArrayList<Addresses.HostPort>();
    for (String remote : remotes) {
      at.add(Addresses.HostPort.parse(remote, Addresses.CLUSTER_PORT));
    }
    Addresses.refuseLoopback(address, at);
    Addresses.checkListening(listenAt);
    Messages.JoinReply reply =
        CertificateCall.ask(
            at,
            new CertificateCall.Wish(
                token, CertificateAuthority.request(pair), address, availability),
            parts.loops());
    @Nullable NodeIdentity admitted = null;
    try {
      List<X509Certificate> roots = Pem.certificates(reply.ca());
      if (roots.stream().noneMatch(token::names)) {
        throw new MembershipException(400, "the manager sent a CA that the token does not name");
      }
      var identity =
          NodeIdentity.of(Pem.certificates(reply.certificate()), pair.getPrivate(), roots);
      admitted = identity;
      boolean manager = identity.self().role() == Role.MANAGER;
      var known = new LinkedHashSet<>(reply.managers());
      at.forEach(r -> known.add(r.host() + ":" + r.port()));
      var member =
          new MemberFile(
                  manager ? node.ids().next() : "",
                  listenAt.host(),
                  listenAt.port(),
                  address,
                  List.copyOf(known))
              .withDataPath(where.dataPath());
      Folders.begin(parts.folder());
      node.hold(NodeKeys.create(parts.folder()));
      identity.save(node.certificates(), node.protection());
      SealKeys keys = SealKeyFile.given(reply);
      if (keys != null) {
        SealKeyFile.save(parts.folder(), keys, node.protection());
      }
      member.save(parts.folder());
      Membership.Active now = startup.start(identity, member, new Start.Join());
      Folders.finished(parts.folder()); // from here on a restart goes on with the join
      enter(now);
      LOG.info("joined cluster {} as {}", identity.self().clusterId(), identity.self());
    } catch (IOException e) {
      giveUp(admitted, reply.managers());
      throw new MembershipException(500, "joining failed: " + e.getMessage());
    } catch (MembershipException e) {
      Membership.@Nullable Active known = node.active();
      if (known == null || !known.role().entering()) {
        giveUp(admitted, reply.managers());
      }
      throw e;
    }
  }

  /// The managers took this node in already, as one that they know nothing of; they are told that
  /// it has gone, as far as they can be reached.
  private void giveUp(@Nullable NodeIdentity admitted, List<String> managers)
      throws InterruptedException {
    node.abandon();
    if (admitted != null) {
      try (var client = new ClusterClient(new LiveIdentity(admitted), parts.loops())) {
        boolean _ = Farewell.say(Optional.empty(), client, managers);
      } catch (IOException e) {
        LOG.warn("the managers are not told that this node has not joined: {}", e.getMessage());
      }
    }
  }

  /// Waits until this node is what it joined as and its agent is in session; what may be done but
  /// is not finished in time goes on behind the caller's back.
  private void enter(Membership.Active now) throws MembershipException, InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    if (now.manager().isPresent()) {
      now.role()
          .enter(
              startup.admission(now, now.manager().get()), () -> now.agent().refusedFor(REFUSED));
    }
    while (System.nanoTime() < end) {
      long left = Math.min(end - System.nanoTime(), LOOK.toNanos());
      if (now.agent().awaitSession(Duration.ofNanos(left))) {
        return;
      }
      Optional<String> refusal = now.agent().refusedFor(REFUSED);
      if (refusal.isPresent() && now.manager().isEmpty()) { // one in the log cannot just go
        throw new MembershipException(503, "the managers do not take this node: " + refusal.get());
      }
    }
    LOG.warn("no manager has taken this node's session within {}", LIMIT);
  }
}
