package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.bench.Weather;
import swarm.chaos.check.Linearizability;
import swarm.chaos.check.Operation;
import swarm.chaos.check.ServiceAnswer;
import swarm.chaos.check.ServiceCall;
import swarm.chaos.check.ServiceModel;
import swarm.chaos.check.Verdict;
import swarm.chaos.client.DockerApi;
import swarm.chaos.cluster.Wait;
import swarm.chaos.workload.ApiHistory;

/// What clients of all managers are told has one order, whatever becomes of the leader: it is
/// killed, cut off, and paused for so long that another one leads when it goes on.
///
/// Reads are as they come, without `X-Swarm-Consistency: stale`: those that ask for that are told
/// what one manager has, which is no part of the one order.
///
/// The history is in `target/linearizable` afterwards. For longer ones: `-Dlinearizable.rounds=10
/// -Dlinearizable.seed=2`.
@Tag("multihost")
final class LinearizableTest {
  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.formed(3, 3);

  private static final List<String> SERVICES = List.of("red", "green", "blue", "white", "black");
  private static final int CLIENTS = 6;
  private static final long SEED = Long.getLong("linearizable.seed", 1);
  private static final int ROUNDS = Integer.getInteger("linearizable.rounds", 1);
  private static final Duration PAUSE = Duration.ofMillis(10);

  /// Longer than the leader is paused: what was asked before is answered when it goes on.
  private static final Duration ANSWER = Duration.ofSeconds(5);

  /// Answers in a second or two.
  private static final int STRETCH = 300;

  private static final int MAX_CALLS = 60_000 * ROUNDS;
  private static final long MAX_STEPS = 5_000_000;
  private static final Path FOLDER = Path.of("target", "linearizable").toAbsolutePath();

  private interface Step {
    void run() throws IOException, InterruptedException;
  }

  @Test
  void what_clients_are_told_has_one_order_whatever_becomes_of_the_leader() throws Exception {
    List<DockerApi> managers =
        Stream.of(1, 2, 3).map(host -> CLUSTER.cluster().api(host).within(ANSWER)).toList();
    var settings = new ApiHistory.Settings(managers, CLIENTS, SERVICES, SEED, PAUSE, MAX_CALLS);
    List<Operation<ServiceCall, ServiceAnswer>> history;
    try (var clients = ApiHistory.start(settings)) {
      for (int round = 0; round < ROUNDS; round++) {
        takeLeadersAway(clients);
      }
      goOn(clients);
      assertThat(clients.calls()).as("calls, of which there were enough").isLessThan(MAX_CALLS);
      history = clients.stop();
    }

    var verdicts = verdicts(history);
    write(history, verdicts);
    assertThat(verdicts.keySet()).containsExactlyInAnyOrderElementsOf(SERVICES);
    assertThat(verdicts.values())
        .as("the history is in %s", FOLDER)
        .allSatisfy(verdict -> assertThat(verdict).isInstanceOf(Verdict.Linearizable.class));
    assertThat(history.stream().filter(o -> o.output().isPresent()).count())
        .as("answers")
        .isGreaterThan(7 * STRETCH);
    assertThat(history.stream().filter(o -> found(o)).map(o -> o.input().service()))
        .as("services that were found")
        .contains(SERVICES.toArray(String[]::new));
    assertThat(verdicts(withStaleRead(history)).values())
        .as("the same with one answer from the past")
        .hasAtLeastOneElementOfType(Verdict.NotLinearizable.class);
  }

  private static void takeLeadersAway(ApiHistory clients) throws Exception {
    int killed = CLUSTER.leaderHost(1);
    lose(
        clients,
        killed,
        () -> CLUSTER.cluster().kill(killed),
        () -> CLUSTER.cluster().start(killed));
    int cut = CLUSTER.leaderHost(1);
    lose(clients, cut, () -> CLUSTER.cluster().cut(cut), () -> CLUSTER.cluster().mend(cut));
    int paused = CLUSTER.leaderHost(1);
    List<Long> pid = List.of(CLUSTER.cluster().pid(paused));
    lose(clients, paused, () -> Weather.signal("STOP", pid), () -> Weather.signal("CONT", pid));
  }

  /// Lets the clients work before, and after another leads, and after the lost one is back.
  private static void lose(ApiHistory clients, int lost, Step away, Step back) throws Exception {
    int witness = lost % 3 + 1;
    goOn(clients);
    away.run();
    try {
      Wait.until("another host leads", LIMIT, () -> CLUSTER.leaderHost(witness) != lost);
      goOn(clients);
    } finally {
      back.run();
    }
    CLUSTER.awaitReady(witness, 3);
    CLUSTER.awaitReady(lost, 3);
  }

  private static void goOn(ApiHistory clients) throws Exception {
    int enough = clients.answers() + STRETCH;
    Wait.until(STRETCH + " more answers", LIMIT, () -> clients.answers() >= enough);
  }

  private static Map<String, Verdict<ServiceCall, ServiceAnswer>> verdicts(
      List<Operation<ServiceCall, ServiceAnswer>> history) {
    return Linearizability.checkEach(new ServiceModel(), history, ServiceCall::service, MAX_STEPS);
  }

  private static boolean found(Operation<ServiceCall, ServiceAnswer> operation) {
    return operation.output().orElse(null) instanceof ServiceAnswer.Found;
  }

  /// The last read of a service that found something finds what the first one did.
  private static List<Operation<ServiceCall, ServiceAnswer>> withStaleRead(
      List<Operation<ServiceCall, ServiceAnswer>> history) {
    var reads =
        history.stream()
            .filter(o -> found(o) && o.input().service().equals(SERVICES.getFirst()))
            .sorted(Comparator.comparingLong((Operation<ServiceCall, ServiceAnswer> o) -> o.call()))
            .toList();
    var last = reads.getLast();
    var wrong = new ArrayList<>(history);
    wrong.remove(last);
    wrong.add(
        new Operation<>(
            last.client(), last.input(), last.call(), reads.getFirst().output(), last.end()));
    return wrong;
  }

  private static void write(
      List<Operation<ServiceCall, ServiceAnswer>> history,
      Map<String, Verdict<ServiceCall, ServiceAnswer>> verdicts)
      throws IOException {
    Files.createDirectories(FOLDER);
    var lines = new ArrayList<String>();
    verdicts.forEach((service, verdict) -> lines.add(service + ": " + verdict));
    history.stream()
        .sorted(Comparator.comparingLong((Operation<ServiceCall, ServiceAnswer> o) -> o.call()))
        .forEach(operation -> lines.add(operation.toString()));
    Files.write(FOLDER.resolve("history.txt"), lines);
  }
}
