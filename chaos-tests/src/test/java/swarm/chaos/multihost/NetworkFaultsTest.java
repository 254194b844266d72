package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;
import swarm.chaos.fault.Filter;

/// What callers of a service on three hosts get while cables are out, packets get lost one way,
/// managers are away, or one of both ways that nodes talk is shut: whoever has a way to a task is
/// answered, and all is well soon after.
@Tag("chaos")
final class NetworkFaultsTest {
  private static final int HOSTS = 3;
  private static final List<Integer> ALL = List.of(1, 2, 3);
  private static final int GOSSIP = 7946;
  private static final int CLUSTER_PORT = 2377;

  /// So long everything is watched.
  private static final Duration WATCHED = Duration.ofSeconds(4);

  /// A node that was lost time and again is held back for two minutes.
  private static final Duration STEADY = Duration.ofMinutes(3);

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.formed(HOSTS, HOSTS);

  private static Serving serving;

  private final TestCluster cluster = CLUSTER.cluster();

  @BeforeAll
  static void serve() throws Exception {
    serving = Serving.begin(CLUSTER);
  }

  /// All hosts lead to all tasks.
  @BeforeEach
  void allIsWell() throws Exception {
    Wait.until("all nodes are ready", STEADY, () -> ready() == HOSTS);
    Wait.until("every host leads to every task", STEADY, () -> serving.answers(ALL, HOSTS));
  }

  @AfterEach
  void mend() throws Exception {
    for (int host : ALL) {
      cluster.mend(host);
      Filter.drop(cluster, host, List.of());
      if (cluster.pid(host) == 0) {
        cluster.start(host);
      }
    }
    allIsWell();
  }

  private static long ready() throws IOException {
    return CLUSTER.swarm(1).nodes().stream().filter(Swarm.NodeView::ready).count();
  }

  static Stream<Set<Integer>> someHosts() {
    return IntStream.range(1, 1 << HOSTS)
        .mapToObj(
            bits -> {
              var some = new TreeSet<Integer>();
              ALL.stream().filter(host -> ((bits >> (host - 1)) & 1) == 1).forEach(some::add);
              return some;
            });
  }

  /// Hosts that still reach each other answer all callers, with their own tasks alone. One that is
  /// alone answers its own callers, though not each call: it leaves half of a service in for fear
  /// that it is itself what is cut off.
  @ParameterizedTest
  @MethodSource("someHosts")
  void whoeverReachesATaskIsAnsweredWhateverCablesAreOut(Set<Integer> cut) throws Exception {
    var pids = new ArrayList<Long>();
    for (int host : ALL) {
      pids.add(serving.pid("web", host));
    }
    for (int host : cut) {
      cluster.cut(host);
    }
    List<Integer> left = ALL.stream().filter(host -> !cut.contains(host)).toList();
    if (left.size() > 1) {
      Wait.until("they are led to those that are left", LIMIT, () -> serving.answers(left, 2));
      Wait.holds("no call fails", WATCHED, () -> serving.noneFails(left));
    }
    for (int host : ALL) {
      if (cut.contains(host) || left.size() == 1) {
        someAnswer(host);
      }
    }
    assertThat(pids).as("all tasks run on").allMatch(pid -> ProcessHandle.of(pid).isPresent());
  }

  /// A caller on a host meets some task.
  private static void someAnswer(int host) throws Exception {
    Path caller = serving.namespace("client", host);
    Wait.until(
        "a caller on host " + host + " is answered",
        LIMIT,
        () -> !serving.byAddress(caller).isEmpty());
  }

  /// Nobody is taken for lost whom a third still reaches, and who has nothing to do with it notices
  /// nothing.
  @ParameterizedTest
  @CsvSource({"1,2", "2,1", "1,3", "3,1", "2,3", "3,2"})
  void whereOneHostDoesNotHearAnotherTheThirdServesOn(int from, int to) throws Exception {
    int third = 6 - from - to;
    Filter.drop(cluster, to, List.of("ip saddr " + TestCluster.address(from)));
    Wait.holds(
        "the third leads to all tasks, or to those that it has not heard ill of",
        WATCHED,
        () -> serving.noneFails(List.of(third)));
    someAnswer(from);
    someAnswer(to);
  }

  @Test
  void withoutAMajorityOfManagersAllIsServedOn() throws Exception {
    int leader = CLUSTER.leaderHost(1);
    for (int host : ALL) {
      if (host != leader) {
        cluster.kill(host);
      }
    }
    Wait.holds(
        "all ports answer, and callers on the host whose daemon lives",
        WATCHED,
        () -> {
          for (int host : ALL) {
            if (serving.byPort(host).isEmpty()) {
              return false;
            }
          }
          return serving.noneFails(List.of(leader));
        });
    CLUSTER.cluster().cut(leader == 3 ? 2 : 3);
    Wait.until(
        "a host that is cut off besides is out of the balancing",
        LIMIT,
        () -> serving.answers(List.of(leader), 2));
  }

  /// Gossip only hints: without it managers still see by sessions who is there.
  @Test
  void withoutGossipNobodyIsLost() throws Exception {
    for (int host : ALL) {
      Filter.drop(cluster, host, List.of("udp dport " + GOSSIP));
    }
    Wait.holds(
        "all are ready and answer", WATCHED, () -> ready() == HOSTS && serving.noneFails(ALL));
    assertThat(ProcessHandle.of(serving.pid("web", 2)).orElseThrow().destroyForcibly()).isTrue();
    String dead = CLUSTER.swarm(1).running("web").toString();
    Wait.until(
        "a task that died is replaced",
        LIMIT,
        () ->
            CLUSTER.swarm(1).running("web").size() == HOSTS
                && !CLUSTER.swarm(1).running("web").toString().equals(dead));
    Wait.until("all answer", LIMIT, () -> serving.answers(ALL, HOSTS));
  }

  /// Who is heard by gossip is not dead, whatever becomes of its sessions: calls go on.
  @Test
  void whereOnlyGossipIsOpenCallsGoOn() throws Exception {
    int follower = CLUSTER.leaderHost(1) == 3 ? 2 : 3;
    for (int host : ALL) {
      List<Integer> from =
          host == follower ? ALL.stream().filter(h -> h != host).toList() : List.of(follower);
      var matches = new ArrayList<String>();
      for (int other : from) {
        String address = "ip saddr " + TestCluster.address(other);
        matches.add(address + " tcp dport " + CLUSTER_PORT);
        matches.add(address + " tcp sport " + CLUSTER_PORT);
      }
      Filter.drop(cluster, host, matches);
    }
    Wait.holds("all calls are answered", WATCHED, () -> serving.noneFails(ALL));
  }
}
