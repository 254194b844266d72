package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.BusyboxImage;
import swarm.chaos.cluster.Wait;

/// Three managers of an older build are upgraded one by one, as operators do it: whoever leads, all
/// have the same state at each step, and containers run on. `./dev mixed` builds the older one.
@Tag("chaos")
@EnabledIfSystemProperty(
    named = "swarm.older",
    matches = ".+",
    disabledReason = "needs a distribution of an older build: ./dev mixed")
final class MixedBuildsTest {
  private static final int MANAGERS = 3;
  private static final int REPLICAS = 4;
  private static final ObjectMapper JSON = new ObjectMapper();

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.apart(MANAGERS);

  private final Path older = Path.of(System.getProperty("swarm.older"), "bin", "swarm");
  private int created;

  @Test
  void managersOfTwoBuildsKeepEqualStates() throws Exception {
    for (int host = 1; host <= MANAGERS; host++) {
      CLUSTER.cluster().kill(host);
      withoutImages(host);
      CLUSTER.cluster().start(host, older);
      CLUSTER.cluster().api(host).importImage(BusyboxImage.tar(), "web", "1", BusyboxImage.SERVE);
    }
    CLUSTER.cluster().form(MANAGERS);
    CLUSTER.awaitReady(1, MANAGERS);
    CLUSTER.swarm(1).create(Swarm.service("web", IMAGE, REPLICAS));
    CLUSTER.awaitRunning(1, "web", REPLICAS, 0);
    var processes = processes();
    writesAndEqualStates();
    for (int host = 1; host <= MANAGERS; host++) {
      CLUSTER.cluster().kill(host);
      CLUSTER.cluster().start(host);
      CLUSTER.awaitReady(host, MANAGERS);
      writesAndEqualStates();
      secret(host, host == MANAGERS);
    }
    knownAgeOfTheLogsKey();
    writesAndEqualStates();
    assertThat(processes()).as("containers run on").isEqualTo(processes);
  }

  /// Managers of the older build know no secrets: they would stop at the command.
  private static void secret(int host, boolean taken) throws Exception {
    ObjectNode spec = JSON.createObjectNode().put("Name", "s" + host).put("Data", "eA==");
    try {
      CLUSTER.cluster().api(host).post("/secrets/create", spec);
      assertThat(taken).as("hosts 1 to %d of %d are upgraded", host, MANAGERS).isTrue();
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("earlier version");
      assertThat(taken).as("hosts 1 to %d of %d are upgraded", host, MANAGERS).isFalse();
    }
  }

  /// What this build has written of its images an older one may not read.
  private static void withoutImages(int host) throws Exception {
    String images = CLUSTER.cluster().folder(host).resolve("data/images").toString();
    assertThat(CLUSTER.cluster().on(host, "rm", "-rf", images).start().waitFor()).isZero();
  }

  /// A build that did not keep the age of the log's key leaves one that changes once all know how.
  private static void knownAgeOfTheLogsKey() throws Exception {
    for (int host = 1; host <= MANAGERS; host++) {
      int at = host;
      Wait.until(
          "the age of the log's key is known on host " + host,
          LIMIT,
          () ->
              !CLUSTER
                  .cluster()
                  .api(at)
                  .text("/metrics")
                  .contains("swarm_seal_key_made_seconds 0\n"));
    }
  }

  /// Each manager takes writes small and large, and then all have the same state.
  private void writesAndEqualStates() throws Exception {
    for (int host = 1; host <= MANAGERS; host++) {
      String name = "service-" + ++created;
      ObjectNode spec = Swarm.service(name, IMAGE, 0);
      ObjectNode labels = spec.putObject("Labels");
      for (int i = 0; i < 200; i++) {
        labels.put("label-" + i, "value " + i + " of " + name);
      }
      String _ = CLUSTER.swarm(host).create(spec);
      CLUSTER.swarm(host).scale(name, 1);
      CLUSTER.awaitRunning(host, name, 1, 0);
      CLUSTER.swarm(host).remove(name);
    }
    var states = new TreeSet<String>();
    try {
      Wait.until(
          "all managers have the same state",
          LIMIT,
          () -> {
            states.clear();
            for (int host = 1; host <= MANAGERS; host++) {
              states.add(state(host));
            }
            return states.size() == 1;
          });
    } catch (IOException e) {
      throw new IOException(String.join("\n", states), e);
    }
  }

  /// What a manager knows: reads wait until it has everything.
  private static String state(int host) throws IOException {
    ObjectNode all = JSON.createObjectNode();
    for (String path : new String[] {"/services", "/tasks", "/networks", "/nodes", "/swarm"}) {
      JsonNode answer = CLUSTER.cluster().api(host).get(path);
      if (path.equals("/networks")) {
        ((ArrayNode) answer).removeIf(network -> !network.path("Scope").asText().equals("swarm"));
      }
      if (answer.at("/Spec/Raft") instanceof ObjectNode raft) {
        raft.remove("ElectionTick"); // how it is shown is each build's, whatever the state has
      }
      for (JsonNode one : answer) { // likewise; and which drivers there are is no part of the state
        if (one.at("/Description/Engine") instanceof ObjectNode engine) {
          engine.remove("Plugins");
        }
        if (one.path("IPAM") instanceof ObjectNode addresses) {
          addresses.remove("Options");
        }
      }
      all.set(path, answer);
    }
    return all.toString();
  }

  /// The process of each running task, by the task's id.
  private static Map<String, Long> processes() throws IOException {
    var all = new TreeMap<String, Long>();
    CLUSTER.swarm(1).running("web").forEach(t -> all.put(t.id(), t.pid()));
    return all;
  }
}
