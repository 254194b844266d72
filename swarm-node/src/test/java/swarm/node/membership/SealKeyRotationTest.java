package swarm.node.membership;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import swarm.node.control.Manager;
import swarm.node.control.SealKeyring;
import swarm.node.control.SealKeys;
import swarm.node.identity.KeyProtection;
import swarm.node.identity.NodeIdentity;
import swarm.node.identity.Peer;
import swarm.node.identity.RandomIds;
import swarm.node.identity.Role;
import swarm.node.identity.UnlockKey;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.ClusterHandler;
import swarm.node.rpc.ClusterServer;
import swarm.node.rpc.Messages;
import swarm.node.rpc.SessionMessages;
import swarm.node.testing.Await;
import swarm.raft.log.Start;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.state.Command;

/// The change of the log's key among real managers, one of which may be of an older build.
@Timeout(120)
class SealKeyRotationTest {
  private static final Clock CLOCK = Clock.systemUTC();

  private final SoleManager sole;
  private final Path temp;

  SealKeyRotationTest(@TempDir Path temp) throws Exception {
    this.temp = temp;
    sole = new SoleManager(temp.resolve("first"));
  }

  @AfterEach
  void end() {
    sole.close();
  }

  /// A second manager, whose build may not know of keys.
  private final class Second implements AutoCloseable {
    final NodeIdentity identity;
    final SealKeyring keyring;
    final ClusterClient client;
    final Manager manager;
    final Build handler;
    final ClusterServer server;

    Second(SealKeys keys, boolean older) throws Exception {
      identity = sole.join(Role.MANAGER, temp.resolve("second"));
      Path folder = temp.resolve("second");
      keyring = new SealKeyring(keys, next -> SealKeyFile.save(folder, next, KeyProtection.none()));
      int port;
      try (var free = new java.net.ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = free.getLocalPort();
      }
      client = new ClusterClient(identity, sole.loops);
      manager =
          new Manager(
              new Manager.Settings(
                  temp.resolve("second-raft"),
                  identity.self(),
                  "raft2",
                  "127.0.0.1:" + port,
                  port,
                  keyring,
                  e -> {
                    throw new IllegalStateException(e);
                  },
                  () -> {}),
              new Start.Join(),
              client,
              CLOCK,
              new RandomIds());
      handler = new Build(manager.calls(), older);
      server =
          new ClusterServer(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
              identity,
              sole.loops,
              handler);
    }

    Admission.Progress enter() throws InterruptedException {
      return new Admission(
              manager,
              client,
              new Messages.MemberRequest(
                  identity.self().nodeId(), "raft2", "127.0.0.1:" + server.port()),
              () -> List.of(sole.address()))
          .within(Duration.ofSeconds(30), Optional::empty);
    }

    @Override
    public void close() {
      server.close();
      manager.close();
      client.close();
    }
  }

  /// A manager as its build answers.
  private static final class Build implements ClusterHandler {
    private final ClusterHandler calls;
    volatile boolean older;

    Build(ClusterHandler calls, boolean older) {
      this.calls = calls;
      this.older = older;
    }

    @Override
    public Messages.SealKeysReply sealKeys(Peer peer, Messages.SealKeysRequest request)
        throws StatusException {
      if (older) {
        throw Status.UNIMPLEMENTED.asException();
      }
      return calls.sealKeys(peer, request);
    }

    @Override
    public boolean demoted(String nodeId) {
      return calls.demoted(nodeId);
    }

    @Override
    public boolean revoked(String nodeId) {
      return calls.revoked(nodeId);
    }

    @Override
    public Messages.JoinReply join(Messages.JoinRequest request) throws StatusException {
      return calls.join(request);
    }

    @Override
    public Messages.JoinReply renew(Peer peer, Messages.RenewRequest request)
        throws StatusException {
      return calls.renew(peer, request);
    }

    @Override
    public Messages.Challenge challenge() throws StatusException {
      return calls.challenge();
    }

    @Override
    public Messages.MemberReply addMember(Peer peer, Messages.MemberRequest request)
        throws StatusException {
      return calls.addMember(peer, request);
    }

    @Override
    public Messages.MemberReply leave(Peer peer, Messages.LeaveRequest request)
        throws StatusException {
      return calls.leave(peer, request);
    }

    @Override
    public Messages.ProposeReply propose(Peer peer, Messages.ProposeRequest request)
        throws StatusException {
      return calls.propose(peer, request);
    }

    @Override
    public Messages.HeardReply heard(Peer peer, Messages.Heard heard) {
      return calls.heard(peer, heard);
    }

    @Override
    public CompletableFuture<byte[]> raft(String kind, byte[] request) {
      return calls.raft(kind, request);
    }

    @Override
    public void logs(
        Peer peer, Messages.LogsRequest request, StreamObserver<Messages.LogsPart> out) {
      calls.logs(peer, request, out);
    }

    @Override
    public StreamObserver<SessionMessages.FromAgent> session(
        Peer peer, InetAddress from, StreamObserver<SessionMessages.FromManager> out) {
      return calls.session(peer, from, out);
    }
  }

  /// Docker's `swarm update --autolock`.
  private void lock() throws Exception {
    Cluster cluster = sole.cluster();
    ObjectNode spec = cluster.spec().deepCopy();
    spec.withObject("/EncryptionConfig").put("AutoLockManagers", true);
    sole.apply(
        new Command.UpdateCluster(
            cluster.version().index(),
            spec,
            null,
            null,
            UnlockKey.random().text(),
            true,
            CLOCK.instant()));
  }

  private int sealing() {
    return sole.manager.sealKeys().sealing();
  }

  @Test
  void lockingChangesTheKeyOnceAndNothingElseDoes() throws Exception {
    SealKeys before = sole.manager.sealKeys();
    sole.apply(
        new Command.UpdateCluster(
            sole.cluster().version().index(), sole.cluster().spec(), "w2", null, CLOCK.instant()));
    lock();
    Await.until("the key is another one", () -> sealing() == 1);
    assertThat(sole.manager.sealKeys().keys()).hasSize(2).contains(before.newest());
    lock(); // with another unlock key: not within a minute
    assertThat(sole.manager.sealKeys().keys()).hasSize(2);
  }

  @Test
  void aManagerOfAnOlderBuildHoldsItUpUntilItIsUpgraded() throws Exception {
    try (var second = new Second(SealKeys.bare(zero()), true)) {
      assertThat(second.enter()).isInstanceOf(Admission.Progress.Entered.class);
      lock();
      Await.until(
          "the lock is applied there, sealed with the old key",
          () -> {
            Cluster there = second.manager.store().state().cluster();
            return there != null && there.tokens().unlockKey() != null;
          });
      assertThat(sealing()).isZero();
      assertThat(sole.manager.sealKeys().keys()).hasSize(1);

      second.handler.older = false;
      Await.until("the key is another one", () -> sealing() == 1);
      Await.until("there, too", () -> second.manager.sealKeys().sealing() == 1);
      assertThat(SealKeyFile.read(temp.resolve("second"), KeyProtection.none()))
          .isEqualTo(second.manager.sealKeys());
      lock();
      assertThat(second.manager.freshState().orElseThrow().cluster()).isEqualTo(sole.cluster());
    }
  }

  private byte[] zero() {
    return sole.manager.sealKeys().keys().getFirst().key();
  }

  @Test
  void whoJoinsWithAnOldCopyOfTheKeysGetsAllOfThem() throws Exception {
    byte[] zero = zero();
    lock();
    Await.until("the key is another one", () -> sealing() == 1);
    try (var second = new Second(SealKeys.bare(zero), false)) {
      assertThat(second.enter()).isInstanceOf(Admission.Progress.Entered.class);
      assertThat(second.manager.sealKeys().sealing()).isEqualTo(1);
      assertThat(second.manager.freshState().orElseThrow().cluster()).isEqualTo(sole.cluster());
    }
  }

  @Test
  void anOlderBuildIsNotTakenInOnceThereAreSeveralKeys() throws Exception {
    byte[] zero = zero();
    lock();
    Await.until("the key is another one", () -> sealing() == 1);
    try (var second = new Second(SealKeys.bare(zero), true)) {
      assertThat(second.enter())
          .isInstanceOfSatisfying(
              Admission.Progress.Refused.class,
              refused -> assertThat(refused.why()).contains("2 keys").contains("upgrade it"));
    }
    lock(); // it writes on alone
  }
}
