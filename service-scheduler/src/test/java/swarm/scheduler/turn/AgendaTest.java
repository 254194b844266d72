package swarm.scheduler.turn;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.model.Version;
import swarm.scheduler.plan.Plan;
import swarm.scheduler.state.Change;
import swarm.scheduler.state.ClusterState;

class AgendaTest {
  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");
  private final Agenda agenda = new Agenda();

  @Test
  void nothingIsDueUntilSomethingHappens() {
    assertThat(agenda.take(T0)).isEmpty();
    assertThat(agenda.nextTimer()).isEmpty();
    agenda.begin(ClusterState.EMPTY);
    assertThat(agenda.take(T0)).isPresent();
    assertThat(agenda.take(T0)).isEmpty();
  }

  @Test
  void timersFireOnceAtTheEarliestTimeAskedFor() {
    var plan = new Plan();
    plan.wakeAt("web", T0.plusSeconds(9));
    plan.wakeAt("web", T0.plusSeconds(5));
    agenda.planned(plan);
    assertThat(agenda.nextTimer()).contains(T0.plusSeconds(5));
    assertThat(agenda.take(T0.plusSeconds(4))).isEmpty();
    assertThat(taken(T0.plusSeconds(5))).containsExactly("web");
    assertThat(agenda.take(T0.plusSeconds(99))).isEmpty();
  }

  @Test
  void whatWaitsIsDueWhenANodeChanges() {
    waits("web");
    assertThat(agenda.take(T0)).isEmpty();
    nodeChanges();
    assertThat(taken(T0)).containsExactly("web");
  }

  @Test
  void whoWaitsForAServiceIsDueWhenSomethingHappensToIt() {
    var plan = new Plan();
    plan.waitsFor("web", List.of("db", "cache"));
    plan.waitsFor("api", List.of("db"));
    agenda.planned(plan);
    assertThat(agenda.take(T0)).isEmpty();
    agenda.note(ClusterState.EMPTY, List.of(new Change.OfTask(null, of("queue"))));
    assertThat(taken(T0)).containsExactly("other");
    agenda.note(ClusterState.EMPTY, List.of(new Change.OfTask(null, of("db"))));
    assertThat(taken(T0)).containsExactly("api", "other", "web");
    // it is not told again before it says again that it waits
    agenda.note(ClusterState.EMPTY, List.of(new Change.OfTask(null, of("cache"))));
    assertThat(taken(T0)).containsExactly("other");
  }

  @Test
  void whatHappenedWhileAPlanWasMadeIsNotMissed() {
    agenda.note(ClusterState.EMPTY, List.of(new Change.OfTask(null, of("db"))));
    assertThat(taken(T0)).containsExactly("other");
    agenda.note(ClusterState.EMPTY, List.of(new Change.OfTask(null, of("db"))));
    var plan = new Plan();
    plan.waitsFor("web", List.of("db"));
    agenda.planned(plan);
    assertThat(taken(T0)).containsExactly("other", "web");
  }

  @Test
  void whatOnlyAnotherNodeHelpsIsNotDueWhenATaskEnds() {
    waits("room", true);
    waits("nodes", false);
    agenda.note(ClusterState.EMPTY, List.of(new Change.OfTask(task(TaskState.RUNNING, ""), null)));
    assertThat(taken(T0)).containsExactly("other", "room");
    assertThat(agenda.take(T0)).isEmpty();
    nodeChanges();
    assertThat(taken(T0)).containsExactly("nodes");
  }

  @Test
  void whatMakesNoRoomWakesNobody() {
    waits("room", true);
    var running = task(TaskState.RUNNING, "");
    agenda.note(ClusterState.EMPTY, List.of(new Change.OfTask(null, running)));
    assertThat(taken(T0)).containsExactly("other");
    agenda.note(
        ClusterState.EMPTY,
        List.of(
            new Change.OfTask(task(TaskState.SHUTDOWN, ""), null),
            new Change.OfTask(task(TaskState.STARTING, ""), running)));
    assertThat(taken(T0)).containsExactly("other");
  }

  @Test
  void aNodeThatOnlySaysHelloAgainWakesNobody() {
    waits("nodes", false);
    Node node = node(1);
    agenda.note(ClusterState.EMPTY, List.of(new Change.OfNode(node, node(2))));
    assertThat(taken(T0)).isEmpty();
    agenda.note(ClusterState.EMPTY, List.of(new Change.OfNode(node, null)));
    assertThat(taken(T0)).containsExactly("nodes");
  }

  @Test
  void aTaskThatIsOnlyToldWhyItWaitsIsNotPlannedAgainForThat() {
    agenda.note(
        ClusterState.EMPTY,
        List.of(
            new Change.OfTask(
                task(TaskState.PENDING, ""), task(TaskState.PENDING, "no suitable node"))));
    assertThat(agenda.take(T0)).isEmpty();
  }

  @Test
  void aChangeDuringATurnIsNotLostToWhatTheTurnFoundWaiting() {
    agenda.begin(ClusterState.EMPTY);
    agenda.take(T0);
    nodeChanges(); // the plan below was made on the state before
    waits("web");
    assertThat(taken(T0)).containsExactly("web");
  }

  @Test
  void workThatWasNotDoneIsDueAgain() {
    agenda.begin(ClusterState.EMPTY);
    Agenda.Work work = agenda.take(T0).orElseThrow();
    agenda.again(work);
    assertThat(agenda.take(T0)).contains(work);
  }

  @Test
  void anEarlierTimeTakesThePlaceOfALaterOne() {
    for (int seconds : List.of(9, 5, 7)) {
      var plan = new Plan();
      plan.wakeAt("web", T0.plusSeconds(seconds));
      agenda.planned(plan);
    }
    assertThat(taken(T0.plusSeconds(9))).containsExactly("web");
    assertThat(agenda.nextTimer()).isEmpty();
  }

  @Test
  void whatChangedComesBeforeWhatIsOnlyLookedOver() {
    for (int i = 0; i < 3 * Agenda.MOST_PER_TURN; i++) {
      waits("waiting" + i);
    }
    nodeChanges();
    var plan = new Plan();
    plan.wakeAt("web", T0);
    agenda.planned(plan);

    assertThat(taken(T0)).hasSize(Agenda.MOST_PER_TURN).contains("web");
    assertThat(taken(T0)).hasSize(Agenda.MOST_PER_TURN);
    assertThat(taken(T0)).hasSize(Agenda.MOST_PER_TURN);
    assertThat(taken(T0)).hasSize(1);
    assertThat(agenda.take(T0)).isEmpty();
  }

  @Test
  void aFormerLeaderHasNothingToDo() {
    waits("web");
    nodeChanges();
    agenda.clear();
    assertThat(agenda.take(T0)).isEmpty();
  }

  private Iterable<String> taken(Instant at) {
    Optional<Agenda.Work> work = agenda.take(at);
    return work.orElseThrow().services();
  }

  private void waits(String service) {
    waits(service, true);
  }

  private void waits(String service, boolean room) {
    var plan = new Plan();
    plan.waits(service, "no suitable node", room);
    agenda.planned(plan);
  }

  private void nodeChanges() {
    agenda.note(ClusterState.EMPTY, List.of(new Change.OfNode(null, node(1))));
  }

  private static Node node(long version) {
    return new Node(
        "n",
        new Version(version, T0, T0),
        new NodeSpec(null, null, "worker", null),
        new Node.Description("", "", "", 0, 0, "", Map.of()),
        new Node.Status(Node.State.READY, "", "", T0),
        null,
        0);
  }

  private static Task task(TaskState state, String error) {
    return task("other", state, error);
  }

  /// One of the service of that name; the service's id is always the same.
  private static Task of(String name) {
    return task(name, TaskState.RUNNING, "");
  }

  private static Task task(String name, TaskState state, String error) {
    return new Task(
        "t",
        new Version(1, T0, T0),
        "other",
        name,
        1,
        state.compareTo(TaskState.ASSIGNED) < 0 ? "" : "n",
        new ServiceSpec(null, null, null, null, null, null, null, null, null).template(),
        1,
        0,
        TaskState.RUNNING,
        new Task.Status(state, T0, "", error, null),
        0,
        T0,
        List.of(),
        1,
        null,
        null);
  }
}
