package swarm.node.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import swarm.node.control.Outcome;
import swarm.node.identity.Peer;
import swarm.node.identity.Role;
import swarm.node.rpc.SessionMessages;
import swarm.node.testing.Await;
import swarm.node.testing.Managers;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.Command.ReportTasks.Observation;
import swarm.scheduler.state.CommandResult;

/// Which of a node's sessions counts: agents give up a greeting that takes too long and open
/// another one, and the manager hears of both in any order.
@Timeout(90)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SessionsTest {
  private static final Peer NODE = new Peer("n1", "c1", Role.WORKER);
  private static final SessionMessages.Hello HELLO =
      new SessionMessages.Hello(
          new Node.Description("h", "linux", "amd64", 1, 1, "1", Map.of()), "192.0.2.1");

  /// Where none of the test's nodes is: it does not matter to who is alone at its address.
  private static final InetAddress THERE = InetAddress.ofLiteral("192.0.2.99");

  private static SessionMessages.Hello at(String address) {
    return new SessionMessages.Hello(HELLO.description(), address);
  }

  private static final Instant NOW = Instant.EPOCH;
  private static final Instant LATER = NOW.plusSeconds(60);

  private final Managers managers;

  /// Each confirmation of the state waits for the next of these.
  private final Queue<CountDownLatch> confirmations = new ConcurrentLinkedQueue<>();

  private final Dispatcher dispatcher;

  SessionsTest(@TempDir Path folder) throws Exception {
    managers = new Managers(folder, 1);
    Managers.One one = managers.leader();
    dispatcher =
        new Dispatcher(one.store(), one.proposer(), Clock.systemUTC(), this::confirm, (_, _) -> {});
    admit("n1");
  }

  private void admit(String nodeId) throws InterruptedException {
    applied(new Command.AdmitNode(nodeId, "worker", "192.0.2.1", NOW));
  }

  private void applied(Command command) throws InterruptedException {
    assertThat(managers.leader().proposer().propose(command))
        .isInstanceOfSatisfying(
            Outcome.Applied.class,
            done -> assertThat(done.result()).isInstanceOf(CommandResult.Done.class));
  }

  private boolean confirm() throws InterruptedException {
    CountDownLatch wait = confirmations.poll();
    return wait == null || wait.await(30, TimeUnit.SECONDS);
  }

  @AfterAll
  void end() {
    dispatcher.close();
    managers.close();
  }

  @AfterEach
  void noSessionIsLeft() {
    Await.until("no session is left", () -> dispatcher.silences().isEmpty());
  }

  /// What a manager said in a session.
  private static final class Heard implements StreamObserver<SessionMessages.FromManager> {
    final Queue<SessionMessages.FromManager> messages = new ConcurrentLinkedQueue<>();
    volatile boolean ended;
    volatile Status.@Nullable Code refusal;

    @Override
    public void onNext(SessionMessages.FromManager message) {
      messages.add(message);
    }

    @Override
    public void onError(Throwable error) {
      refusal = Status.fromThrowable(error).getCode();
      endedOnce();
    }

    @Override
    public void onCompleted() {
      endedOnce();
    }

    private void endedOnce() {
      if (ended) {
        throw new IllegalStateException("call already closed"); // as gRPC does
      }
      ended = true;
    }
  }

  private static void greeted(Heard heard) {
    Await.until("the agent is told what to do", () -> !heard.messages.isEmpty());
    assertThat(heard.ended).isFalse();
  }

  @Test
  void aGreetingThatWasGivenUpDoesNotTakeTheNextOnesPlace() throws Exception {
    var slow = new CountDownLatch(1);
    confirmations.add(slow);
    var first = new Heard();
    StreamObserver<SessionMessages.FromAgent> old = dispatcher.session(NODE, THERE, first);
    Thread late = Thread.ofVirtual().start(() -> old.onNext(HELLO));
    Await.until("the first is being confirmed", confirmations::isEmpty);
    var second = new Heard();
    StreamObserver<SessionMessages.FromAgent> fresh = dispatcher.session(NODE, THERE, second);
    fresh.onNext(HELLO);
    greeted(second);

    slow.countDown();
    late.join();
    old.onCompleted();

    assertThat(first.ended).isTrue();
    assertThat(first.messages).isEmpty();
    assertThat(dispatcher.silences()).containsOnlyKeys("n1");
    fresh.onNext(new SessionMessages.Beat());
    assertThat(second.ended).isFalse();
    fresh.onCompleted();
    assertThat(second.ended).isTrue();
  }

  @Test
  void aNewSessionEndsTheOneBeforeIt() throws Exception {
    var first = new Heard();
    StreamObserver<SessionMessages.FromAgent> old = dispatcher.session(NODE, THERE, first);
    old.onNext(HELLO);
    greeted(first);
    var second = new Heard();
    StreamObserver<SessionMessages.FromAgent> fresh = dispatcher.session(NODE, THERE, second);
    fresh.onNext(HELLO);
    greeted(second);
    assertThat(first.ended).isTrue();
    old.onNext(new SessionMessages.Beat());
    old.onCompleted();
    assertThat(dispatcher.silences()).containsOnlyKeys("n1");
    fresh.onCompleted();
  }

  @Test
  void aSessionThatEndedWhileItWasConfirmedIsNotKept() throws Exception {
    var slow = new CountDownLatch(1);
    confirmations.add(slow);
    var heard = new Heard();
    StreamObserver<SessionMessages.FromAgent> agent = dispatcher.session(NODE, THERE, heard);
    Thread late = Thread.ofVirtual().start(() -> agent.onNext(HELLO));
    Await.until("it is being confirmed", confirmations::isEmpty);
    agent.onError(new IllegalStateException("the connection broke"));
    slow.countDown();
    late.join();
    assertThat(dispatcher.silences()).isEmpty();
    assertThat(List.copyOf(heard.messages)).isEmpty();
  }

  @Test
  void aNodeThatIsRemovedLosesItsSessionAndGetsNoOther() throws Exception {
    var peer = new Peer("n2", "c1", Role.WORKER);
    admit("n2");
    var heard = new Heard();
    dispatcher.session(peer, THERE, heard).onNext(at("192.0.2.2"));
    greeted(heard);
    applied(new Command.RemoveNode("n2", true, LATER, NOW));
    Await.until("its session has ended", () -> heard.ended);

    var again = new Heard();
    dispatcher.session(peer, THERE, again).onNext(HELLO);
    assertThat(again.ended).isTrue();
    assertThat(again.messages).isEmpty();
  }

  @Test
  void aNodeThatLeftIsDownAndStaysSo() throws Exception {
    var peer = new Peer("n3", "c1", Role.WORKER);
    admit("n3");
    var heard = new Heard();
    dispatcher.session(peer, THERE, heard).onNext(at("192.0.2.3"));
    greeted(heard);
    applied(new Command.LeaveNode("n3", LATER, NOW));
    Await.until("its session has ended", () -> heard.ended);

    var again = new Heard();
    dispatcher.session(peer, THERE, again).onNext(HELLO);
    assertThat(again.ended).isTrue();
    assertThat(managers.leader().store().state().node("n3").orElseThrow().status())
        .isEqualTo(new Node.Status(Node.State.DOWN, "left the swarm", "192.0.2.3", NOW));
  }

  @Test
  void moreThanTheLogTakesAtOnceIsKeptAllTheSame() throws Exception {
    var failed = new Task.Status(TaskState.FAILED, NOW, "", "e".repeat(4_000), null);
    var heard = new Heard();
    StreamObserver<SessionMessages.FromAgent> agent = dispatcher.session(NODE, THERE, heard);
    agent.onNext(HELLO);
    greeted(heard);
    var seen = new ArrayList<Observation>();
    for (int i = 0; i < 700; i++) { // 2.8 MiB
      seen.add(new Observation("t" + i, failed));
    }
    agent.onNext(new SessionMessages.Statuses(5, seen));
    Await.until("it is kept", () -> heard.messages.contains(new SessionMessages.StatusesKept(5)));
    agent.onCompleted();
  }

  @Test
  void whoeverBeatsInNoSessionIsSentToOpenOne() {
    var heard = new Heard();
    StreamObserver<SessionMessages.FromAgent> agent = dispatcher.session(NODE, THERE, heard);
    agent.onNext(new SessionMessages.Beat());
    assertThat(heard.ended).isTrue();
    agent.onCompleted();
  }

  /// Its agents would go on talking to a manager that is none any more, and count as silent.
  @Test
  void whoStopsBeingAManagerEndsItsSessions() throws Exception {
    Managers.One one = managers.leader();
    var slow = new CountDownLatch(1);
    var going =
        new Dispatcher(one.store(), one.proposer(), Clock.systemUTC(), this::confirm, (_, _) -> {});
    admit("n4");
    admit("n5");
    var heard = new Heard();
    going.session(new Peer("n4", "c1", Role.WORKER), THERE, heard).onNext(at("192.0.2.4"));
    greeted(heard);
    confirmations.add(slow);
    var late = new Heard();
    StreamObserver<SessionMessages.FromAgent> agent =
        going.session(new Peer("n5", "c1", Role.WORKER), THERE, late);
    Thread greeting = Thread.ofVirtual().start(() -> agent.onNext(at("192.0.2.5")));
    Await.until("it is being confirmed", confirmations::isEmpty);

    going.close();

    assertThat(heard.ended).isTrue();
    slow.countDown();
    greeting.join();
    assertThat(late.ended).as("one that began meanwhile").isTrue();
    assertThat(going.silences()).isEmpty();
  }

  /// What its agents say would reach nobody, and nothing that the leader wants would reach them.
  @Test
  void aManagerThatTheLeaderDoesNotHearHasNoSessions() throws Exception {
    admit("n6");
    Peer node = new Peer("n6", "c1", Role.WORKER);
    var before = new Heard();
    dispatcher.session(node, THERE, before).onNext(at("192.0.2.6"));
    greeted(before);
    Await.until(
        "it is ended",
        () -> {
          dispatcher.leaderTold(false);
          return before.ended;
        });
    var meanwhile = new Heard();
    dispatcher.session(node, THERE, meanwhile).onNext(at("192.0.2.6"));
    assertThat(meanwhile.ended).as("it is sent on at once").isTrue();
    dispatcher.leaderTold(true);
    var after = new Heard();
    StreamObserver<SessionMessages.FromAgent> agent = dispatcher.session(node, THERE, after);
    agent.onNext(at("192.0.2.6"));
    greeted(after);
    agent.onCompleted();
  }

  /// Also while that one's daemon starts again: it would be locked out of the cluster.
  @Test
  void anAddressStaysItsNodes() throws Exception {
    admit("n7");
    admit("n8");
    Peer owner = new Peer("n7", "c1", Role.WORKER);
    var before = new Heard();
    dispatcher.session(owner, THERE, before).onNext(at("192.0.2.7"));
    greeted(before);
    applied(new Command.SetNodeStatus("n7", Node.State.READY, Node.State.DISCONNECTED, "", LATER));

    var taker = new Heard();
    dispatcher.session(new Peer("n8", "c1", Role.WORKER), THERE, taker).onNext(at("192.0.2.7"));
    assertThat(taker.ended).isTrue();
    assertThat(taker.messages).isEmpty();
    var again = new Heard();
    StreamObserver<SessionMessages.FromAgent> agent = dispatcher.session(owner, THERE, again);
    agent.onNext(at("192.0.2.7"));
    greeted(again);
    agent.onCompleted();
  }

  /// Who is refused as no member says so to its user; the founder's agent may be that early.
  @Test
  void beforeAClusterIsFoundedNobodyIsExpelledFromIt(@TempDir Path folder) throws Exception {
    try (var founding = new Managers(folder, 1);
        var early =
            new Dispatcher(
                founding.leader().store(),
                founding.leader().proposer(),
                Clock.systemUTC(),
                this::confirm,
                (_, _) -> {})) {
      var heard = new Heard();
      early.session(NODE, THERE, heard).onNext(HELLO);
      assertThat(heard.refusal).isEqualTo(Status.Code.UNAVAILABLE);
    }
  }
}
