package swarm.node.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import swarm.node.rpc.Messages;
import swarm.node.testing.Await;
import swarm.node.testing.Formed;
import swarm.node.testing.Managers;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Wire;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandFormat;
import swarm.scheduler.state.CommandResult;
import swarm.scheduler.state.StateCodec;

/// One cluster for all: those that break it come last.
@Timeout(90)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ProposerTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private final Managers managers;

  ProposerTest(@TempDir Path folder) throws Exception {
    managers = new Managers(folder, 3);
  }

  @BeforeAll
  void form() throws Exception {
    var outcome = managers.leader().proposer().propose(Formed.at(NOW));
    assertThat(outcome).isInstanceOf(Outcome.Applied.class);
  }

  @AfterAll
  void end() {
    managers.close();
  }

  private static Command admit(String node) {
    return new Command.AdmitNode(node, "worker", "192.0.2.9", NOW);
  }

  private static void applied(Outcome outcome, CommandResult result) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Applied.class, a -> assertThat(a.result()).isEqualTo(result));
  }

  @Test
  void whatALeaderOrAFollowerProposesIsAppliedThereWhenTheyAreTold() throws Exception {
    for (Managers.One one : new Managers.One[] {managers.leader(), managers.follower()}) {
      String node = "by" + one.self().id();
      Outcome outcome = one.proposer().propose(admit(node));

      applied(outcome, new CommandResult.Done());
      assertThat(one.store().state().nodes()).containsKey(node);
      assertThat(one.store().state().index())
          .isGreaterThanOrEqualTo(((Outcome.Applied) outcome).index());
    }
  }

  @Test
  void whatTheStateRefusesIsAppliedWithItsRefusal() throws Exception {
    var missing = new Command.RemoveService("none", NOW);
    for (Managers.One one : new Managers.One[] {managers.leader(), managers.follower()}) {
      assertThat(one.proposer().propose(missing))
          .isInstanceOfSatisfying(
              Outcome.Applied.class,
              a -> assertThat(a.result()).isInstanceOf(CommandResult.NotFound.class));
    }
  }

  @Test
  void whatDoesNotFitIntoTheLogIsToldAtOnceWithTheLimit() throws Exception {
    var large = new Command.RemoveService("x".repeat(2 * 1024 * 1024), NOW);
    for (Managers.One one : new Managers.One[] {managers.leader(), managers.follower()}) {
      assertThat(one.proposer().propose(large))
          .isInstanceOfSatisfying(
              Outcome.TooLarge.class,
              t -> assertThat(t.why()).contains(t.bytes() + " bytes").contains("2097152 fit"));
    }
  }

  @Test
  void whatManagersOfAnEarlierVersionCouldNotFollowIsRefusedUntilTheyAreUpgraded()
      throws Exception {
    applied(managers.leader().proposer().propose(admit("older")), new CommandResult.Done());
    var manager = new Node.Manager("raft-older", "127.0.0.1:1");
    applied(
        managers.leader().proposer().propose(new Command.SetNodeManager("older", manager, NOW)),
        new CommandResult.Done());
    managers.leader().proposer().heard("older", CommandFormat.FIRST);
    var job = new Command.CreateService("job1", Wire.JSON.readValue(JOB, ServiceSpec.class), NOW);

    for (Managers.One one : new Managers.One[] {managers.leader(), managers.follower()}) {
      assertThat(one.proposer().propose(job))
          .isInstanceOfSatisfying(
              Outcome.OlderManagers.class, o -> assertThat(o.why()).endsWith("older"));
    }
    assertThat(managers.leader().store().state().services()).isEmpty();

    managers.leader().proposer().heard("older", CommandFormat.NEWEST);
    applied(managers.follower().proposer().propose(job), new CommandResult.Done());
  }

  private static final String JOB =
      """
      {"Name": "job", "Mode": {"ReplicatedJob": {}}, "TaskTemplate": {}}
      """;

  @Test
  void aFollowerThatIsAskedAsTheLeaderSaysSoWithoutEffect() throws Exception {
    Managers.One follower = managers.follower();
    long before = managers.leader().store().state().index();

    var reply =
        follower.proposer().serve(new Messages.ProposeRequest(StateCodec.encode(admit("x")), -1));

    assertThat(reply.notLeader()).isTrue();
    assertThat(reply.index()).isZero();
    assertThat(managers.leader().store().state().index()).isEqualTo(before);
  }

  @Test
  void manyAtOnceAllTakeEffectOnce() throws Exception {
    var outcomes = new ConcurrentLinkedQueue<Outcome>();
    var done = new CountDownLatch(60);
    for (int i = 0; i < 60; i++) {
      String node = "many" + i;
      Managers.One one = managers.all().get(i % 3);
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  outcomes.add(one.proposer().propose(admit(node)));
                } catch (InterruptedException _) {
                  Thread.currentThread().interrupt();
                } finally {
                  done.countDown();
                }
              });
    }
    done.await();
    assertThat(outcomes).hasSize(60).allSatisfy(o -> applied(o, new CommandResult.Done()));
    Await.until(
        "all managers have all of them",
        () ->
            managers.all().stream()
                .allMatch(
                    one ->
                        one.store().state().nodes().keySet().stream()
                                .filter(n -> n.startsWith("many"))
                                .count()
                            == 60));
    // those that came together share an entry of the log
    assertThat(outcomes.stream().mapToLong(o -> ((Outcome.Applied) o).index()).sorted())
        .containsExactlyElementsOf(
            managers.leader().store().state().nodes().values().stream()
                .filter(n -> n.id().startsWith("many"))
                .map(n -> n.version().index())
                .sorted()
                .toList());
  }

  @Test
  @Order(Integer.MAX_VALUE - 4)
  void whatTheLeaderTookIsAnsweredByTheOwnLogWhereItsAnswerIsLost() throws Exception {
    Managers.One leader = managers.leader();
    leader.fallSilent(false);
    try {
      applied(managers.follower().proposer().propose(admit("mute")), new CommandResult.Done());
    } finally {
      leader.speakAgain();
    }
  }

  @Test
  @Order(Integer.MAX_VALUE - 3)
  void whatALostLeaderNeverTookIsGivenToTheNextOne() throws Exception {
    Managers.One old = managers.leader();
    List<Managers.One> others = managers.all().stream().filter(one -> one != old).toList();
    old.fallSilent(true);
    var outcomes = new ConcurrentLinkedQueue<Outcome>();
    var done = new CountDownLatch(20);
    for (int i = 0; i < 20; i++) {
      String node = "deaf" + i;
      Managers.One one = others.get(i % 2);
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  outcomes.add(one.proposer().propose(admit(node)));
                } catch (InterruptedException _) {
                  Thread.currentThread().interrupt();
                } finally {
                  done.countDown();
                }
              });
    }
    var _ = old.log().transferLeadership(managers.follower().self().id()).get(20, TimeUnit.SECONDS);

    done.await();
    old.speakAgain();
    assertThat(outcomes).hasSize(20).allSatisfy(o -> applied(o, new CommandResult.Done()));
  }

  @Test
  @Order(Integer.MAX_VALUE - 2)
  void aNewLeaderIsFoundAndNothingIsDoneTwice() throws Exception {
    Managers.One follower = managers.follower();
    managers.stop(managers.leader());

    // Whether it met the old leader's end or not: its own log knows.
    applied(follower.proposer().propose(admit("after")), new CommandResult.Done());

    Await.until("one leads again", () -> managers.leader() != null);
    applied(follower.proposer().propose(admit("later")), new CommandResult.Done());
    assertThat(follower.store().state().nodes()).containsKey("later");
  }

  @Test
  void whoeverIsInterruptedDoesNotWaitForTheLeaderEither() {
    Managers.One follower = managers.follower();
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> follower.proposer().propose(admit("interrupted")))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void whoeverIsInterruptedStopsWaiting() throws Exception {
    Managers.One survivor = managers.all().getFirst();
    for (Managers.One one : managers.all()) {
      if (one != survivor) {
        managers.stop(one);
      }
    }
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> survivor.proposer().propose(admit("x")))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
  }

  /// Its own log brings it nothing any more; what the leader said of the command is true all the
  /// same.
  @Test
  @Order(Integer.MAX_VALUE - 1)
  void aManagerThatEndsDoesNotWaitForItsOwnLog() throws Exception {
    Managers.One follower = managers.follower();
    follower.store().end();
    applied(follower.proposer().propose(admit("last")), new CommandResult.Done());
  }
}
