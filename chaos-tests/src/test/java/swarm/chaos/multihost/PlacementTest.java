package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.Wait;

/// The unmodified `docker` command about where tasks go, and why some go nowhere.
@Tag("multihost")
final class PlacementTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// It is there within a second; a busy machine may take longer.
  private static final Duration EXPLAINED_WITHIN = Duration.ofSeconds(5);

  @RegisterExtension
  static final ClusterExtension CLUSTER =
      ClusterExtension.formed(
          3,
          1,
          "--node-generic-resource",
          "GPU=red",
          "--node-generic-resource",
          "GPU=green",
          "--node-generic-resource",
          "SSD=2",
          "--label",
          "disk=fast");

  private final Shell docker = Shell.of(CLUSTER, Client.DOCKER);

  @Test
  void tasks_are_spread_over_labels_get_resources_and_are_told_why_they_wait() throws Exception {
    label(1, "a");
    label(2, "a");
    label(3, "b");
    Together.run(List.of(this::spread, this::given, this::explained, this::ownCommandSaysTheSame));
  }

  private void label(int host, String zone) throws Exception {
    docker.ok("node", "update", "--label-add", "zone=" + zone, CLUSTER.nodeId(1, host));
  }

  private void spread() throws Exception {
    docker.ok(
        "service create --detach --no-resolve-image --name wide --replicas 4 --placement-pref spread=node.labels.zone"
            .concat(" --constraint engine.labels.disk==fast --constraint node.ip!=203.0.113.0/24 ")
            .concat(IMAGE)
            .split(" "));
    docker.awaitRunning("wide", 4);
    assertThat(onHosts("wide")).isEqualTo(Map.of(1, 1, 2, 1, 3, 2));
    JsonNode spec = JSON.readTree(docker.ok("service", "inspect", "wide")).path(0).path("Spec");
    assertThat(spec.at("/TaskTemplate/Placement/Preferences/0/Spread/SpreadDescriptor").asText())
        .isEqualTo("node.labels.zone");
    assertThat(docker.ok("service", "inspect", "--pretty", "wide"))
        .contains("spread=node.labels.zone");
  }

  private Map<Integer, Integer> onHosts(String service) throws Exception {
    var counts = new TreeMap<Integer, Integer>();
    for (Swarm.TaskView task : CLUSTER.swarm(1).running(service)) {
      for (int host = 1; host <= 3; host++) {
        if (CLUSTER.nodeId(1, host).equals(task.nodeId())) {
          counts.merge(host, 1, Integer::sum);
        }
      }
    }
    return counts;
  }

  /// Each task gets another thing, and learns which.
  private void given() throws Exception {
    docker.ok(
        "service create --detach --name train --replicas 2 --generic-resource GPU=1 "
            .concat("--generic-resource SSD=1 --no-resolve-image")
            .concat(" --constraint node.role==manager ")
            .concat(IMAGE)
            .split(" "));
    docker.awaitRunning("train", 2);
    var given = new ArrayList<String>();
    var told = new ArrayList<String>();
    for (String id : docker.ok("service", "ps", "-q", "train").lines().toList()) {
      JsonNode task = JSON.readTree(docker.ok("inspect", "--type", "task", id)).path(0);
      for (JsonNode each : task.path("GenericResources")) {
        if (each.has("NamedResourceSpec")) {
          given.add(each.at("/NamedResourceSpec/Value").asText());
        } else {
          assertThat(each.at("/DiscreteResourceSpec/Kind").asText()).isEqualTo("SSD");
        }
      }
      String container = task.at("/Status/ContainerStatus/ContainerID").asText();
      told.addAll(docker.ok("exec", container, "busybox", "env").lines().toList());
    }
    assertThat(given).containsExactlyInAnyOrder("red", "green");
    assertThat(told)
        .contains("DOCKER_RESOURCE_GPU=red", "DOCKER_RESOURCE_GPU=green", "DOCKER_RESOURCE_SSD=1");
    JsonNode node = JSON.readTree(docker.ok("node", "inspect", "self")).path(0);
    assertThat(node.at("/Description/Resources/GenericResources")).hasSize(3);
    assertThat(node.at("/Description/Engine/Labels/disk").asText()).isEqualTo("fast");
  }

  private void explained() throws Exception {
    long from = System.nanoTime();
    docker.ok(
        "service create --detach --no-resolve-image --name big --reserve-memory 100T --constraint node.labels.zone==a "
            .concat(IMAGE)
            .split(" "));
    Wait.until(
        "the task says why it waits",
        LIMIT,
        () ->
            CLUSTER.swarm(1).tasks("big").stream()
                .anyMatch(task -> task.error().contains("no suitable node (")));
    assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(EXPLAINED_WITHIN);
    assertThat(docker.ok("service", "ps", "--no-trunc", "--format", "{{.Error}}", "big"))
        .containsPattern(
            "no suitable node \\(insufficient resources on 2 nodes: 2 lack memory \\(at most"
                + " [0-9.]+ GiB free, 100 TiB asked\\); scheduling constraints not satisfied on 1"
                + " node: node\\.labels\\.zone==a on 1\\)");
  }

  private void ownCommandSaysTheSame() throws Exception {
    Shell own = Shell.of(CLUSTER, Client.SWARM).on(1);
    own.ok(
        "service create --detach --name own --replicas 0 --placement-pref spread=node.labels.zone"
            .concat(" --generic-resource GPU=1 ")
            .concat(IMAGE)
            .split(" "));
    own.ok(
        ("service update --detach --placement-pref-rm spread=node.labels.zone"
                + " --placement-pref-add spread=engine.labels.disk --generic-resource-add SSD=2"
                + " --generic-resource-rm GPU own")
            .split(" "));
    JsonNode template =
        JSON.readTree(docker.ok("service", "inspect", "own")).path(0).at("/Spec/TaskTemplate");
    assertThat(template.at("/Placement/Preferences"))
        .hasToString("[{\"Spread\":{\"SpreadDescriptor\":\"engine.labels.disk\"}}]");
    assertThat(template.at("/Resources/Reservations/GenericResources"))
        .hasToString("[{\"DiscreteResourceSpec\":{\"Kind\":\"SSD\",\"Value\":2}}]");
    own.fails(
            "service create --placement-pref spread=nowhere"
                .concat(" --name bad ")
                .concat(IMAGE)
                .split(" "))
        .contains("cannot be spread over");
  }
}
