package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;
import static swarm.chaos.multihost.Refusal.refused;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.bench.Failover;
import swarm.chaos.bench.Weather;
import swarm.chaos.check.Linearizability;
import swarm.chaos.check.Operation;
import swarm.chaos.check.ServiceAnswer;
import swarm.chaos.check.ServiceCall;
import swarm.chaos.check.ServiceModel;
import swarm.chaos.check.Verdict;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.Wait;
import swarm.chaos.workload.ApiHistory;

/// A swarm grows from one manager to seven, the most that there may be, and shrinks back to one. At
/// each size every manager takes writes, also after the leader was lost; seven go on without three.
/// Seven daemons take their time: `./dev chaos` runs it.
@Tag("chaos")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class SevenManagersTest {
  private static final int MOST = 7;

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.apart(MOST + 1);

  private static final List<String> SERVICES = List.of("red", "green", "blue");
  private static final Duration PAUSE = Duration.ofMillis(50);
  private static final Duration ANSWER = Duration.ofSeconds(5);
  private static final int STRETCH = 50;
  private static final int MAX_CALLS = 100_000;
  private static final long MAX_STEPS = 5_000_000;

  /// Services whose creation was acknowledged.
  private static final Set<String> KEPT = new TreeSet<>();

  @Test
  @Order(1)
  void one_manager_is_back_after_its_death_with_what_it_took() throws Exception {
    CLUSTER.cluster().init(1);
    write(1);
    CLUSTER.cluster().kill(1);
    CLUSTER.cluster().start(1);
    CLUSTER.awaitReady(1, 1);
    allKept(1);
  }

  @Test
  @Order(2)
  void of_three_the_leader_is_killed() throws Exception {
    grow(3);
    new Failover(CLUSTER.cluster(), 3).lose(Failover.Loss.KILL);
    allKept(3);
  }

  @Test
  @Order(3)
  void of_five_the_leader_is_cut_off() throws Exception {
    grow(5);
    new Failover(CLUSTER.cluster(), 5).lose(Failover.Loss.CUT);
    allKept(5);
  }

  @Test
  @Order(4)
  void of_seven_the_leader_is_paused() throws Exception {
    grow(MOST);
    new Failover(CLUSTER.cluster(), MOST).lose(Failover.Loss.PAUSE);
    allKept(MOST);
  }

  @Test
  @Order(5)
  void an_eighth_is_told_why_it_may_not_be_one() throws Exception {
    String token =
        CLUSTER.cluster().api(1).get("/swarm").path("JoinTokens").path("Manager").asText();
    refused(
        400,
        "rpc error: code = FailedPrecondition desc = this swarm has 7 managers, and the most is 7:",
        () -> CLUSTER.cluster().join(MOST + 1, 2, token));
    assertThat(CLUSTER.swarm(1).nodes()).hasSize(MOST);
  }

  @Test
  @Order(6)
  void seven_go_on_without_three_and_stop_without_four_and_lose_nothing() throws Exception {
    var apis =
        hosts(MOST).stream().map(host -> CLUSTER.cluster().api(host).within(ANSWER)).toList();
    var settings = new ApiHistory.Settings(apis, MOST, SERVICES, 1, PAUSE, MAX_CALLS);
    List<Operation<ServiceCall, ServiceAnswer>> history;
    try (var clients = ApiHistory.start(settings)) {
      goOn(clients);
      int leader = CLUSTER.leaderHost(1);
      List<Integer> others = hosts(MOST).stream().filter(host -> host != leader).toList();
      killAtOnce(List.of(leader, others.get(0), others.get(1)));
      int witness = others.getLast();
      Wait.until("another host leads", LIMIT, () -> CLUSTER.swarm(witness).leader().isPresent());
      goOn(clients);
      List<Integer> alive = others.subList(2, others.size());
      for (int host : alive) {
        write(host);
      }

      killAtOnce(List.of(alive.getFirst()));
      List<Integer> three = alive.subList(1, alive.size());
      for (int host : three) {
        hasNoLeader(host);
      }
      // each waits for a leader as long as a client may wish
      Together.run(three.stream().<Together.Task>map(host -> () -> refusesWrites(host)).toList());

      for (int host : List.of(leader, others.get(0), others.get(1), alive.getFirst())) {
        CLUSTER.cluster().start(host);
      }
      goOn(clients);
      Roles.awaitManagers(CLUSTER.cluster().api(witness), MOST);
      CLUSTER.awaitReady(witness, MOST);
      goOn(clients);
      assertThat(clients.calls()).as("calls, of which there were enough").isLessThan(MAX_CALLS);
      history = clients.stop();
    }
    var verdicts =
        Linearizability.checkEach(new ServiceModel(), history, ServiceCall::service, MAX_STEPS);
    assertThat(verdicts.keySet()).containsExactlyInAnyOrderElementsOf(SERVICES);
    assertThat(verdicts.values())
        .allSatisfy(verdict -> assertThat(verdict).isInstanceOf(Verdict.Linearizable.class));
    for (int host : hosts(MOST)) {
      write(host);
    }
    allKept(MOST);
    assertThat(services(1))
        .as("what was refused")
        .noneMatch(name -> name.startsWith("refused-by-"));
  }

  @Test
  @Order(7)
  void seven_become_one_again() throws Exception {
    for (int host = MOST; host > 1; host--) {
      int by = host - 1;
      if (host % 2 == 0) {
        Roles.set(CLUSTER.cluster().api(by), CLUSTER.nodeId(by, host), "worker");
      } else {
        JsonNode _ = CLUSTER.cluster().api(host).post("/swarm/leave?force=true");
      }
      Roles.awaitManagers(CLUSTER.cluster().api(by), host - 1);
      write(by);
    }
    assertThat(CLUSTER.leaderHost(1)).isEqualTo(1);
    write(1);
    allKept(1);
  }

  private static List<Integer> hosts(int count) {
    return IntStream.rangeClosed(1, count).boxed().toList();
  }

  /// To so many managers, all of which take writes.
  private static void grow(int managers) throws Exception {
    String token =
        CLUSTER.cluster().api(1).get("/swarm").path("JoinTokens").path("Manager").asText();
    for (int host = CLUSTER.swarm(1).nodes().size() + 1; host <= managers; host++) {
      CLUSTER.cluster().join(host, host - 1, token);
    }
    Roles.awaitManagers(CLUSTER.cluster().api(1), managers);
    for (int host : hosts(managers)) {
      write(host);
    }
  }

  private static void write(int host) throws IOException {
    String name = "service-" + (KEPT.size() + 1) + "-by-" + host;
    String _ = CLUSTER.swarm(host).create(Swarm.service(name, IMAGE, 0));
    KEPT.add(name);
  }

  private static Set<String> services(int host) throws IOException {
    var names = new TreeSet<String>();
    for (JsonNode service : CLUSTER.cluster().api(host).get("/services")) {
      names.add(service.at("/Spec/Name").asText());
    }
    return names;
  }

  /// Each of the first hosts has every service whose creation was acknowledged.
  private static void allKept(int managers) throws Exception {
    for (int host : hosts(managers)) {
      Wait.until("host " + host + " serves reads", LIMIT, () -> !services(host).isEmpty());
      assertThat(services(host)).as("services at host %s", host).containsAll(KEPT);
    }
  }

  private static void killAtOnce(List<Integer> hosts) throws Exception {
    var pids = new ArrayList<Long>();
    for (int host : hosts) {
      pids.add(CLUSTER.cluster().pid(host));
    }
    Weather.signal("KILL", pids);
    for (int host : hosts) {
      Wait.until(
          "the daemon of host " + host + " has ended",
          LIMIT,
          () -> CLUSTER.cluster().pid(host) == 0);
    }
  }

  private static void hasNoLeader(int host) throws Exception {
    Wait.until(
        "host " + host + " misses its leader",
        LIMIT,
        () -> CLUSTER.cluster().api(host).text("/metrics").contains("swarm_raft_has_leader 0"));
  }

  private static void refusesWrites(int host) {
    refused(
        500,
        "The swarm does not have a leader",
        () -> CLUSTER.swarm(host).create(Swarm.service("refused-by-" + host, IMAGE, 0)));
  }

  private static void goOn(ApiHistory clients) throws Exception {
    int enough = clients.answers() + STRETCH;
    Wait.until(STRETCH + " more answers", LIMIT, () -> clients.answers() >= enough);
  }
}
