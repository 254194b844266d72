package swarm.node.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import swarm.node.rpc.SessionMessages;
import swarm.node.testing.Formed;
import swarm.node.testing.Managers;
import swarm.scheduler.model.Payload;
import swarm.scheduler.model.PayloadData;
import swarm.scheduler.model.PayloadKind;
import swarm.scheduler.model.PayloadSpec;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.model.Version;
import swarm.scheduler.model.Wire;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandApplier;
import swarm.scheduler.state.CommandResult;

/// A worker sees only the secrets of its own tasks, before them, and those for as long as they are
/// to run.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SessionPayloadsTest {
  private static final Instant T0 = Instant.EPOCH;

  private final Managers managers;
  private final Dispatcher dispatcher;
  private ClusterState state = ClusterState.EMPTY;

  SessionPayloadsTest(@TempDir Path folder) throws Exception {
    managers = new Managers(folder, 1);
    Managers.One one = managers.leader();
    dispatcher =
        new Dispatcher(one.store(), one.proposer(), Clock.systemUTC(), () -> true, (_, _) -> {});
    run(Formed.at(T0));
    run(new Command.AdmitNode("n2", "worker", "192.0.2.2", T0));
    for (String name : new String[] {"a", "b"}) {
      run(
          new Command.CreatePayload(
              PayloadKind.SECRET,
              "id-" + name,
              new PayloadSpec(
                  name,
                  null,
                  PayloadData.of(("word-" + name).getBytes(StandardCharsets.UTF_8)),
                  null,
                  null),
              T0));
      run(new Command.CreateService("s-" + name, service(name), T0));
    }
  }

  @AfterAll
  void end() {
    dispatcher.close();
    managers.close();
  }

  private void run(Command command) {
    CommandApplier.Applied applied = CommandApplier.apply(state, state.index() + 1, command);
    assertThat(applied.result()).isInstanceOf(CommandResult.Done.class);
    state = applied.state();
  }

  private static ServiceSpec service(String secret) throws JsonProcessingException {
    return Wire.JSON.readValue(
        """
        {"Name": "s-%1$s", "Labels": {"tier": "%1$s"},
         "TaskTemplate": {"ContainerSpec": {"Image": "a", "Hostname": "{{.Service.Labels.tier}}",
           "Secrets": [{"SecretID": "id-%1$s", "SecretName": "%1$s", "File": {"Name": "x"}}]}}}
        """
            .formatted(secret),
        ServiceSpec.class);
  }

  private void task(String id, String service, String node) {
    run(new Command.CreateTask(id, service, 1, "", 0, TaskState.RUNNING, T0, T0));
    run(new Command.AllocateTask(id, 0, T0));
    run(new Command.AssignTask(id, node, T0));
  }

  private void report(String node, String task, TaskState seen) {
    run(
        new Command.ReportTasks(
            node,
            List.of(
                new Command.ReportTasks.Observation(task, new Task.Status(seen, T0, "", "", null))),
            T0));
  }

  /// A session whose agent notes what it is sent.
  private final class Agent implements StreamObserver<SessionMessages.FromManager> {
    final List<SessionMessages.FromManager> heard = new ArrayList<>();
    final Session session;

    Agent(String nodeId) {
      session = new Session(nodeId, InetAddress.ofLiteral("192.0.2.9"), dispatcher, this);
    }

    /// What it is told of these tasks: secrets, then tasks, in the order of the messages.
    String told(String... touched) {
      heard.clear();
      session.publish(
          state,
          new TreeSet<>(Set.of(touched)),
          false,
          false,
          false,
          Roster.EMPTY,
          new OverlayViews(),
          0);
      var all = new ArrayList<String>();
      for (SessionMessages.FromManager message : heard) {
        if (message instanceof SessionMessages.Assignments assignments) {
          assignments.payloadsOrNone().stream().map(Payload::id).forEach(all::add);
          assignments.labelsOrNone().forEach((id, labels) -> all.add(id + labels));
          assignments.tasks().stream().map(Task::id).forEach(all::add);
        }
      }
      return String.join(" ", all);
    }

    @Override
    public void onNext(SessionMessages.FromManager message) {
      heard.add(message);
    }

    @Override
    public void onError(Throwable error) {
      throw new AssertionError(error);
    }

    @Override
    public void onCompleted() {}
  }

  @Test
  void anAgentIsSentWhatItsOwnTasksNeedAndOnce() throws JsonProcessingException {
    var first = new Agent("n1");
    var second = new Agent("n2");
    assertThat(first.told()).isEmpty();
    assertThat(second.told()).isEmpty();

    task("t1", "s-a", "n1");
    assertThat(first.told("t1")).isEqualTo("id-a s-a{tier=a} t1");
    assertThat(second.told("t1")).isEmpty();
    assertThat(new String(Wire.CBOR.writeValueAsBytes(first.heard), StandardCharsets.ISO_8859_1))
        .contains("word-a")
        .doesNotContain("word-b");
    task("t2", "s-b", "n2");
    assertThat(first.told("t2")).isEmpty();
    assertThat(second.told("t2")).isEqualTo("id-b s-b{tier=b} t2");

    // the first still has it, until its last task ends
    task("t3", "s-a", "n1");
    assertThat(first.told("t3")).isEqualTo("s-a{tier=a} t3");
    report("n1", "t1", TaskState.FAILED);
    assertThat(first.told("t1")).isEmpty();
    task("t4", "s-a", "n1");
    assertThat(first.told("t4")).isEqualTo("s-a{tier=a} t4");
    run(new Command.DesireTask("t3", TaskState.SHUTDOWN, T0));
    run(new Command.DesireTask("t4", TaskState.SHUTDOWN, T0));
    assertThat(first.told("t3", "t4")).isEqualTo("t3 t4");
    task("t5", "s-a", "n1");
    assertThat(first.told("t5")).isEqualTo("id-a s-a{tier=a} t5");

    // another session knows nothing of what was told before; what has ended needs nothing
    assertThat(new Agent("n1").told()).isEqualTo("id-a s-a{tier=a} t1 t3 t4 t5");
    report("n2", "t2", TaskState.COMPLETE);
    assertThat(new Agent("n2").told()).isEqualTo("t2");
  }

  /// Older agents would stop what is to become complete.
  @Test
  void anAgentIsToldToRunATaskOfAJob() throws Exception {
    run(
        new Command.CreateService(
            "s-job",
            Wire.JSON.readValue(
                """
                {"Name": "job", "Mode": {"ReplicatedJob": {}},
                 "TaskTemplate": {"ContainerSpec": {"Image": "a"}}}
                """,
                ServiceSpec.class),
            T0));
    var agent = new Agent("n3");
    run(new Command.AdmitNode("n3", "worker", "192.0.2.3", T0));
    run(new Command.CreateTask("t9", "s-job", 0, "", 0, TaskState.READY, T0, T0));
    run(new Command.AllocateTask("t9", 0, T0));
    run(new Command.AssignTask("t9", "n3", null, T0));
    assertThat(agent.told("t9")).isEqualTo("t9");
    run(new Command.DesireTask("t9", TaskState.COMPLETE, T0));
    assertThat(agent.told("t9")).isEqualTo("t9");
    assertThat(agent.heard)
        .filteredOn(SessionMessages.Assignments.class::isInstance)
        .flatExtracting(message -> ((SessionMessages.Assignments) message).tasks())
        .extracting(Task::desired)
        .containsExactly(TaskState.RUNNING);
    assertThat(state.tasksOfService("s-job")).extracting(Task::jobIteration).containsExactly(0L);
  }

  @Test
  void whatIsLargeGoesInPartsBeforeItsTasks() {
    var large = new ArrayList<Payload>();
    for (int i = 0; i < 3; i++) {
      large.add(
          new Payload(
              PayloadKind.CONFIG,
              "c" + i,
              new Version(1, T0, T0),
              new PayloadSpec(
                  "c" + i, null, PayloadData.of(new byte[1000 * 1024 - 1]), null, null)));
    }
    List<SessionMessages.Assignments> parts =
        Session.parts(
            new SessionMessages.Assignments(
                7,
                true,
                false,
                List.of(swarm.node.testing.Tasks.assigned("t", "")),
                List.of("x"),
                null,
                large,
                Map.of("s", Map.of("a", "b")),
                null));

    assertThat(parts).hasSize(4);
    for (int i = 0; i < 4; i++) {
      SessionMessages.Assignments part = parts.get(i);
      assertThat(part.more()).isEqualTo(i < 3);
      assertThat(part.payloadsOrNone()).isEqualTo(i < 3 ? List.of(large.get(i)) : List.of());
      assertThat(part.tasks()).hasSize(i < 3 ? 0 : 1);
      assertThat(part.removed()).isEqualTo(i == 0 ? List.of("x") : List.of());
      assertThat(part.labelsOrNone()).hasSize(i == 0 ? 1 : 0);
    }
  }
}
