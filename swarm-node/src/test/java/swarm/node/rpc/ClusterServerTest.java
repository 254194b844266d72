package swarm.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import swarm.node.identity.CertificateAuthority;
import swarm.node.identity.ClusterTls;
import swarm.node.identity.JoinToken;
import swarm.node.identity.NodeIdentity;
import swarm.node.identity.Peer;
import swarm.node.identity.Role;
import swarm.node.testing.Await;
import swarm.node.testing.Certificates;
import swarm.scheduler.model.Wire;

class ClusterServerTest {
  private static final String SECRET = "0".repeat(25);

  /// Who may call what, and a message that fits.
  private record Rule(MethodDescriptor<?, ?> method, Set<Caste> allowed, byte[] message) {}

  enum Caste {
    STRANGER,
    WORKER,
    MANAGER,
    DEMOTED,
    REVOKED_WORKER,
    REVOKED_MANAGER,
    // whom TLS does not let in
    FOREIGN_AUTHORITY,
    FOREIGN_CLUSTER,
    EXPIRED,
    FUTURE;

    Role role() {
      return this == WORKER || this == REVOKED_WORKER ? Role.WORKER : Role.MANAGER;
    }

    boolean revoked() {
      return this == REVOKED_WORKER || this == REVOKED_MANAGER;
    }

    boolean connects() {
      return compareTo(FOREIGN_AUTHORITY) < 0;
    }
  }

  private static final Set<Caste> MANAGERS = EnumSet.of(Caste.MANAGER);
  private static final Set<Caste> RAFTS = EnumSet.of(Caste.MANAGER, Caste.DEMOTED);
  private static final Set<Caste> MEMBERS = EnumSet.of(Caste.MANAGER, Caste.DEMOTED, Caste.WORKER);
  private static final Set<Caste> MEMBERS_EVER = EnumSet.range(Caste.WORKER, Caste.REVOKED_MANAGER);
  private static final Set<Caste> ALL_BUT_REVOKED = EnumSet.range(Caste.STRANGER, Caste.DEMOTED);
  private static final Set<Caste> EVERYBODY = EnumSet.range(Caste.STRANGER, Caste.REVOKED_MANAGER);

  private static List<Rule> rules() throws Exception {
    return List.of(
        new Rule(
            Methods.JOIN, EVERYBODY, cbor(new Messages.JoinRequest(new byte[] {1}, SECRET, "a"))),
        new Rule(
            Methods.RENEW, ALL_BUT_REVOKED, cbor(new Messages.RenewRequest(new byte[] {1}, null))),
        new Rule(Methods.CHALLENGE, ALL_BUT_REVOKED, cbor(new Messages.Nothing())),
        new Rule(
            Methods.SESSION,
            MEMBERS,
            Wire.CBOR
                .writerFor(SessionMessages.FromAgent.class)
                .writeValueAsBytes(new SessionMessages.Beat())),
        new Rule(Methods.LEAVE, MEMBERS_EVER, cbor(new Messages.LeaveRequest(false))),
        new Rule(
            Methods.ADD_MEMBER, MANAGERS, cbor(new Messages.MemberRequest("n", "r", "a:2377"))),
        new Rule(
            Methods.PROPOSE, MANAGERS, cbor(new Messages.ProposeRequest(new byte[] {1, 2}, -1))),
        new Rule(
            Methods.PROPOSE_NEWER,
            MANAGERS,
            cbor(new Messages.ProposeRequest(new byte[] {3, 2}, -1))),
        new Rule(
            Methods.HEARD,
            MANAGERS,
            cbor(new Messages.Heard(Map.of("n", 3L), "", 3, Map.of("n", 7L)))),
        new Rule(
            Methods.ATTACH,
            MEMBERS,
            cbor(new Messages.AttachRequest("front", "c", "box", List.of("shelf"), 0))),
        new Rule(
            Methods.ATTACHMENTS_KEPT, MEMBERS, cbor(new Messages.AttachmentsKept(List.of("a")))),
        new Rule(
            Methods.SEAL_KEYS, MANAGERS, cbor(new Messages.SealKeysRequest(1, new byte[] {1}))),
        new Rule(Methods.RAFT, RAFTS, new byte[] {1, 'x', 9}),
        new Rule(Methods.RAFT_STREAM, RAFTS, new byte[] {0, 0, 0, 0, 0, 0, 0, 1, 1, 'x', 9}),
        new Rule(Methods.LOGS, MANAGERS, cbor(new Messages.LogsRequest(Map.of()))));
  }

  private static byte[] cbor(Object message) throws Exception {
    return Wire.CBOR.writeValueAsBytes(message);
  }

  private final EventLoops loops = new EventLoops();
  private final CertificateAuthority ca = CertificateAuthority.create(Instant.now());
  private final Recorder handler = new Recorder();
  private final NodeIdentity manager;
  private final ClusterServer server;

  ClusterServerTest() throws Exception {
    manager = node(Caste.MANAGER);
    server =
        new ClusterServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), manager, loops, handler);
  }

  @BeforeEach
  void listens() {
    assertThat(server.port()).isPositive();
  }

  @AfterEach
  void end() {
    server.close();
    loops.close();
  }

  private NodeIdentity node(Caste caste) throws Exception {
    Instant now = Instant.now();
    var self = new Peer(caste.name(), "c1", caste.role());
    return switch (caste) {
      case FOREIGN_AUTHORITY ->
          Certificates.node(CertificateAuthority.create(now), self, now)
              .withRoots(List.of(ca.certificate()));
      case FOREIGN_CLUSTER ->
          Certificates.node(ca, new Peer(caste.name(), "c2", caste.role()), now);
      case EXPIRED -> Certificates.node(ca, self, now.minus(Duration.ofDays(91)));
      case FUTURE -> Certificates.node(ca, self, now.plus(Duration.ofHours(2)));
      case STRANGER, WORKER, MANAGER, DEMOTED, REVOKED_WORKER, REVOKED_MANAGER ->
          Certificates.node(ca, self, now);
    };
  }

  /// It shows what it has, and takes any server: who refuses is this one.
  private SslContext tls(Caste caste) throws Exception {
    if (caste == Caste.STRANGER) {
      return ClusterTls.joining(JoinToken.of(ca.certificate(), SECRET));
    }
    NodeIdentity node = node(caste);
    return GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.OPENSSL)
        .protocols("TLSv1.3")
        .keyManager(node.key(), node.certificate(), node.ca())
        .trustManager(InsecureTrustManagerFactory.INSTANCE)
        .build();
  }

  private String address() {
    return "127.0.0.1:" + server.port();
  }

  // ---- who may call what

  @Test
  void theTableBelowNamesEveryMethod() throws Exception {
    var served = new TreeSet<String>();
    ClusterServer.definition(handler)
        .getMethods()
        .forEach(m -> served.add(m.getMethodDescriptor().getFullMethodName()));

    assertThat(rules().stream().map(r -> r.method().getFullMethodName()))
        .containsExactlyInAnyOrderElementsOf(served);
  }

  /// Every method times everybody, over a real server with real TLS.
  @ParameterizedTest
  @EnumSource
  void everyoneMayCallWhatIsTheirsAndNothingElse(Caste caste) throws Exception {
    if (caste.revoked()) {
      handler.revoked.add(caste.name());
    }
    handler.demoted.add(Caste.DEMOTED.name());
    var expected = new TreeMap<String, Status.Code>();
    var found = new TreeMap<String, Status.Code>();
    try (var caller = new Caller(tls(caste), server.port(), loops)) {
      for (Rule rule : rules()) {
        String name = rule.method().getFullMethodName();
        boolean allowed = rule.allowed().contains(caste);
        expected.put(
            name,
            !caste.connects()
                ? Status.Code.UNAVAILABLE
                : allowed ? Status.Code.OK : Status.Code.PERMISSION_DENIED);
        handler.calls.clear();
        found.put(name, caller.call(rule.method(), rule.message()).getCode());
        assertThat(handler.calls.isEmpty()).as("%s was not handled", name).isEqualTo(!allowed);
      }
    }
    assertThat(found).isEqualTo(expected);
  }

  @Test
  void aMethodThatDoesNotSayWhoMayCallItIsOpenToNobody() {
    var silent = Methods.JOIN.toBuilder().setSchemaDescriptor(null).build();

    assertThat(Methods.openTo(silent)).isEmpty();
  }

  @Test
  void aNodeThatLeftOrWasRemovedMayOnlyJoinAndLeave() throws Exception {
    handler.revoked.add(Caste.MANAGER.name());
    var found = new TreeMap<String, Status.Code>();
    var expected = new TreeMap<String, Status.Code>();
    try (var caller = new Caller(tls(Caste.MANAGER), server.port(), loops)) {
      for (Rule rule : rules()) {
        String name = rule.method().getFullMethodName();
        boolean open = rule.method() == Methods.JOIN || rule.method() == Methods.LEAVE;
        expected.put(name, open ? Status.Code.OK : Status.Code.PERMISSION_DENIED);
        found.put(name, caller.call(rule.method(), rule.message()).getCode());
      }
      assertThat(found).isEqualTo(expected);
      assertThat(handler.calls).containsExactlyInAnyOrder("Join", "Leave by MANAGER");
      assertThat(caller.call(Methods.RAFT, new byte[] {0}).getDescription())
          .isEqualTo(
              "node MANAGER has left this swarm or was removed: 'swarm leave --force' there, and"
                  + " join again");
    }
  }

  @Test
  void aRefusalSaysWhatIsMissing() throws Exception {
    try (var caller = new Caller(tls(Caste.WORKER), server.port(), loops)) {
      Status refused =
          caller.call(Methods.PROPOSE, cbor(new Messages.ProposeRequest(new byte[1], -1)));

      assertThat(refused.getDescription())
          .isEqualTo("this call needs a certificate of this cluster with the right role");
    }
  }

  @Test
  void theHandlerIsToldWhoCalls() throws Exception {
    try (var caller = new Caller(tls(Caste.WORKER), server.port(), loops)) {
      assertThat(caller.call(Methods.LEAVE, cbor(new Messages.LeaveRequest(true))).isOk()).isTrue();
    }
    assertThat(handler.calls).containsExactly("Leave by WORKER");
  }

  @Test
  void noOtherClustersNodeCallsAnything() throws Exception {
    var otherCa = CertificateAuthority.create(Instant.now());
    var sameName = Certificates.node(otherCa, "MANAGER", Role.MANAGER, Instant.now());
    var otherCluster =
        Certificates.node(ca, new Peer("MANAGER", "c2", Role.MANAGER), Instant.now());
    var expired =
        Certificates.node(ca, "MANAGER", Role.MANAGER, Instant.now().minus(Duration.ofDays(91)));

    for (NodeIdentity identity : List.of(sameName, otherCluster, expired)) {
      try (var client = new ClusterClient(identity, loops)) {
        assertThatThrownBy(
                () -> client.propose(address(), new Messages.ProposeRequest(new byte[1], -1)).get())
            .hasCauseInstanceOf(StatusException.class)
            .hasMessageContaining("UNAVAILABLE");
      }
    }
    assertThat(handler.calls).isEmpty();
  }

  // ---- bad input

  @Test
  void unreadableMessagesAreTheCallersFaultAndHarmNobodyElse() throws Exception {
    try (var caller = new Caller(tls(Caste.MANAGER), server.port(), loops)) {
      for (Rule rule : rules()) {
        if (rule.method() == Methods.RAFT || rule.method() == Methods.RAFT_STREAM) {
          continue; // any bytes are a message; the next test has those
        }
        for (byte[] bad :
            List.of(new byte[0], new byte[] {(byte) 0xff}, new byte[] {(byte) 0xf6})) {
          assertThat(caller.call(rule.method(), bad).getCode())
              .as("%s %s", rule.method().getFullMethodName(), java.util.Arrays.toString(bad))
              .isEqualTo(Status.Code.INVALID_ARGUMENT);
        }
        assertThat(caller.call(rule.method(), rule.message()).isOk()).isTrue();
      }
    }
  }

  @Test
  void aStrangersJoinWithoutItsPartsIsTheStrangersFault() throws Exception {
    try (var caller = new Caller(tls(Caste.STRANGER), server.port(), loops)) {
      for (var bad :
          List.of(
              Map.of("secret", SECRET, "address", "a"),
              Map.of("request", new byte[1], "address", "a"),
              Map.of("request", new byte[1], "secret", SECRET))) {
        assertThat(caller.call(Methods.JOIN, cbor(bad)).getCode())
            .isEqualTo(Status.Code.INVALID_ARGUMENT);
      }
    }
    assertThat(handler.calls).isEmpty();
  }

  @Test
  void messagesWithoutTheirPartsAreTheCallersFault() throws Exception {
    var bad =
        List.<Map.Entry<MethodDescriptor<?, ?>, Object>>of(
            Map.entry(Methods.ADD_MEMBER, Map.of()),
            Map.entry(Methods.ADD_MEMBER, Map.of("nodeId", "n", "raftId", "r")),
            Map.entry(Methods.PROPOSE, Map.of()),
            Map.entry(Methods.PROPOSE_NEWER, Map.of()),
            Map.entry(Methods.LOGS, Map.of("wanted", Map.of("n", Map.of()))),
            Map.entry(Methods.HEARD, Map.of()),
            Map.entry(Methods.ATTACH, Map.of("network", "front")),
            Map.entry(Methods.ATTACHMENTS_KEPT, Map.of()),
            Map.entry(Methods.SEAL_KEYS, Map.of("term", 1)),
            Map.entry(Methods.LOGS, Map.of()),
            Map.entry(Methods.SESSION, Map.of("t", "hello")),
            Map.entry(
                Methods.SESSION, Map.of("t", "hello", "description", Map.of(), "address", "a")),
            Map.entry(Methods.SESSION, Map.of("t", "statuses", "sequence", 1)),
            Map.entry(
                Methods.SESSION,
                Map.of("t", "statuses", "sequence", 1, "observations", List.of(Map.of()))),
            Map.entry(
                Methods.SESSION,
                Map.of(
                    "t",
                    "statuses",
                    "observations",
                    List.of(Map.of("taskId", "x", "status", Map.of())))),
            Map.entry(Methods.SESSION, Map.of("t", "log")),
            Map.entry(Methods.SESSION, Map.of("t", "log", "subscription", "s", "taskId", "t")));
    try (var caller = new Caller(tls(Caste.MANAGER), server.port(), loops)) {
      for (var call : bad) {
        Status found = caller.call(call.getKey(), cbor(call.getValue()));

        assertThat(found.getCode()).as(call.toString()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      }
    }
    assertThat(handler.calls).allMatch(c -> c.toLowerCase(Locale.ROOT).contains("session"));
  }

  @Test
  void whatStrangersAreToldNamesNoClassAndNoStatusTwice() throws Exception {
    try (var caller = new Caller(tls(Caste.STRANGER), server.port(), loops)) {
      for (Object bad :
          List.of(
              Map.of(),
              List.of(),
              "text",
              Map.of("request", Map.of()),
              Map.of("secret", List.of()))) {
        assertThat(String.valueOf(caller.call(Methods.JOIN, cbor(bad)).getDescription()))
            .startsWith("a message that cannot be read: ")
            .doesNotContain("swarm.", "java", "Messages", "INVALID_ARGUMENT");
      }
    }
  }

  @Test
  void nobodySendsMoreThanAManagerReads() throws Exception {
    try (var caller = new Caller(tls(Caste.MANAGER), server.port(), loops)) {
      byte[] large = new byte[ClusterServer.MAX_MESSAGE_BYTES + 1];

      assertThat(caller.call(Methods.RAFT, large).getCode())
          .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(caller.call(Methods.RAFT, new byte[] {0}).isOk()).isTrue();
    }
  }

  @Test
  void aSessionEndsWithItsFirstUnreadableMessage() throws Exception {
    try (var caller = new Caller(tls(Caste.WORKER), server.port(), loops)) {
      assertThat(caller.call(Methods.SESSION, new byte[] {(byte) 0xff}).getCode())
          .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }
    Await.until("the session was told", () -> handler.calls.contains("session broken"));
  }

  @Test
  void raftFramesThatDoNotHoldTheirKindAreTheCallersFault() throws Exception {
    try (var caller = new Caller(tls(Caste.MANAGER), server.port(), loops)) {
      for (byte[] bad : List.of(new byte[0], new byte[] {5, 'a'}, new byte[] {-1, 'a', 'b'})) {
        assertThat(caller.call(Methods.RAFT, bad).getCode())
            .as(java.util.Arrays.toString(bad))
            .isEqualTo(Status.Code.INVALID_ARGUMENT);
      }
      assertThat(caller.call(Methods.RAFT, new byte[] {0}).isOk()).isTrue();
    }
    assertThat(handler.calls).containsExactly("Raft ");
  }

  @Test
  void raftStreamsEndAtAMessageThatIsNone() throws Exception {
    try (var caller = new Caller(tls(Caste.MANAGER), server.port(), loops)) {
      for (byte[] bad :
          List.of(
              new byte[0],
              new byte[] {1, 2, 3},
              new byte[] {0, 0, 0, 0, 0, 0, 0, 1},
              new byte[] {0, 0, 0, 0, 0, 0, 0, 1, 5, 'a'})) {
        assertThat(caller.call(Methods.RAFT_STREAM, bad).getCode())
            .as(java.util.Arrays.toString(bad))
            .isEqualTo(Status.Code.INVALID_ARGUMENT);
      }
    }
    assertThat(handler.calls).isEmpty();
  }

  // ---- our own client

  @Test
  void raftsMessagesArriveAsTheyWereSent() throws Exception {
    byte[] large = new byte[3 * 1024 * 1024];
    large[large.length - 1] = 7;
    try (var client = new ClusterClient(manager, loops)) {
      assertThat(client.send(address(), "append", large).get(10, TimeUnit.SECONDS))
          .isEqualTo(large);
      assertThat(client.send(address(), "vote", new byte[0]).get(10, TimeUnit.SECONDS)).isEmpty();
    }
    assertThat(handler.calls).containsExactly("Raft append", "Raft vote");
  }

  @Test
  void aSlowAnswerHoldsUpNoOther() throws Exception {
    try (var client = new ClusterClient(manager, loops)) {
      var never = client.send(address(), "never", new byte[1]);
      for (int i = 0; i < 200; i++) {
        byte[] message = {(byte) i};
        assertThat(client.send(address(), "append", message).get(10, TimeUnit.SECONDS))
            .isEqualTo(message);
      }
      assertThat(never).isNotDone();
      String address = address();
      server.close();
      assertThatThrownBy(() -> never.get(10, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasMessageContaining("manager " + address);
    }
  }

  @Test
  void whoWasRemovedIsHeardNoMoreInTheStreamThatItHasOpen() throws Exception {
    try (var client = new ClusterClient(manager, loops)) {
      assertThat(client.send(address(), "append", new byte[1]).get(10, TimeUnit.SECONDS))
          .hasSize(1);
      handler.revoked.add(Caste.MANAGER.name());
      assertThatThrownBy(
              () -> client.send(address(), "append", new byte[1]).get(10, TimeUnit.SECONDS))
          .hasMessageContaining("node MANAGER is not in this swarm any more");
    }
    assertThat(handler.calls).containsExactly("Raft append");
  }

  @Test
  void raftGoesOnOverANewConnectionWhenTheOldOneBroke() throws Exception {
    try (var client = new ClusterClient(manager, loops)) {
      assertThat(answers(client, server.port())).isTrue();
      int port = server.port();
      server.close();
      try (var again =
          new ClusterServer(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
              manager,
              loops,
              handler)) {
        Await.until("the manager answers again", () -> answers(client, again.port()));
      }
    }
  }

  private static boolean answers(ClusterClient client, int port) {
    return client
        .send("127.0.0.1:" + port, "append", new byte[1])
        .handle((answer, _) -> answer != null)
        .orTimeout(10, TimeUnit.SECONDS)
        .join();
  }

  @Test
  void aManagerThatIsNotThereIsAnError() throws Exception {
    String gone = address();
    server.close();
    try (var client = new ClusterClient(manager, loops)) {
      assertThatThrownBy(() -> client.send(gone, "vote", new byte[0]).get(10, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasMessageContaining("manager " + gone);
    }
  }

  @Test
  void closingWaitsForCallsAtWork() throws Exception {
    var begun = new CountDownLatch(1);
    var never = new CountDownLatch(1);
    var ended = new AtomicBoolean();
    try (var port = new ClusterPort(StrangerLimits.USUAL);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      port.handler.onJoin =
          () -> {
            begun.countDown();
            var _ = never.await(300, TimeUnit.MILLISECONDS);
            ended.set(true);
          };
      Caller caller = port.caller();
      Future<Status> call = threads.submit(() -> caller.call(Methods.JOIN, ClusterPort.join()));
      begun.await();
      port.server.close();
      assertThat(ended).isTrue();
      assertThat(call.get().isOk()).isFalse();
    }
  }

  @Test
  void aTakenPortIsAnErrorWithTheAddress() {
    var taken = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());

    assertThatThrownBy(() -> new ClusterServer(taken, manager, loops, handler))
        .isInstanceOf(java.io.IOException.class)
        .hasMessageContaining(Integer.toString(server.port()));
  }
}
