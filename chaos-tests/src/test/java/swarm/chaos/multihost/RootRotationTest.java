package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.Wait;

/// The root of all certificates is replaced while services serve: nobody notices, nothing restarts,
/// and neither a lost leader nor a node that is away loses it.
@Tag("multihost")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class RootRotationTest {
  private static final int HOSTS = 5;
  private static final int MANAGERS = 3;
  private static final int PORT = 8080;

  @RegisterExtension
  static final ClusterExtension CLUSTER = ClusterExtension.formed(HOSTS, MANAGERS);

  /// Callers of a service and of the API, until it is closed.
  private static final class Load implements AutoCloseable {
    final List<String> failures = new CopyOnWriteArrayList<>();
    final AtomicLong answered = new AtomicLong();
    final AtomicLong written = new AtomicLong();
    private final AtomicBoolean over = new AtomicBoolean();
    private final List<Thread> callers = new ArrayList<>();

    private interface Request {
      boolean good() throws IOException;
    }

    Load() {
      for (int host = 1; host <= HOSTS; host++) {
        int at = host;
        call(
            "service through host " + at,
            answered,
            () -> CLUSTER.cluster().fetch(at, PORT, "/").status() == 200);
      }
      for (int host = 1; host <= MANAGERS; host++) {
        int at = host;
        call("API of host " + at, answered, () -> CLUSTER.swarm(at).nodes().size() == HOSTS);
      }
      for (int host = 1; host <= MANAGERS; host++) {
        int at = host;
        call("write through host " + at, written, () -> write(at, written.get()));
      }
    }

    private void call(String what, AtomicLong good, Request request) {
      callers.add(
          Thread.ofPlatform()
              .name(what)
              .start(
                  () -> {
                    while (!over.get()) {
                      try {
                        if (request.good()) {
                          good.incrementAndGet();
                        } else {
                          failures.add(what + ": not what was asked for");
                        }
                      } catch (IOException | RuntimeException e) {
                        failures.add(what + ": " + e);
                      }
                    }
                  }));
    }

    private static boolean write(int host, long number) throws IOException {
      ObjectNode spec = Swarm.service("written-" + host + "-" + number, IMAGE, 0);
      String id = CLUSTER.swarm(host).create(spec);
      CLUSTER.swarm(host).remove(id);
      return true;
    }

    @Override
    public void close() {
      over.set(true);
      try {
        for (Thread caller : callers) {
          caller.join();
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static JsonNode swarm(int host) throws IOException {
    return CLUSTER.cluster().api(host).get("/swarm");
  }

  private static void rotate(int host) throws IOException {
    JsonNode swarm = swarm(host);
    ObjectNode spec = (ObjectNode) swarm.path("Spec");
    ObjectNode ca = spec.withObject("/CAConfig");
    ca.put("ForceRotate", ca.path("ForceRotate").asLong(0) + 1);
    CLUSTER
        .cluster()
        .api(host)
        .post("/swarm/update?version=" + swarm.at("/Version/Index").asLong(), spec);
  }

  private static String root(int host) throws IOException {
    return swarm(host).at("/TLSInfo/TrustRoot").asText();
  }

  private static void awaitRotated(int host, String before)
      throws IOException, InterruptedException {
    var _ =
        Wait.until(
            "the root is another, on every node",
            LIMIT,
            () -> {
              JsonNode swarm = swarm(host);
              if (swarm.path("RootRotationInProgress").asBoolean()
                  || swarm.at("/TLSInfo/TrustRoot").asText().equals(before)) {
                return false;
              }
              for (JsonNode node : CLUSTER.cluster().api(host).get("/nodes")) {
                ObjectNode tls = (ObjectNode) node.at("/Description/TLSInfo");
                tls.remove("CertNotAfter");
                if (!tls.equals(swarm.path("TLSInfo"))) {
                  return false;
                }
              }
              return true;
            });
  }

  private static Set<String> containers() throws IOException {
    return CLUSTER.swarm(1).running("web").stream()
        .map(Swarm.TaskView::containerId)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<Long> daemons() throws IOException {
    var all = new ArrayList<Long>();
    for (int host = 1; host <= HOSTS; host++) {
      all.add(CLUSTER.cluster().pid(host));
    }
    return all;
  }

  @Test
  @Order(1)
  void the_root_is_replaced_and_no_request_fails() throws Exception {
    CLUSTER.swarm(1).create(Swarm.published(Swarm.service("web", IMAGE, HOSTS), PORT, 80));
    CLUSTER.awaitRunning(1, "web", HOSTS, 0);
    for (int host = 1; host <= HOSTS; host++) {
      CLUSTER.awaitAnswer(host, PORT);
    }
    String before = root(1);
    JsonNode tokens = swarm(1).path("JoinTokens");
    Set<String> containers = containers();
    List<Long> daemons = daemons();
    try (var load = new Load()) {
      Wait.until("requests are answered", LIMIT, () -> load.answered.get() > 100);
      for (int round = 0; round < 3; round++) {
        String last = root(1);
        rotate(1 + round % MANAGERS);
        awaitRotated(1, last);
      }
      long then = load.answered.get();
      Wait.until("requests are answered", LIMIT, () -> load.answered.get() > then + 100);
      System.out.printf(
          "3 rotations: %d requests answered, %d writes, %d failed%n",
          load.answered.get(), load.written.get(), load.failures.size());
      assertThat(load.failures).isEmpty();
      assertThat(load.written.get()).isPositive();
    }
    assertThat(root(1)).isNotEqualTo(before);
    for (String role : List.of("Worker", "Manager")) {
      String old = tokens.path(role).asText();
      String now = swarm(2).at("/JoinTokens/" + role).asText();
      assertThat(now.split("-")[2])
          .as("the digest of the new root")
          .isNotEqualTo(old.split("-")[2]);
      assertThat(now.split("-")[3]).as("the same secret").isEqualTo(old.split("-")[3]);
    }
    assertThat(containers()).isEqualTo(containers);
    assertThat(daemons()).isEqualTo(daemons);
  }

  @Test
  @Order(2)
  void a_rotation_outlives_its_leader_and_waits_for_a_node_that_is_away() throws Exception {
    int away = HOSTS;
    CLUSTER.cluster().kill(away);
    String before = root(1);
    rotate(1);
    int leader = CLUSTER.leaderHost(1);
    int other = leader == 1 ? 2 : 1;
    CLUSTER.cluster().kill(leader);
    Wait.until(
        "all that are there have certificates of the new root",
        LIMIT,
        () -> rotatedNodes(other) == HOSTS - 2);
    assertThat(swarm(other).path("RootRotationInProgress").asBoolean()).isTrue();
    assertThat(root(other)).isEqualTo(before);

    CLUSTER.cluster().start(leader);
    CLUSTER.cluster().start(away);

    awaitRotated(other, before);
    CLUSTER.awaitReady(other, HOSTS);
    for (int host = 1; host <= HOSTS; host++) {
      CLUSTER.awaitAnswer(host, PORT);
    }
  }

  private static long rotatedNodes(int host) throws IOException {
    String key = swarm(host).at("/TLSInfo/CertIssuerPublicKey").asText();
    long count = 0;
    for (JsonNode node : CLUSTER.cluster().api(host).get("/nodes")) {
      if (node.at("/Description/TLSInfo/CertIssuerPublicKey").asText().equals(key)) {
        count++;
      }
    }
    return count;
  }

  @Test
  @Order(3)
  void who_joins_afterwards_needs_the_new_token_and_who_restarts_is_in_again() throws Exception {
    for (int host = 1; host <= HOSTS; host++) {
      CLUSTER.cluster().kill(host);
    }
    for (int host = 1; host <= HOSTS; host++) {
      CLUSTER.cluster().start(host);
    }
    CLUSTER.awaitReady(1, HOSTS);
    for (int host = 1; host <= HOSTS; host++) {
      CLUSTER.awaitAnswer(host, PORT);
    }
  }
}
