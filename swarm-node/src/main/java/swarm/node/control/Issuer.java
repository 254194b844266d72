package swarm.node.control;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.Status;
import io.grpc.StatusException;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.identity.JoinToken;
import swarm.node.identity.Peer;
import swarm.node.identity.Role;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.Messages;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.plan.Ids;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;

/// Gives nodes their certificates: when they join, and again before they expire. Thread-safe.
final class Issuer {
  private static final Logger LOG = LoggerFactory.getLogger(Issuer.class);

  /// A state that has everything which was acknowledged before the call; empty where no majority
  /// answers.
  @FunctionalInterface
  interface Fresh {
    Optional<ClusterState> state() throws InterruptedException;
  }

  private final Store store;
  private final Fresh fresh;
  private final Proposer proposer;
  private final Supplier<List<String>> managers;
  private final SealKeyring keyring;
  private final Clock clock;
  private final Ids ids;
  private final Cfssl external;
  private final Certifier certifier;

  /// @param managers their addresses, for whoever gets a certificate
  /// @param keyring of the log, for managers only
  Issuer(
      Store store,
      Fresh fresh,
      Proposer proposer,
      Supplier<List<String>> managers,
      SealKeyring keyring,
      ClusterClient client,
      Clock clock,
      Ids ids) {
    this.store = store;
    this.fresh = fresh;
    this.proposer = proposer;
    this.managers = managers;
    this.keyring = keyring;
    this.clock = clock;
    this.ids = ids;
    external = new Cfssl(() -> Optional.of(client.identity()));
    certifier = new Certifier(clock, external);
  }

  /// A certificate for who has a token; the node is in the log then.
  Messages.JoinReply join(Messages.JoinRequest request) throws StatusException {
    Cluster cluster = store.state().cluster();
    if (cluster == null) {
      throw Status.UNAVAILABLE
          .withDescription("this manager is not ready yet; try again")
          .asException();
    }
    Role role;
    if (JoinToken.sameText(cluster.tokens().manager(), request.secret())) {
      role = Role.MANAGER;
    } else if (JoinToken.sameText(cluster.tokens().worker(), request.secret())) {
      role = Role.WORKER;
    } else {
      throw Status.INVALID_ARGUMENT
          .withDescription("A valid join token is necessary to join this cluster")
          .asException();
    }
    checkAvailability(request.availability());
    var subject = new Peer(ids.next(), cluster.id(), role);
    String certificate = certifier.issue(cluster, request.request(), subject);
    proposer.demand(
        new Command.AdmitNode(
            subject.nodeId(), role.apiName(), request.address(), clock.instant()));
    if (request.availability() != null) {
      makeAvailable(subject.nodeId(), request.availability());
    }
    return credentials(cluster, certificate, role).with(request.availability());
  }

  private static void checkAvailability(@Nullable String availability) throws StatusException {
    if (availability != null && !NodeSpec.AVAILABILITIES.contains(availability)) {
      throw Status.INVALID_ARGUMENT
          .withDescription(NodeSpec.availabilityWords(availability))
          .asException();
    }
  }

  /// Before the node has its certificate, so before anybody could give it a task. An update as an
  /// operator's: older builds apply it alike, which they would not a field of the admission.
  private void makeAvailable(String nodeId, String availability) throws StatusException {
    Node node = store.state().nodes().get(nodeId);
    if (node != null && !availability.equals(node.spec().availability())) {
      proposer.demand(
          new Command.UpdateNode(
              nodeId,
              node.version().index(),
              node.spec().withAvailability(availability),
              clock.instant()));
    }
  }

  private Messages.JoinReply credentials(Cluster cluster, String certificate, Role role) {
    SealKeys keys = keyring.current();
    boolean manager = role == Role.MANAGER;
    return new Messages.JoinReply(
        certificate,
        cluster.trustedRoots(),
        managers.get(),
        manager ? keys.keyZero() : null,
        manager ? keys.encode() : null);
  }

  /// Another certificate for who has one.
  Messages.JoinReply renew(Peer peer, Messages.RenewRequest request) throws StatusException {
    try {
      return renew(confirmed(), peer, request);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Status.CANCELLED.withCause(e).asException();
    }
  }

  /// Another certificate for this manager itself. Where its own is over it needs nobody for that:
  /// so may those of all the others be, and nobody would find a majority again. Else it must know
  /// what it is to be: one that was taken out of the log would make itself a manager again.
  ///
  /// @param request PKCS#10
  Messages.JoinReply renewSelf(Peer self, byte[] request, boolean expired)
      throws StatusException, InterruptedException {
    ClusterState state = expired ? store.state() : confirmed();
    return renew(state, self, new Messages.RenewRequest(request, null));
  }

  private ClusterState confirmed() throws StatusException, InterruptedException {
    return fresh
        .state()
        .orElseThrow(
            () ->
                Status.UNAVAILABLE
                    .withDescription("this manager cannot confirm its state now; ask another")
                    .asException());
  }

  private Messages.JoinReply renew(ClusterState state, Peer peer, Messages.RenewRequest request)
      throws StatusException {
    Peer subject = certifier.renewed(state, peer, request);
    Cluster cluster = Objects.requireNonNull(state.cluster());
    String certificate = certifier.issue(cluster, request.request(), subject);
    LOG.info("node {} gets another certificate as {}", subject.nodeId(), subject.role());
    return credentials(cluster, certificate, subject.role());
  }

  /// What whoever has an expired certificate signs to show that it is his.
  Messages.Challenge challenge() {
    return new Messages.Challenge(certifier.challenge());
  }

  /// What a `SwarmSpec` asks of the cluster's root.
  ///
  /// @return empty where it stays as it is
  Optional<RootPlanner.Change> planRoot(Cluster cluster, JsonNode spec)
      throws RootPlanner.RefusedException {
    return RootPlanner.plan(cluster, spec, clock.instant(), external);
  }
}
