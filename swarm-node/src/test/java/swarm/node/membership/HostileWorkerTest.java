package swarm.node.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import swarm.node.dispatch.LogBroker;
import swarm.node.identity.NodeIdentity;
import swarm.node.identity.Role;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.Messages;
import swarm.node.rpc.SessionMessages;
import swarm.node.testing.Await;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.model.Wire;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.Command.ReportTasks.Observation;

/// A worker with a good certificate and bad intentions, over the real cluster port of a real
/// manager: it hears and changes nothing but its own.
@Timeout(120)
class HostileWorkerTest {
  private final SoleManager sole;
  private final Worker villain;
  private final Worker victim;

  /// An agent's side of a session, said by hand.
  private final class Worker implements StreamObserver<SessionMessages.FromManager>, AutoCloseable {
    final NodeIdentity identity;
    final ClusterClient client;
    final List<SessionMessages.FromManager> heard = new CopyOnWriteArrayList<>();
    final String address;
    volatile boolean refused;
    private final StreamObserver<SessionMessages.FromAgent> out;
    private final ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor();

    Worker(Path folder, String address) throws Exception {
      identity = sole.join(Role.WORKER, folder);
      this.address = address;
      client = new ClusterClient(identity, sole.loops);
      out = client.session(sole.address(), this);
      say(new SessionMessages.Hello(description(), address));
      var _ =
          beats.scheduleAtFixedRate(
              () -> say(new SessionMessages.Beat()), 100, 100, TimeUnit.MILLISECONDS);
      Await.until("its session begins", () -> !heard.isEmpty());
    }

    String id() {
      return identity.self().nodeId();
    }

    synchronized void say(SessionMessages.FromAgent message) {
      if (!refused) {
        out.onNext(message);
      }
    }

    @Override
    public void onNext(SessionMessages.FromManager message) {
      heard.add(message);
    }

    @Override
    public void onError(Throwable error) {
      refused = true;
    }

    @Override
    public void onCompleted() {
      refused = true;
    }

    @Override
    public void close() {
      beats.shutdownNow();
      client.close();
    }
  }

  private static Node.Description description() {
    return new Node.Description("h", "linux", "amd64", 8_000_000_000L, 1L << 33, "1", Map.of());
  }

  HostileWorkerTest(@TempDir Path temp) throws Exception {
    sole = new SoleManager(temp.resolve("manager"));
    villain = new Worker(temp.resolve("w1"), "192.0.2.1");
    victim = new Worker(temp.resolve("w2"), "192.0.2.2");
    ObjectNode spec = Wire.JSON.createObjectNode().put("Name", "web");
    spec.putObject("Mode").putObject("Replicated").put("Replicas", 8);
    spec.putObject("TaskTemplate").putObject("ContainerSpec").put("Image", "web:1");
    sole.apply(
        new Command.CreateService(
            "s1", Wire.JSON.convertValue(spec, ServiceSpec.class), Instant.now()));
    Await.until(
        "both have tasks", () -> !tasks(villain.id()).isEmpty() && !tasks(victim.id()).isEmpty());
  }

  @AfterEach
  void end() {
    villain.close();
    victim.close();
    sole.close();
  }

  private List<Task> tasks(String nodeId) {
    return sole.state().tasksOnNode(nodeId).stream()
        .filter(t -> t.status().state() == TaskState.ASSIGNED)
        .toList();
  }

  @Test
  void itIsToldOfItsOwnTasksOnly() {
    Await.until(
        "it is told of all of them",
        () -> told().containsAll(tasks(villain.id()).stream().map(Task::id).toList()));
    assertThat(told())
        .doesNotContainAnyElementsOf(tasks(victim.id()).stream().map(Task::id).toList());
  }

  private Set<String> told() {
    return villain.heard.stream()
        .filter(SessionMessages.Assignments.class::isInstance)
        .flatMap(m -> ((SessionMessages.Assignments) m).tasks().stream())
        .map(Task::id)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void whatItSaysOfOthersTasksChangesNothing() {
    Task others = tasks(victim.id()).getFirst();
    Task own = tasks(villain.id()).getFirst();
    var failed = new Task.Status(TaskState.FAILED, Instant.now(), "", "killed", null);

    villain.say(
        new SessionMessages.Statuses(
            1, List.of(new Observation(others.id(), failed), new Observation(own.id(), failed))));

    Await.until("it is kept", () -> villain.heard.contains(new SessionMessages.StatusesKept(1)));
    assertThat(state(own)).isEqualTo(TaskState.FAILED);
    assertThat(state(others)).isEqualTo(TaskState.ASSIGNED);
  }

  private TaskState state(Task task) {
    return sole.state().task(task.id()).orElseThrow().status().state();
  }

  @Test
  void itsTextsAreCutAndHoldNobodyElseUp() {
    Task own = tasks(villain.id()).getFirst();
    Task others = tasks(victim.id()).getFirst();
    var endless =
        new Task.Status(
            TaskState.FAILED,
            Instant.now(),
            "",
            "x".repeat(3 * 1024 * 1024),
            new Task.Container("c".repeat(1000), 1, 1),
            List.of(0, 70_000));
    var failed = new Task.Status(TaskState.FAILED, Instant.now(), "", "failed", null);

    villain.say(new SessionMessages.Statuses(1, List.of(new Observation(own.id(), endless))));
    Await.until("it is read", () -> villain.heard.contains(new SessionMessages.StatusesKept(1)));
    victim.say(new SessionMessages.Statuses(1, List.of(new Observation(others.id(), failed))));

    Await.until("it is kept", () -> victim.heard.contains(new SessionMessages.StatusesKept(1)));
    Task.Status kept = sole.state().task(own.id()).orElseThrow().status();
    assertThat(kept.error())
        .hasSize(Task.Status.MOST_TEXT)
        .endsWith("xxx... (cut: 3145728 characters)");
    assertThat(Objects.requireNonNull(kept.container()).id()).hasSize(128);
    assertThat(kept.published()).isNull();
    assertThat(state(others)).isEqualTo(TaskState.FAILED);
  }

  @Test
  void itDoesNotTakeAnothersAddress() {
    villain.say(new SessionMessages.Hello(description(), victim.address));

    Await.until("its session ends", () -> villain.refused);
    assertThat(sole.state().node(villain.id()).orElseThrow().status().address())
        .isEqualTo(villain.address);
    assertThat(victim.refused).isFalse();
  }

  @Test
  void itSendsNoLogsOfOthersTasks() {
    String own = tasks(villain.id()).getFirst().id();
    String others = tasks(victim.id()).getFirst().id();
    var got = new CopyOnWriteArrayList<String>();
    var request = new SessionMessages.Subscribe("sub", List.of(own), false, true, true, -1, "", "");
    sole.manager
        .dispatcher()
        .subscribe(
            Map.of(villain.id(), request),
            new LogBroker.Sink() {
              @Override
              public void accept(String nodeId, SessionMessages.LogChunk chunk, Runnable resume) {
                got.add(chunk.taskId());
              }

              @Override
              public void ended(String nodeId) {
                got.add("ended");
              }
            });
    for (String task : List.of(others, own)) {
      villain.say(new SessionMessages.LogChunk("sub", task, 1, "", new byte[] {1}, false, ""));
    }

    Await.until("its own is heard", () -> got.contains(own));
    assertThat(got).containsExactly(own);
  }

  @Test
  void itCallsNothingThatIsTheManagers() {
    var proposal = new Messages.ProposeRequest(new byte[] {1}, -1);
    var member = new Messages.MemberRequest(villain.id(), "raft9", "192.0.2.1:2377");
    var silent = new Messages.Heard(Map.of(victim.id(), -1L), null, null, null);

    assertThatThrownBy(() -> villain.client.propose(sole.address(), proposal).get())
        .hasMessageContaining("PERMISSION_DENIED");
    assertThatThrownBy(() -> villain.client.addMember(sole.address(), member))
        .hasMessageContaining("PERMISSION_DENIED");
    assertThatThrownBy(() -> villain.client.heard(sole.address(), silent))
        .hasMessageContaining("PERMISSION_DENIED");
    assertThat(victim.refused).isFalse();
  }

  @Test
  void itLeavesForNobodyElse() throws Exception {
    assertThat(villain.client.leave(sole.address(), true).outcome())
        .isEqualTo(Messages.MemberOutcome.DONE);

    assertThat(sole.state().revoked()).containsOnlyKeys(villain.id());
    assertThat(victim.refused).isFalse();
  }
}
